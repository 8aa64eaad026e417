"""Rows of the ledger: one for each challenge and each notification, with its messages as attempts, and without its address.

| attribute | holds |
|---|---|
| pk, sk | sent#day#shard, second#hash: both follow from when the challenge was requested and from its hash |
| purpose, lane | what the message was for; the lane is empty for a notification |
| region, prefix | of the number: its region, and a keyed hash of all its digits but the last four; both empty for an email |
| message_`attempt` | a message, as a map: sender, at, state (a `MessageState`), reason, segments |
| report_`attempt` | what the provider reported of it later, as a map: state, rank, reason, micro_usd |
| provider_message, attempt | the accepted message's `sender#id` at its provider: the keys of the index `messages` |
| verified_at | when the code was used |
| expires_at | TTL: 90 days after the request |

Rows are written by updates alone, each of which sets attributes of its own. So they may come in any order, and a repeated one changes
nothing: a code may be used before its sender has recorded the message. One message of a row has an id at its provider, at most: another is
only sent where nobody knows what became of the one before, because its response or its sender was lost.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from customer_auth.aws import dynamodb, keys, queries
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings

_LIFE_SECONDS = 90 * clock.DAY


class MessageState(StrEnum):
    """How far a message is, as its provider says."""

    QUEUED = "queued"  # handed over, and the response was lost: it may have been sent
    SENT = "sent"  # the provider has accepted it
    FAILED = "failed"  # the provider refused it, or could not deliver it; the reason stands beside it
    DELIVERED = "delivered"  # it has arrived


# Reports come late, twice and in any order: the highest of them holds. What has arrived has not failed.
_RANKS = {MessageState.QUEUED: 0, MessageState.SENT: 1, MessageState.FAILED: 2, MessageState.DELIVERED: 3}


class RowRef(NamedTuple):
    """Identifies a row: when its challenge was requested, in epoch seconds, and the challenge's hash."""

    requested_at: int
    challenge_hash: bytes

    @property
    def key(self) -> tuple[str, Item]:
        """The table and the key."""
        pk = keys.ledger_partition(self.requested_at, keys.ledger_shard(self.challenge_hash))
        return settings.resources().ledger_table, {"pk": pk, "sk": keys.ledger_row(self.requested_at, self.challenge_hash)}


class Subject(NamedTuple):
    """What the messages of a row are about, without the address."""

    purpose: str
    lane: str
    region: str
    prefix: str


class LedgerMessage(NamedTuple):
    """One message: by which sender, when, how far it got, and for an SMS in how many segments.

    `attempt` identifies it within its row. `provider_id` is empty unless the provider has accepted it.
    """

    attempt: str
    sender: str
    at: int
    state: MessageState
    reason: str = ""
    segments: int = 0
    provider_id: str = ""


class Report(NamedTuple):
    """What a provider reports of a message; `micro_usd` is its price in millionths of a US dollar, if the provider says it."""

    state: MessageState
    reason: str = ""
    micro_usd: int | None = None


class FoundMessage(NamedTuple):
    """A message that was found by its provider's id: its row's key, and its attempt."""

    row_key: Item
    attempt: str


def record_message(ref: RowRef, subject: Subject, message: LedgerMessage) -> Write:
    """The write, or part of a transaction, that adds a message to its row. Repeated, it changes nothing."""
    fields: Item = {**subject._asdict(), "expires_at": ref.requested_at + _LIFE_SECONDS}
    fields[f"message_{message.attempt}"] = {
        "sender": message.sender,
        "at": message.at,
        "state": message.state,
        "reason": message.reason,
        "segments": message.segments,
    }
    if message.provider_id:
        fields |= {"provider_message": f"{message.sender}#{message.provider_id}", "attempt": message.attempt}
    sets = ", ".join(f"#{name} = :{name}" for name in fields)
    return dynamodb.update(*ref.key, f"SET {sets}", "", {f":{name}": value for name, value in fields.items()})


def verify(ref: RowRef, at: int) -> Write:
    """The write, or part of a transaction, that marks the row's code as used, once."""
    return dynamodb.update(
        *ref.key,
        "SET #verified_at = :at, #expires_at = :expires_at",
        where="attribute_not_exists(#verified_at)",  # it is not marked yet
        values={":at": at, ":expires_at": ref.requested_at + _LIFE_SECONDS},
    )


def hour_pages(first_hour_at: int, last_hour_at: int, shard: int) -> Iterator[list[Item]]:
    """The rows of one shard of a day, from one hour to another, in the order of their requests, a page at a time. Raises: aws.Failed."""
    pk, between = keys.ledger_partition(first_hour_at, shard), keys.ledger_rows_of(first_hour_at, last_hour_at)
    return queries.partition_pages(settings.resources().ledger_table, pk, between=between)


def hour_of(row: Item) -> int:
    """The beginning of the hour in which a row's code was requested."""
    requested_at = int(row["sk"].partition("#")[0])
    return requested_at - requested_at % clock.HOUR


def find_message(sender: str, provider_id: str) -> FoundMessage | None:
    """The message that has this id at its provider; the index may lag for a moment behind its sender. Raises: aws.Failed."""
    where = {"provider_message": f"{sender}#{provider_id}"}
    items, _ = queries.index_page(settings.resources().ledger_table, "messages", where, limit=1)
    return FoundMessage({"pk": items[0]["pk"], "sk": items[0]["sk"]}, items[0]["attempt"]) if items else None


def record_report(message: FoundMessage, report: Report) -> None:
    """Store what a provider reports of a message, unless a report that outranks it is there already. Raises: aws.Failed."""
    name, rank = f"report_{message.attempt}", _RANKS[report.state]
    write = dynamodb.update(
        settings.resources().ledger_table,
        message.row_key,
        f"SET #{name} = :report",
        where=f"attribute_exists(#pk) AND (attribute_not_exists(#{name}) OR #{name}.#rank < :rank)",  # there is a row · and no later report
        values={":report": report._asdict() | {"rank": rank}, ":rank": rank},
    )
    dynamodb.try_write(write)
