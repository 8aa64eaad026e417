"""Runs as a function of the service would: the public key that receipts of deletions are checked with."""  # noqa: INP001 - as functions/

from customer_auth.deletion import receipts


def handler(_event: dict[str, str], _context: object) -> str:
    """The key in PEM."""
    return receipts.public_key()
