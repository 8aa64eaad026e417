"""Customers, in the customers table.

| attribute | holds |
|---|---|
| pk | customer#cus_… |
| the fields of `Customer` | id, email, phone, …; `session_epoch` ends every session that began with a lower one |
| sessions_begun | counts the sessions begun; none is 0 |
| metadata | JSON text, for DynamoDB's numbers are not JSON's |
| referrer | the first of `referrers`, for the index of a referrer's customers |
| expires_at | TTL of a customer who has proven nothing and never had a session |
"""

import json
from collections.abc import Collection
from typing import NamedTuple

from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import dynamodb, keys, queries
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.customers.customers import MOST_SESSIONS, Customer, Status

REFERRALS = "referrals"  # the index of a referrer's customers
_AS_READ = "#session_epoch = :epoch AND #status = :status"
_COUNTED = "#sessions_begun = if_not_exists(#sessions_begun, :none) + :one"
# Not so many others have begun since the count was read that the session would have ended before it begins.
_HAS_ROOM = "(attribute_not_exists(#sessions_begun) OR #sessions_begun < :full)"


def key(customer_id: str) -> tuple[str, Item]:
    """Where the customer lies, for a batch."""
    return settings.resources().customers_table, {"pk": keys.customer(customer_id)}


def customer(item: Item | None) -> Customer | None:
    """The customer that a raw item holds, unless it has lapsed."""
    if not item or item.get("expires_at", clock.now() + 1) <= clock.now():
        return None
    fields: Item = {name: item.get(name) for name in Customer._fields}
    return Customer(**fields | {"metadata": json.loads(item["metadata"]), "sessions_begun": item.get("sessions_begun", 0)})


def find(customer_id: str) -> Customer | None:
    """The customer of this id. Raises: aws.Failed."""
    return customer(dynamodb.get(*key(customer_id)))


class Referred(NamedTuple):
    """As much of a customer as who referred them may see."""

    id: str
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    referrers: list[str]
    created_at: int


def referred_by(referrer_id: str, *, most: int, after: tuple[int, str] | None) -> tuple[list[Referred], tuple[int, str] | None]:
    """One page of the customers whom this one referred, newest first, and after which the next one goes on. Raises: aws.Failed."""
    start: Item | None = None
    if after:
        start = {"pk": keys.customer(after[1]), "referrer": referrer_id, "created_at": after[0]}
    table = settings.resources().customers_table
    items, last = queries.index_page(table, REFERRALS, {"referrer": referrer_id}, limit=most, start=start)
    now = clock.now()
    here: list[Item] = [{name: item.get(name) for name in Referred._fields} for item in items if item.get("expires_at", now + 1) > now]
    found = [Referred(**each) for each in here]
    return found, (last["created_at"], last["pk"].partition("#")[2]) if last else None


def put_new(new: Customer) -> Write:
    """The part of a transaction that makes this customer, whose id is taken by nobody."""
    return dynamodb.put(*_item(new), where="attribute_not_exists(#pk)")


def is_as_read(read: Customer) -> Write:
    """The part of a transaction that insists on the customer's status and session epoch as they were read."""
    return dynamodb.condition_check(*key(read.id), _AS_READ, _as_read(read))


def begin_session(read: Customer) -> Write:
    """The part of a transaction that counts a session of the customer, if status and session epoch are as they were read."""
    return dynamodb.update(*key(read.id), f"SET {_COUNTED}", f"{_AS_READ} AND {_HAS_ROOM}", _as_read(read) | _counting(read))


def begin_session_by_password(read: Customer) -> Write:
    """The same, if the password is still the one that was read, too; from then on the customer lapses no more."""
    where = f"{_AS_READ} AND {_HAS_ROOM} AND #password_hash = :password_hash"
    values = _as_read(read) | _counting(read) | {":password_hash": read.password_hash}
    return dynamodb.update(*key(read.id), f"SET {_COUNTED} REMOVE #expires_at", where, values)


def take_over(read: Customer, anew: Customer) -> Write:
    """The part of a transaction that makes a customer who has proven nothing another person's: nothing of the old one stays."""
    where = f"{_AS_READ} AND #email_verified = :proven_not AND #phone_verified = :proven_not"
    return dynamodb.put(*_item(anew), where, _as_read(read) | {":proven_not": False})


