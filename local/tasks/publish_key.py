"""Runs like a function of the service: creates the publishable key that the local stack has from its start."""  # noqa: INP001 - as functions/

from customer_auth.tokens import publishable_keys


def handler(event: dict[str, str], _context: object) -> str:
    """`{"key"}` may be used from any origin."""
    return publishable_keys.create("the local stack", [], event["key"])
