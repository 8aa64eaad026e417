"""Signing keys, access tokens and the other tokens that are signed or keyed."""
