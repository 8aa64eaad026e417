"""One journey of a customer a file."""
