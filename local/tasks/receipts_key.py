"""Runs like a function of the service: returns the public key that verifies receipts of deletions."""  # noqa: INP001 - as functions/

from customer_auth.deletion import receipts


def handler(_event: dict[str, str], _context: object) -> str:
    """The key in PEM."""
    return receipts.public_key()
