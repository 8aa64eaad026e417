"""Customers, in the customers table.

Their addresses change in `customer_address_items`, their providers in `customer_provider_items`, their deletion in
`customer_deletion_items`; `referred_customer_items` lists the customers that one has referred.

| attribute | holds |
|---|---|
| pk | customer#cus_… |
| the fields of `Customer` | id, email, phone, …; sessions that began with a lower `session_epoch` have ended |
| sessions_begun | counts the sessions begun; absent means 0 |
| metadata | JSON text, because DynamoDB's numbers are not JSON's |
| referrer | the first of `referrers`, for the index of a referrer's customers |
| expires_at | TTL of a customer who has verified nothing and never had a session |
"""

import json
from collections.abc import Collection

from customer_auth.addresses.address import Channel
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.customers.customer_conditions import (
    COUNTS_SESSION,
    HAS_ROOM,
    SAME_EPOCH_AND_STATUS,
    epoch_and_status,
    same_consents,
    same_password,
    session_values,
)
from customer_auth.customers.customers import Customer


def key(customer_id: str) -> tuple[str, Item]:
    """Table and key of the customer, for a batch read."""
    return settings.resources().customers_table, {"pk": keys.customer(customer_id)}


def from_item(item: Item | None) -> Customer | None:
    """The customer stored in a raw item, unless it has lapsed."""
    if not item or item.get("expires_at", clock.now() + 1) <= clock.now():
        return None
    fields: Item = {name: item.get(name) for name in Customer._fields}
    return Customer(**fields | {"metadata": json.loads(item["metadata"]), "sessions_begun": item.get("sessions_begun", 0)})


def find(customer_id: str) -> Customer | None:
    """The customer with this id. Raises: aws.Failed."""
    return from_item(dynamodb.get(*key(customer_id)))


def put_new(customer: Customer) -> Write:
    """Part of a transaction: creates the customer, whose id must be new."""
    return dynamodb.put(*_item(customer), where="attribute_not_exists(#pk)")


def take_over(customer: Customer, successor: Customer) -> Write:
    """Part of a transaction: gives the id of a customer who has verified nothing to another person; nothing of the old customer stays."""
    # session epoch and status are as read · no address has been verified meanwhile · no provider has been added
    is_unproven = "#email_verified = :unverified AND #phone_verified = :unverified AND attribute_not_exists(#provider_accounts)"
    where = f"{SAME_EPOCH_AND_STATUS} AND {is_unproven}"
    return dynamodb.put(*_item(successor), where, epoch_and_status(customer) | {":unverified": False})


def has_same_epoch_and_status(customer: Customer) -> Write:
    """Part of a transaction: checks that the customer's status and session epoch are still those that were read."""
    return dynamodb.condition_check(*key(customer.id), SAME_EPOCH_AND_STATUS, epoch_and_status(customer))


def exists(customer_id: str) -> Write:
    """Part of a transaction: checks that this customer exists, even if their deletion is due."""
    # the account is there · it has not lapsed
    where = "attribute_exists(#pk) AND (attribute_not_exists(#expires_at) OR #expires_at > :now)"
    return dynamodb.condition_check(*key(customer_id), where, {":now": clock.now()})


def begin_session(customer: Customer) -> Write:
    """Part of a transaction: counts a session of the customer, if status and session epoch are still those that were read."""
    where = f"{SAME_EPOCH_AND_STATUS} AND {HAS_ROOM}"
    values = epoch_and_status(customer) | session_values(customer)
    return dynamodb.update(*key(customer.id), f"SET {COUNTS_SESSION}", where, values)


def begin_session_by_password(customer: Customer) -> Write:
    """Part of a transaction: as `begin_session`, if the password is unchanged too; the customer does not lapse any more."""
    where = f"{SAME_EPOCH_AND_STATUS} AND {HAS_ROOM} AND #password_hash = :password_hash"
    values = epoch_and_status(customer) | session_values(customer) | {":password_hash": customer.password_hash}
    return dynamodb.update(*key(customer.id), f"SET {COUNTS_SESSION} REMOVE #expires_at", where, values)


def end_sessions(customer: Customer) -> None:
    """End every session that this customer has begun so far; a repeated call ends no later ones. Raises: aws.Failed."""
    dynamodb.try_write(ending_sessions(customer))


