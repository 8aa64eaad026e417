"""Phone numbers and email addresses: however people type one, it becomes one key."""
