"""What lies in the tables: one file an item type, with its keys, its mapping and its operations."""
