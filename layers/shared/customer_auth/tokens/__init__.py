"""Signing keys, access tokens, and the other signed or keyed tokens."""
