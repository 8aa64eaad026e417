"""Lists customers whose number was stored before its numbering plan changed, or moves each to the current number in one transaction.

renumber.py STACK [move]

It changes the customer's phone, moves the identity from the former key to the current one, with a new revision, and changes the address of
the registration. Codes, sessions, deletions and referrals stay. A conflict, where somebody else has verified the current number, is listed
and not moved. The command may run while customers sign in, and may be interrupted and repeated: it lists only what is left to do.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from customer_auth import aws
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import attribute_values, dynamodb
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import settings
from customer_auth.customers import (
    customer_address_items,
    customer_items,
    customers,
    identity_items,
    identity_move_items,
    registration_items,
)
from customer_auth.customers.identity_items import Identity
from tools import stack_settings

_ROUNDS = 5


class Outdated(NamedTuple):
    """A customer, or a registration without one, with an old number; `writes` move it, and are None if somebody else has the new number."""

    id: str
    address: Address
    writes: list[Write] | None


def main(stack: str, *arguments: str) -> str | None:
    """List the customers, or move them and print the result for each; returns an error message, or None."""
    if arguments not in ((), ("move",)):
        return "the only argument is: move"
    stack_settings.use(stack, "SignInByPassword")
    outcomes = Counter[str]()
    for item in scanned():
        if is_outdated(item):
            outcome = moved(item) if arguments else planned(read(item))
            outcomes[outcome] += 1
            print(f"{item['pk'].partition('#')[2]} {outcome}")
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())) or "nothing to move")
    return None


def scanned() -> Iterator[Item]:
    """All customers, and registrations without one, with the attributes that have the number; page by page. Raises: aws.Failed."""
    parameters = {
        "TableName": settings.resources().customers_table,
        "ProjectionExpression": "#pk, #phone, #address",
        "FilterExpression": "attribute_exists(#phone) OR (attribute_exists(#address) AND attribute_not_exists(#customer_id))",
        "ExpressionAttributeNames": {f"#{name}": name for name in ("pk", "phone", "address", "customer_id")},
    }
    while True:
        response = aws.call("dynamodb", "Scan", **parameters)
        yield from map(attribute_values.unmarshal_item, response["Items"])
        if "LastEvaluatedKey" not in response:
            return
        parameters["ExclusiveStartKey"] = response["LastEvaluatedKey"]


def is_outdated(item: Item) -> bool:
    """Whether the stored number has another spelling today."""
    if "phone" not in item and item["address"][0] != Channel.PHONE:
        return False
    address = customers.address_of(Channel.PHONE, item["phone"] if "phone" in item else item["address"][2])
    return address.value != address.spelling


def moved(item: Item) -> str:
    """Move the customer or registration of a scanned item, as it is now; returns the result. Raises: Unavailable, aws.Failed."""
    for _ in range(_ROUNDS):
        outdated = read(item)
        if outdated is None or outdated.writes is None:
            return planned(outdated)
        try:
            dynamodb.transact(outdated.writes)
        except dynamodb.TransactionFailed:
            continue  # they are just signing in, or have changed it
        return "moved"
    return "busy: run it again"


def planned(outdated: Outdated | None) -> str:
    """The result that moving would have."""
    if outdated is None:
        return "gone or done"
    return "conflict: somebody else has proven today's number" if outdated.writes is None else "to be moved"


def read(item: Item) -> Outdated | None:
    """A scanned item as it is now; None if it no longer exists or has the current number. Raises: Unavailable, aws.Failed."""
    kind, _, id_ = item["pk"].partition("#")
    return _customer(id_) if kind == "customer" else _registration(id_)


def _customer(customer_id: str) -> Outdated | None:
    customer = customer_items.find(customer_id)
    if customer is None or customer.phone is None or not is_outdated({"phone": customer.phone}):
        return None
    address = customers.address_of(Channel.PHONE, customer.phone)
    registration = [registration_items.key(customer.registration)] if customer.registration else []
    *items, stored = dynamodb.batch_get([*identity_items.keys_of(address), *registration]) + ([] if registration else [None])
    known = identity_items.by_key(address, items)
    own = [each for each in known.values() if each.customer_id == customer.id]
    lost = customer.phone_verified and not any(each.proven_at for each in own) and any(each.proven_at for each in known.values())
    identities = None if lost else _identities(address, known, own)
    if identities is None:
        return Outdated(customer.id, address, None)
    return Outdated(customer.id, address, [customer_address_items.renumber(customer, address), *identities, *_renumbered(stored, address)])


def _registration(registration_id: str) -> Outdated | None:
    stored = dynamodb.get(*registration_items.key(registration_id))
    registration = registration_items.from_item(stored)
    if stored is None or registration is None or registration.customer_id or not is_outdated(stored):
        return None
    address = registration.address
    known = identity_items.by_key(address, dynamodb.batch_get(identity_items.keys_of(address)))
    own = [each for each in known.values() if each.registration == registration.id and each.customer_id is None]
    identities = _identities(address, known, own)
    return Outdated(registration.id, address, None if identities is None else [*identities, *_renumbered(stored, address)])


def _identities(address: Address, known: dict[str, Identity], own: list[Identity]) -> list[Write] | None:
    """The writes that move an identity to today's key; empty if there is none to move, None if somebody else has proven that address."""
    today = known.get(address.key)
    former = [each for each in own if each.address_key != address.key]
    if not former:
        return []
    if today is None or (former[0].proven_at and not today.proven_at):
        return identity_move_items.move(address, former[0])  # a verified address wins over an unverified one
    if former[0].proven_at and today not in own:
        return None
    # they already have a newer unverified address there, or a verified one
    return [identity_items.remove_unverified(each) for each in former]


def _renumbered(stored: Item | None, address: Address) -> list[Write]:
    if stored is None or stored["address"][0] != Channel.PHONE or not is_outdated({"phone": stored["address"][2]}):
        return []
    return [registration_items.renumber(stored["pk"].partition("#")[2], stored["address"], address)]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