def verify(read: Customer, unverified: Address, *, begins_session: bool) -> Write:
    """The part of a transaction that makes an unverified address a proven one, if the customer still claims it, with the same password.

    It counts the session that begins with it, if one does.
    """
    channel, (same_password, values) = unverified.channel, _password_as_read(read)
    where = f"{_AS_READ} AND #{channel} = :spelling AND {same_password}"  # the address's item gets a copy of the password
    values |= _as_read(read) | {":spelling": unverified.spelling, ":true": True, ":now": clock.now()}
    sets = f"SET #{channel}_verified = :true, #updated_at = :now"
    if begins_session:
        sets, where, values = f"{sets}, {_COUNTED}", f"{where} AND {_HAS_ROOM}", values | _counting(read)
    return dynamodb.update(*key(read.id), f"{sets} REMOVE #expires_at", where, values)


def renumber(read: Customer, address: Address) -> Write:
    """The part of a transaction that writes the customer's number as today's plan has it, if it is still the one that was read."""
    where = "#phone = :spelling AND #phone_verified = :verified"
    values = {":spelling": read.phone, ":verified": read.phone_verified, ":today": address.value, ":now": clock.now()}
    return dynamodb.update(*key(read.id), "SET #phone = :today, #updated_at = :now", where, values)


def take_off(read: Customer, unverified: Address) -> Write:
    """The part of a transaction that takes an unverified address off a customer who keeps the rest."""
    channel = unverified.channel
    where = f"#{channel} = :spelling AND #{channel}_verified = :false"
    values = {":spelling": unverified.spelling, ":false": False, ":now": clock.now()}
    return dynamodb.update(*key(read.id), f"SET #updated_at = :now REMOVE #{channel}", where, values)


def become(read: Customer, changed: Customer, names: Collection[str]) -> Write:
    """The part of a transaction that ends every session and writes these fields, if status, epoch and password are as they were read.

    The count of sessions is the changed customer's: one that was begun since the read ends with the others, and nobody misses its number.
    """
    fields = {name: getattr(changed, name) for name in (*names, "session_epoch", "sessions_begun", "updated_at")}
    kept = {name: value for name, value in fields.items() if value is not None}
    gone = ", ".join(["#expires_at", *(f"#{name}" for name in fields.keys() - kept.keys())])
    same_password, values = _password_as_read(read)
    values |= _as_read(read) | {f":new_{name}": value for name, value in kept.items()}
    sets = ", ".join(f"#{name} = :new_{name}" for name in kept)
    return dynamodb.update(*key(read.id), f"SET {sets} REMOVE {gone}", f"{_AS_READ} AND {same_password}", values)


def request_deletion(read: Customer, request_id: str, lapses_at: int) -> Write:
    """The part of a transaction that names the customer's request to be deleted, if it is as it was read."""
    where = f"{_AS_READ} AND " + ("#deletion = :read" if read.deletion else "attribute_not_exists(#deletion)")
    values = _as_read(read) | {":request": request_id, ":lapses_at": lapses_at} | ({":read": read.deletion} if read.deletion else {})
    return dynamodb.update(*key(read.id), "SET #deletion = :request, #deletion_lapses_at = :lapses_at", where, values)


def confirm_deletion(read: Customer, request_id: str) -> Write:
    """The part of a transaction that ends every session and lets nobody sign in, until the deletion is cancelled."""
    values = _as_read(read) | {":request": request_id, ":next": read.session_epoch + 1, ":now": clock.now()}
    values |= {":confirmed": Status.DELETION_CONFIRMED}
    where = f"{_AS_READ} AND (attribute_not_exists(#deletion) OR #deletion = :request)"
    sets = "SET #status = :confirmed, #session_epoch = :next, #updated_at = :now, #deletion = :request"
    return dynamodb.update(*key(read.id), f"{sets} REMOVE #deletion_lapses_at, #expires_at", where, values)


def cancel_deletion(read: Customer) -> Write:
    """The part of a transaction after which the customer signs in again; once the erasure has begun that fails."""
    values = _as_read(read) | {":deletion": read.deletion, ":active": Status.ACTIVE, ":now": clock.now()}
    values |= {":none": list[str](), ":this": [read.deletion]}
    sets = "SET #status = :active, #updated_at = :now, #deletions = list_append(if_not_exists(#deletions, :none), :this)"
    return dynamodb.update(*key(read.id), f"{sets} REMOVE #deletion", f"{_AS_READ} AND #deletion = :deletion", values)


def begin_erasure(read: Customer) -> Write:
    """The part of a transaction from which on the customer's deletion is not cancelled any more."""
    values = _as_read(read) | {":deletion": read.deletion, ":erasing": Status.ERASING}
    return dynamodb.update(*key(read.id), "SET #status = :erasing", f"{_AS_READ} AND #deletion = :deletion", values)


def erase(read: Customer) -> Write:
    """The part of a transaction after which the customer is gone, whose erasure has begun."""
    values = {":deletion": read.deletion, ":erasing": Status.ERASING}
    return dynamodb.delete(*key(read.id), "#status = :erasing AND #deletion = :deletion", values)