def ending_sessions(customer: Customer) -> Write:
    """Part of a transaction: ends every session that this customer has begun so far."""
    return dynamodb.update(
        *key(customer.id),
        "SET #session_epoch = :next, #updated_at = :now",
        where="#session_epoch = :epoch",  # otherwise somebody has ended them since the read
        values={":epoch": customer.session_epoch, ":next": customer.session_epoch + 1, ":now": clock.now()},
    )


def update_and_end_sessions(customer: Customer, changed: Customer, names: Collection[str]) -> Write:
    """Part of a transaction: writes these fields of `changed` and ends every session, if status, epoch and password are unchanged.

    The session count written is that of `changed`: a session begun since the read ends with all others, so its number is not missed.
    """
    fields = {name: getattr(changed, name) for name in (*names, "session_epoch", "sessions_begun", "updated_at")}
    present = {name: value for name, value in fields.items() if value is not None}
    absent = ", ".join(["#expires_at", *(f"#{name}" for name in fields.keys() - present.keys())])
    has_same_password, values = same_password(customer)
    values |= epoch_and_status(customer) | {f":new_{name}": value for name, value in present.items()}
    sets = ", ".join(f"#{name} = :new_{name}" for name in present)
    # session epoch and status are as read · so is the password, which the items of the addresses copy · so are consents that are written
    where = f"{SAME_EPOCH_AND_STATUS} AND {has_same_password}"
    if "consents" in names:
        has_same_consents, consent_values = same_consents(customer)
        where, values = f"{where} AND {has_same_consents}", values | consent_values
    return dynamodb.update(*key(customer.id), f"SET {sets} REMOVE {absent}", where, values)


def update_profile(customer: Customer, changed: Customer, names: Collection[str]) -> None:
    """Write these fields of `changed`, if nothing that they depend on has changed since the customer was read.

    Raises: WriteConflict (with the customer's item); aws.Failed (it may have been written).
    """
    fields = {name: getattr(changed, name) for name in names}
    where, unchanged = SAME_EPOCH_AND_STATUS, epoch_and_status(customer)  # the caller's session is still alive
    if "metadata" in fields:
        fields["metadata"] = _metadata_text(changed)
        where += " AND #metadata = :metadata"  # nobody else has changed the metadata, so nothing of theirs is lost
        unchanged[":metadata"] = _metadata_text(customer)
    assignments = ", ".join(f"#{name} = :new_{name}" for name in (*fields, "updated_at"))
    values = {f":new_{name}": value for name, value in fields.items()} | {":new_updated_at": changed.updated_at}
    try:
        dynamodb.write(dynamodb.update(*key(customer.id), f"SET {assignments}", where, values | unchanged))
    except dynamodb.ConditionFailed as failed:
        raise WriteConflict([failed.item]) from None


def rehash(customer: Customer, password_hash: str) -> Write:
    """Part of a transaction: replaces the hash of an unchanged password, if the verified addresses are unchanged too.

    The item of an address verified meanwhile holds a copy of the old hash, which no other part of this transaction would replace.
    """
    flags = [f"{channel}_verified" for channel in Channel]
    same_flags = [f"#{flag} = :{flag}" for flag in flags]
    # the password is the same · no contact change has ended the sessions · no code has verified another address
    where = " AND ".join(["#password_hash = :old_hash", SAME_EPOCH_AND_STATUS, *same_flags])
    values = epoch_and_status(customer) | {":old_hash": customer.password_hash, ":new_hash": password_hash}
    values |= {f":{flag}": getattr(customer, flag) for flag in flags}
    return dynamodb.update(*key(customer.id), "SET #password_hash = :new_hash", where, values)


def set_roles(customer: Customer, roles: list[str]) -> Customer:
    """Set the customer's roles, if they are still those that were read. Raises: ConditionFailed, aws.Failed."""
    changed = customer._replace(roles=roles, updated_at=clock.now())
    values = {":new_roles": roles, ":old_roles": customer.roles, ":now": changed.updated_at}
    dynamodb.write(dynamodb.update(*key(customer.id), "SET #roles = :new_roles, #updated_at = :now", "#roles = :old_roles", values))
    return changed


def _item(customer: Customer) -> tuple[str, Item]:
    table, item_key = key(customer.id)
    fields: Item = customer._asdict() | {"metadata": _metadata_text(customer), "referrer": next(iter(customer.referrers), None)}
    return table, item_key | {name: value for name, value in fields.items() if value is not None}


def _metadata_text(customer: Customer) -> str:
    return json.dumps(customer.metadata, ensure_ascii=False, separators=(",", ":"))
