"""Hashing of passwords, and the password attempts of signed-in customers."""
