"""Sessions: one item for each refresh-token family, so that one Query finds all sessions of a customer.

| attribute | holds |
|---|---|
| pk, sk | customer id, family (the `sid` of its tokens) |
| epoch | the customer's session epoch when it began |
| number | how many sessions the customer had begun, including this one |
| generation, sibling | of its newest refresh token: how often the session was renewed, and how often the last response was lost |
| secret_hash, rotated_at | SHA-256 of the newest token's secret, and when that token was issued |
| parent_hash, parent_rotated_at | the same for the token that the newest one replaced; null before the first renewal |
| derivation_key | the version of the derivation key that its secrets are derived with |
| amr | how the customer signed in (RFC 8176) |
| client | a name that its owner recognises, like «Safari on iPhone» |
| begun_at | when it began |
| idle_at | when it ends unless it is renewed; never later than expires_at |
| expires_at | when it ends in any case; TTL too |
"""

from collections.abc import Iterator
from typing import NamedTuple

from customer_auth.aws import dynamodb, queries
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import settings

_ROTATED_FIELDS = ("generation", "sibling", "secret_hash", "rotated_at", "parent_hash", "parent_rotated_at", "idle_at")
_PAGE_SIZE = 250  # items that are erased before the next ones are read


class Session(NamedTuple):
    """One signed-in client. Times are in epoch seconds."""

    customer_id: str
    family: str
    epoch: int
    number: int
    secret_hash: bytes
    derivation_key: int
    amr: list[str]
    client: str | None
    begun_at: int
    rotated_at: int
    idle_at: int
    expires_at: int
    generation: int = 0
    sibling: int = 0
    parent_hash: bytes | None = None
    parent_rotated_at: int | None = None


def key(customer_id: str, family: str) -> tuple[str, Item]:
    """The table and the key of a session."""
    return settings.resources().sessions_table, {"pk": customer_id, "sk": family}


def session(item: Item | None) -> Session | None:
    """The session in this item; None if there is no item, or if it has an outdated form, whose sessions count as ended."""
    if not item or "generation" not in item:
        return None
    names = {"customer_id": item["pk"], "family": item["sk"]}
    return Session(**names, **{name: item[name] for name in Session._fields if name not in names})


def find_all(customer_id: str) -> list[Session]:
    """All stored sessions of the customer, including those that have ended and wait for TTL. Raises: aws.Failed."""
    items = queries.partition(settings.resources().sessions_table, customer_id)
    return [stored for item in items if (stored := session(item))]


def keys_of(customer_id: str, *, below_epoch: int | None = None) -> Iterator[list[tuple[str, Item]]]:
    """Tables and keys of the customer's sessions, a page at a time; `below_epoch`: only those of earlier epochs. Raises: aws.Failed."""
    table = settings.resources().sessions_table
    for page in queries.partition_pages(table, customer_id, names=("pk", "sk", "epoch"), limit=_PAGE_SIZE):
        yield [(table, {"pk": item["pk"], "sk": item["sk"]}) for item in page if below_epoch is None or item["epoch"] < below_epoch]


def put_new(new: Session) -> Write:
    """The part of a transaction that stores a new session."""
    table, item_key = key(new.customer_id, new.family)
    attributes = {name: value for name, value in new._asdict().items() if name not in ("customer_id", "family")}
    return dynamodb.put(table, item_key | attributes, where="attribute_not_exists(#pk)")


def is_there(customer_id: str, family: str) -> Write:
    """The part of a transaction that requires that the session has not been ended by itself."""
    return dynamodb.condition_check(*key(customer_id, family), "attribute_exists(#pk)", {})


def rotate(read: Session, renewed: Session) -> None:
    """Replace the session that was read by the renewed one. Of concurrent rotations exactly one succeeds.

    Raises: WriteConflict (with the item as it is now, empty if the session has ended), aws.Failed (it may be renewed).
    """
    table, item_key = key(read.customer_id, read.family)
    as_read: Item = {":read_generation": read.generation, ":read_hash": read.secret_hash}
    write = dynamodb.update(
        table,
        item_key,
        f"SET {', '.join(f'#{name} = :{name}' for name in _ROTATED_FIELDS)}",
        # Its newest token is still the one that was read. Secrets are unique, so every other attribute is unchanged too.
        where="#generation = :read_generation AND #secret_hash = :read_hash",
        values=as_read | {f":{name}": getattr(renewed, name) for name in _ROTATED_FIELDS},
    )
    try:
        dynamodb.write(write)
    except dynamodb.ConditionFailed as failed:
        raise WriteConflict([failed.item]) from None


def end(customer_id: str, family: str) -> None:
    """End a session, whether it exists or not. Raises: aws.Failed."""
    dynamodb.write(dynamodb.delete(*key(customer_id, family)))
