"""`make bench`: measures what the service costs. These are not tests, because the figures depend on the machine."""