def is_not_of(customer_id: str, request_id: str) -> Write:
    """The part of a transaction that condition_checks that no customer of this id is to be deleted by this request."""
    where = "attribute_not_exists(#pk) OR attribute_not_exists(#deletion) OR #deletion <> :request"
    return dynamodb.condition_check(*key(customer_id), where, {":request": request_id})


def rehash(read: Customer, password_hash: str) -> Write:
    """The part of a transaction that keeps the same password by another hash, if it and the verified addresses are as they were read.

    An address that has been proven meanwhile has a copy of the old hash, which no part of this transaction would replace.
    """
    flags = [f"{channel}_verified" for channel in Channel]
    same = [f"#{flag} = :{flag}" for flag in flags]  # no address was proven by a code of its own
    where = " AND ".join(["#password_hash = :read", _AS_READ, *same])  # nor by a contact change, which ends the sessions
    values = _as_read(read) | {":read": read.password_hash, ":anew": password_hash} | {f":{flag}": getattr(read, flag) for flag in flags}
    return dynamodb.update(*key(read.id), "SET #password_hash = :anew", where, values)


def exists(customer_id: str) -> Write:
    """The part of a transaction that condition_checks that there is such a customer, who may be about to go."""
    # the account is there · it has not lapsed
    where = "attribute_exists(#pk) AND (attribute_not_exists(#expires_at) OR #expires_at > :now)"
    return dynamodb.condition_check(*key(customer_id), where, {":now": clock.now()})


class Changed(Exception):
    """The customer is not as it was read; `customer` is as it is now, None where it is gone."""

    def __init__(self, customer: Customer | None) -> None:
        super().__init__()
        self.customer = customer


def change(read: Customer, changed: Customer, names: Collection[str]) -> None:
    """Write these fields of the changed customer, if nothing that they stand on has changed since it was read.

    Raises: Changed; aws.Failed (it may be written).
    """
    table, place = key(read.id)
    fields = {name: getattr(changed, name) for name in names}
    where, as_read = _AS_READ, _as_read(read)  # the caller's session still counts
    if "metadata" in fields:
        fields["metadata"] = _text(changed)
        where += " AND #metadata = :metadata"  # nothing is lost that somebody else put there
        as_read[":metadata"] = _text(read)
    assignments = ", ".join(f"#{name} = :new_{name}" for name in (*fields, "updated_at"))
    values = {f":new_{name}": value for name, value in fields.items()} | {":new_updated_at": changed.updated_at}
    try:
        dynamodb.write(dynamodb.update(table, place, f"SET {assignments}", where, values | as_read))
    except dynamodb.ConditionFailed as failed:
        raise Changed(customer(failed.item)) from None


def set_roles(read: Customer, roles: list[str]) -> Customer:
    """The customer has these roles, if they had those that were read. Raises: ConditionFailed, aws.Failed."""
    changed = read._replace(roles=roles, updated_at=clock.now())
    values = {":anew": roles, ":read": read.roles, ":now": changed.updated_at}
    dynamodb.write(dynamodb.update(*key(read.id), "SET #roles = :anew, #updated_at = :now", "#roles = :read", values))
    return changed


def end_sessions(read: Customer) -> None:
    """Every session of this customer that has begun by now has ended; repeated, it ends no later ones. Raises: aws.Failed."""
    write = dynamodb.update(
        *key(read.id),
        "SET #session_epoch = :next, #updated_at = :now",
        where="#session_epoch = :epoch",  # else somebody has ended them since they were read
        values={":epoch": read.session_epoch, ":next": read.session_epoch + 1, ":now": clock.now()},
    )
    dynamodb.try_write(write)


def _item(customer: Customer) -> tuple[str, Item]:
    table, place = key(customer.id)
    fields: Item = customer._asdict() | {"metadata": _text(customer), "referrer": next(iter(customer.referrers), None)}
    return table, place | {name: value for name, value in fields.items() if value is not None}


def _as_read(read: Customer) -> Item:
    return {":epoch": read.session_epoch, ":status": read.status}


def _counting(read: Customer) -> Item:
    return {":none": 0, ":one": 1, ":full": read.sessions_begun + MOST_SESSIONS}


def _password_as_read(read: Customer) -> tuple[str, Item]:
    """The condition that the password is the one that was read, and its values."""
    if read.password_hash is None:
        return "attribute_not_exists(#password_hash)", {}
    return "#password_hash = :read_hash", {":read_hash": read.password_hash}


def _text(read: Customer) -> str:
    return json.dumps(read.metadata, ensure_ascii=False, separators=(",", ":"))
