"""Customers, in the customers table.

| attribute | holds |
|---|---|
| pk | customer#cus_… |
| the fields of `Customer` | id, email, phone, …; `session_epoch` ends every session that began with a lower one |
"""

from customer_auth import clock, settings
from customer_auth.customers import Customer
from customer_auth.tables import dynamodb, keys
from customer_auth.tables.dynamodb import Item, Write


def key(customer_id: str) -> tuple[str, Item]:
    """Where the customer lies, for a batch."""
    return settings.places().customers_table, {"pk": keys.customer(customer_id)}


def customer(item: Item | None) -> Customer | None:
    """The customer that a raw item holds."""
    return Customer(**{name: item[name] for name in Customer._fields}) if item else None


def put_new(new: Customer) -> Write:
    """The part of a transaction that makes this customer, whose id is taken by nobody."""
    table, place = key(new.id)
    return dynamodb.put(table, place | new._asdict(), where="attribute_not_exists(#pk)")


def is_as_read(read: Customer) -> Write:
    """The part of a transaction that insists on the customer's status and session epoch as they were read."""
    table, place = key(read.id)
    where = "#session_epoch = :epoch AND #status = :status"
    return dynamodb.check(table, place, where, {":epoch": read.session_epoch, ":status": read.status})


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
