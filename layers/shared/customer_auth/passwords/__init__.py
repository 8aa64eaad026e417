"""Hashing, and the password attempts of a customer."""
