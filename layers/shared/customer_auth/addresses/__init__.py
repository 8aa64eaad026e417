"""Phone numbers and email addresses: what people type becomes one key."""
