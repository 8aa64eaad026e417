"""Runs as a function of the service would: gives the customer who has proven an address the role `admin`."""  # noqa: INP001 - as functions/

from typing import Any

from customer_auth import clock, email, phone
from customer_auth.tables import customer_items, dynamodb, identity_items

ADMIN = "admin"


def handler(event: dict[str, str], _context: object) -> dict[str, Any]:
    """`{"phone" or "email"}` → `{customer_id, roles}`, or what is `wrong`; nobody's address is `unknown`. Again changes nothing."""
    try:
        address = phone.parse(event["phone"]) if "phone" in event else email.parse(event["email"])
    except ValueError as error:
        return {"wrong": f"{next(iter(event))} {error}"}
    identity = identity_items.find(address.key)
    customer = customer_items.find(identity.owner) if identity and identity.owner else None
    if customer is None:
        return {"unknown": True}
    if ADMIN not in customer.roles:
        _write(customer.id, [*customer.roles, ADMIN])
    return {"customer_id": customer.id, "roles": sorted({*customer.roles, ADMIN})}


def _write(customer_id: str, roles: list[str]) -> None:
    table, place = customer_items.key(customer_id)
    values = {":roles": roles, ":now": clock.now()}
    dynamodb.write(dynamodb.update(table, place, "SET #roles = :roles, #updated_at = :now", where="attribute_exists(#pk)", values=values))
