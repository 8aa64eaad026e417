"""Sessions: one item a refresh-token family, so that one Query lists, ends or erases a person's.

| attribute | holds |
|---|---|
| pk, sk | customer id, family (the `sid` of its tokens) |
| epoch | the customer's session epoch when it began |
| number | the customer's count of sessions begun, this one included |
| generation, sibling | which its newest refresh token is: how often it was renewed, and how often the last answer was lost |
| secret_hash, rotated_at | SHA-256 of the newest secret, and when it came; at first, when the session began |
| parent_hash, parent_rotated_at | the same of the token that the newest one replaced; none before the first renewal |
| derivation_key | the version that its chain of secrets is keyed with |
| amr | how the customer signed in (RFC 8176) |
| client | what its owner would call it, like «Safari on iPhone» |
| begun_at | when it began |
| idle_at | when it ends unless it is renewed; never after expires_at |
| expires_at | when it ends in any case; TTL too |
"""

from collections.abc import Iterator
from typing import NamedTuple

from customer_auth.aws import dynamodb, queries
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import settings

_RENEWED = ("generation", "sibling", "secret_hash", "rotated_at", "parent_hash", "parent_rotated_at", "idle_at")
_PAGE = 250  # rows that are erased before the next ones are read


class Session(NamedTuple):
    """One signed-in client. Times in epoch seconds."""

    customer_id: str
    family: str
    epoch: int
    number: int
    generation: int
    sibling: int
    secret_hash: bytes
    parent_hash: bytes | None
    parent_rotated_at: int | None
    derivation_key: int
    amr: list[str]
    client: str | None
    begun_at: int
    rotated_at: int
    idle_at: int
    expires_at: int


def key(customer_id: str, family: str) -> tuple[str, Item]:
    """Where the session lies, for a batch."""
    return settings.resources().sessions_table, {"pk": customer_id, "sk": family}


def session(item: Item | None) -> Session | None:
    """The session that a raw item holds; one of a form that is not known any more has ended."""
    if not item or "generation" not in item:
        return None
    names = {"customer_id": item["pk"], "family": item["sk"]}
    return Session(**names, **{name: item[name] for name in Session._fields if name not in names})


def find_all(customer_id: str) -> list[Session]:
    """Every session of the customer that lies there, also those that have ended and wait for TTL. Raises: aws.Failed."""
    items = queries.partition(settings.resources().sessions_table, customer_id)
    return [found for item in items if (found := session(item))]


def keys_of(customer_id: str, *, below_epoch: int | None = None) -> Iterator[list[tuple[str, Item]]]:
    """Where the customer's sessions lie, a page at a time; `below_epoch`: those that began in an earlier epoch. Raises: aws.Failed."""
    table = settings.resources().sessions_table
    for page in queries.partition_pages(table, customer_id, names=("pk", "sk", "epoch"), limit=_PAGE):
        yield [(table, {"pk": each["pk"], "sk": each["sk"]}) for each in page if below_epoch is None or each["epoch"] < below_epoch]


def put_new(new: Session) -> Write:
    """The part of a transaction that begins this session."""
    table, place = key(new.customer_id, new.family)
    rest = {name: value for name, value in new._asdict().items() if name not in ("customer_id", "family")}
    return dynamodb.put(table, place | rest, where="attribute_not_exists(#pk)")


def rotate(read: Session, renewed: Session) -> Session | None:
    """Put the renewed session in the place of the one that was read: of any number of rotations at once, one.

    Answers None when it was renewed, else the session as it is by now. Raises: aws.Failed (it may be renewed); LookupError: it has ended.
    """
    table, place = key(read.customer_id, read.family)
    as_read: Item = {":read_generation": read.generation, ":read_hash": read.secret_hash}
    write = dynamodb.update(
        table,
        place,
        f"SET {', '.join(f'#{name} = :{name}' for name in _RENEWED)}",
        # Its newest token is the one that was read; no other ever had this secret, so all else is as it was read too.
        where="#generation = :read_generation AND #secret_hash = :read_hash",
        values=as_read | {f":{name}": getattr(renewed, name) for name in _RENEWED},
    )
    try:
        dynamodb.write(write)
    except dynamodb.ConditionFailed as failed:
        found = session(failed.item)
        if found is None:
            raise LookupError from None
        return found
    return None


def end(customer_id: str, family: str) -> None:
    """The session is over, whether it was or not. Raises: aws.Failed."""
    dynamodb.write(dynamodb.delete(*key(customer_id, family)))
