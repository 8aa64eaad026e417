"""What the service costs, measured: `make bench`. Never a test: these figures depend on the machine."""
