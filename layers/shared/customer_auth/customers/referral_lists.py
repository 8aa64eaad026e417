"""The customers whom a customer has referred, a page at a time."""

import json

from customer_auth.base import ids
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.customers import referred_customer_items
from customer_auth.customers.customers import Customer
from customer_auth.customers.referred_customer_items import Position, ReferredCustomer


def page(referrer: Customer, limit: int, cursor: str | None) -> tuple[list[ReferredCustomer], str | None]:
    """One page, newest first, and the cursor of the next one. Raises: BadRequest (not one of our cursors), aws.Failed."""
    after = _position(cursor) if cursor else None
    customers, last = referred_customer_items.find_page(referrer.id, limit=limit, after=after)
    return customers, ids.base64url(json.dumps(last).encode()) if last else None


def _position(cursor: str) -> Position:
    """Where the page starts. A cursor only names a position in the referrer's own list, so a forged one reveals nothing else."""
    try:
        created_at, customer_id = json.loads(ids.from_base64url(cursor) or b"")
    except (ValueError, TypeError, RecursionError):
        created_at, customer_id = None, ""
    if type(created_at) is not int or not ids.may_be_customer(str(customer_id)) or not 0 <= created_at < 2**40:
        message = "is not one of ours"
        raise BadRequest(f"Cursor {message}", FieldError("cursor", message))
    return Position(created_at, customer_id)
