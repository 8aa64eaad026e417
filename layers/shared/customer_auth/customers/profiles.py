"""What customers change of themselves: names, company and metadata. An address changes by its proof alone."""

import json
from typing import Any

from customer_auth.base import clock
from customer_auth.base.errors import BadRequest, FieldError, NotAuthenticated, Unavailable
from customer_auth.customers import customer_items
from customer_auth.customers.customers import Customer

MOST_KEYS = 50
MOST_BYTES = 16 * 1024
_ROUNDS = 3


def change(customer: Customer, fields: dict[str, Any]) -> Customer:
    """The customer with these fields, durably. `metadata` is merged: a member that is null goes (RFC 7396, one level deep).

    Of any number of calls at once none loses what another did to other fields or members.
    Raises: BadRequest, NotAuthenticated (signed out everywhere meanwhile), Unavailable, aws.Failed (the same call may be repeated).
    """
    found: Customer | None = customer
    for _ in range(_ROUNDS):
        if found is None or found.session_epoch != customer.session_epoch or not found.may_sign_in:
            raise NotAuthenticated("session_ended")
        changed = found._replace(**fields | {"metadata": _merged(found.metadata, fields.get("metadata", {}))})
        if changed == found:
            return found
        changed = changed._replace(updated_at=clock.now())
        try:
            customer_items.change(found, changed, fields.keys())
        except customer_items.Changed as meanwhile:
            found = meanwhile.customer
            continue
        return changed
    raise Unavailable("changed_too_often")


def checked(metadata: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a new customer. Raises: BadRequest."""
    return _merged({}, metadata)


def _merged(metadata: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = {name: value for name, value in (metadata | changes).items() if value is not None}
    if len(merged) > MOST_KEYS or len(_text(merged)) > MOST_BYTES:
        message = f"must be at most {MOST_KEYS} members and 16 KB"
        raise BadRequest(f"Metadata {message}", FieldError("metadata", message))
    return merged


def _text(metadata: dict[str, Any]) -> bytes:
    try:
        return json.dumps(metadata, allow_nan=False, ensure_ascii=False).encode()
    except ValueError:  # NaN, Infinity and lone surrogates, which are no JSON
        raise BadRequest("Metadata must be JSON", FieldError("metadata", "must be JSON")) from None
