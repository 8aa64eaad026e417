"""Whom a customer has referred: names and masked contacts, a page at a time."""

import json

from customer_auth.base import ids
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.customers import customer_items
from customer_auth.customers.customer_items import Referred
from customer_auth.customers.customers import Customer


def page(referrer: Customer, most: int, cursor: str | None) -> tuple[list[Referred], str | None]:
    """One page, newest first, and the cursor of the next. Raises: BadRequest (no cursor of ours), aws.Failed."""
    found, last = customer_items.referred_by(referrer.id, most=most, after=_after(cursor) if cursor else None)
    return found, ids.base64url(json.dumps(last).encode()) if last else None


def _after(cursor: str) -> tuple[int, str]:
    """After whom the page begins; it names a place among one's own, so a made-up one shows nothing else."""
    try:
        at, customer_id = json.loads(ids.from_base64url(cursor) or b"")
    except (ValueError, TypeError, RecursionError):
        at, customer_id = None, ""
    if type(at) is not int or not ids.may_be_customer(str(customer_id)) or not 0 <= at < 2**40:
        message = "is not one of ours"
        raise BadRequest(f"Cursor {message}", FieldError("cursor", message))
    return at, customer_id
