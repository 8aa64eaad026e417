"""Runs like a function of the service: gives the customer who has proven an address the role `admin`."""  # noqa: INP001 - as functions/

from typing import Any

from customer_auth.addresses import email, phone
from customer_auth.flows import admins


def handler(event: dict[str, str], _context: object) -> dict[str, Any]:
    """`{"phone" or "email"}` → `{customer_id, roles}`, or what is `wrong`; an address of nobody is `unknown`. Repeating changes nothing."""
    try:
        address = phone.parse(event["phone"]) if "phone" in event else email.parse(event["email"])
    except ValueError as error:
        return {"wrong": f"{next(iter(event))} {error}"}
    customer = admins.grant(address)
    return {"customer_id": customer.id, "roles": sorted(customer.roles)} if customer else {"unknown": True}
