"""Customers, in the customers table.

| attribute | holds |
|---|---|
| pk | customer#cus_… |
| the fields of `Customer` | id, email, phone, …; `session_epoch` ends every session that began with a lower one |
| metadata | JSON text, for DynamoDB's numbers are not JSON's |
"""

import json
from collections.abc import Collection

from customer_auth import clock, settings
from customer_auth.customers import Customer
from customer_auth.tables import dynamodb, keys
from customer_auth.tables.dynamodb import Item, Write


def key(customer_id: str) -> tuple[str, Item]:
    """Where the customer lies, for a batch."""
    return settings.places().customers_table, {"pk": keys.customer(customer_id)}


def customer(item: Item | None) -> Customer | None:
    """The customer that a raw item holds."""
    return Customer(**{name: item[name] for name in Customer._fields} | {"metadata": json.loads(item["metadata"])}) if item else None


def find(customer_id: str) -> Customer | None:
    """The customer of this id. Raises: aws.Failed."""
    return customer(dynamodb.get(*key(customer_id)))


def put_new(new: Customer) -> Write:
    """The part of a transaction that makes this customer, whose id is taken by nobody."""
    table, place = key(new.id)
    return dynamodb.put(table, place | new._asdict() | {"metadata": _text(new)}, where="attribute_not_exists(#pk)")


def is_as_read(read: Customer) -> Write:
    """The part of a transaction that insists on the customer's status and session epoch as they were read."""
    table, place = key(read.id)
    where = "#session_epoch = :epoch AND #status = :status"
    return dynamodb.check(table, place, where, {":epoch": read.session_epoch, ":status": read.status})


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
    where = "#session_epoch = :epoch AND #status = :status"  # the caller's session still counts
    as_read: Item = {":epoch": read.session_epoch, ":status": read.status}
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


def end_sessions(read: Customer) -> None:
    """Every session of this customer that has begun by now has ended; repeated, it ends no later ones. Raises: aws.Failed."""
    table, place = key(read.id)
    write = dynamodb.update(
        table,
        place,
        "SET #session_epoch = :next, #updated_at = :now",
        where="#session_epoch = :epoch",  # else somebody has ended them since they were read
        values={":epoch": read.session_epoch, ":next": read.session_epoch + 1, ":now": clock.now()},
    )
    try:
        dynamodb.write(write)
    except dynamodb.ConditionFailed:
        return


def _text(read: Customer) -> str:
    return json.dumps(read.metadata, ensure_ascii=False, separators=(",", ":"))
