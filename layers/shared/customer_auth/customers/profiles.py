"""What customers change about themselves: names, company and metadata. Addresses change only by being verified."""

import json
from typing import Any

from customer_auth.aws import conflicts
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.base import clock
from customer_auth.base.errors import BadRequest, FieldError, NotAuthenticated
from customer_auth.customers import customer_items
from customer_auth.customers.customers import Customer

MAX_KEYS = 50
MAX_BYTES = 16 * 1024


def update(customer: Customer, fields: dict[str, Any]) -> Customer:
    """Store these fields; returns the changed customer. `metadata` is merged: null removes a member (RFC 7396, one level deep).

    Concurrent calls lose none of each other's changes to other fields or members.
    Raises: BadRequest, NotAuthenticated (signed out everywhere meanwhile), aws.Failed (the call can be repeated).
    """

    def decide(conflict: WriteConflict | None) -> Customer:
        current = customer_items.from_item(conflict.items[0]) if conflict else customer
        if current is None or current.session_epoch != customer.session_epoch or not current.may_sign_in:
            raise NotAuthenticated("session_ended")
        changed = current._replace(**fields | {"metadata": _merge(current.metadata, fields.get("metadata", {}))})
        if changed == current:
            return current
        changed = changed._replace(updated_at=clock.now())
        customer_items.update_profile(current, changed, fields.keys())
        return changed

    return conflicts.retry_on_conflict(decide)


def validate(metadata: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a new customer, without its null members. Raises: BadRequest."""
    return _merge({}, metadata)


def _merge(metadata: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = {name: value for name, value in (metadata | changes).items() if value is not None}
    if len(merged) > MAX_KEYS or len(_encode(merged)) > MAX_BYTES:
        message = f"must be at most {MAX_KEYS} members and 16 KB"
        raise BadRequest(f"Metadata {message}", FieldError("metadata", message))
    return merged


def _encode(metadata: dict[str, Any]) -> bytes:
    try:
        return json.dumps(metadata, allow_nan=False, ensure_ascii=False).encode()
    except ValueError:  # NaN, Infinity and lone surrogates are not JSON
        raise BadRequest("Metadata must be JSON", FieldError("metadata", "must be JSON")) from None
