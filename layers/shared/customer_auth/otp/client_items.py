"""What one client (an IPv4 address, an IPv6 /64) has asked for: its windows in the codes table.

| attribute | holds |
|---|---|
| pk | ip#… |
| ip0, ip1, … | the times of its last asks in this lane, newest first |
| refund0, refund1, … | the times of the last asks that were given back |
| lookup0, …, reg0, …, ip_pass0, … | the times of its last lookups, registrations and wrong passwords |
| last_ip, last_refund, … | the last of each, by which a write that is repeated finds itself |
| expires_at | TTL: when the windows are empty again |

What a client asks for from known devices has an item of its own, ip#… too: strangers behind the same address take nothing from it.
Refused codes have an item of their own, failures#…, with code_fail0, …, last_code_fail and expires_at: every right code reads it.
"""

import secrets
from typing import NamedTuple

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.aws.keys import Lane
from customer_auth.base import clock, limits, settings
from customer_auth.base.errors import Throttled
from customer_auth.base.limits import Window


class CountedRequest(NamedTuple):
    """An ask that counts against its client, in this lane's window."""

    bucket: str
    lane: Lane
    id: bytes


def count_code_failure(bucket: str) -> None:
    """Count a refused code against its client, in one write. Raises: Throttled; aws.Failed (it may have been counted)."""
    window = limits.client_code_failures()
    if window is not None:
        _count(window, keys.client_code_failures(bucket), secrets.token_bytes(8))


def code_failures_key(bucket: str) -> tuple[str, Item] | None:
    """Where a client's refused codes lie, for a batch; None where nobody counts them."""
    if limits.client_code_failures() is None:
        return None
    return settings.resources().codes_table, {"pk": keys.client_code_failures(bucket)}


def check_code_failures(item: Item | None) -> None:
    """Raises: Throttled where the client of this raw item may try no more."""
    window, now = limits.client_code_failures(), clock.now()
    if window is not None and item and window.is_full(item, now):
        raise Throttled(window.retry_after_seconds(item, now), "client")


def count_request(bucket: str, lane: Lane, count_id: bytes) -> CountedRequest:
    """Count this ask against its client, in one write. Raises: Throttled; aws.Failed (it may have been counted)."""
    window = limits.client_sends()
    if window is not None:
        _count(window, keys.client_item(bucket, lane), count_id)
    return CountedRequest(bucket, lane, count_id)


def refund_request(counted: CountedRequest) -> None:
    """Take an ask that sent nothing out of its client's window again, in one write, at most 20 in an hour. Raises: aws.Failed.

    The newest entry goes, which may be another's that came in the meantime: it is this one's count, and older by what a request takes.
    """
    window, refunds, now = limits.client_sends(), limits.client_refunds(), clock.now()
    if window is None:
        return
    refund = dynamodb.update(
        settings.resources().codes_table,
        {"pk": keys.client_item(counted.bucket, counted.lane)},
        f"SET {window.shift_back()}, {refunds.update()}, #last_refund = :ask",
        where=f"attribute_exists(#{window.name}0)"  # an ask is counted there
        f" AND {refunds.condition()}"  # not too many were given back
        " AND (attribute_not_exists(#last_refund) OR #last_refund <> :ask)",  # this very one was not
        values=refunds.values(now) | {":ask": counted.id},
    )
    dynamodb.try_write(refund)


def count_lookup(bucket: str) -> None:
    """Count a lookup against its client, in one write. Raises: Throttled; aws.Failed (it may have been counted)."""
    _count(limits.client_lookups(), keys.client_item(bucket), secrets.token_bytes(8))


def count_registration(bucket: str) -> None:
    """Count a registration against its client, in one write. Raises: Throttled; aws.Failed (it may have been counted)."""
    window = limits.client_registrations()
    if window is not None:
        _count(window, keys.client_item(bucket), secrets.token_bytes(8))


def count_password_attempt(bucket: str) -> None:
    """Count a password against its client before it is compared, in one write. Raises: Throttled; aws.Failed (it may be counted)."""
    window = limits.client_password_attempts()
    if window is not None:
        _count(window, keys.client_item(bucket), secrets.token_bytes(8))


def refund_password_attempt(bucket: str) -> list[Write]:
    """The part of a transaction that takes a right password out of its client's window again."""
    window = limits.client_password_attempts()
    if window is None:
        return []
    ref = {"pk": keys.client_item(bucket)}
    where = f"attribute_exists(#{window.name}0)"
    return [dynamodb.update(settings.resources().codes_table, ref, f"SET {window.shift_back()}", where, {":long_ago": limits.LONG_AGO})]


def _count(window: Window, pk: str, event_id: bytes) -> None:
    now, last = clock.now(), f"last_{window.name}"
    count = dynamodb.update(
        settings.resources().codes_table,
        {"pk": pk},
        f"SET {window.update()}, #{last} = :id, #expires_at = :expires_at",
        where=f"{window.condition()} AND (attribute_not_exists(#{last}) OR #{last} <> :id)",
        values=window.values(now) | {":id": event_id, ":expires_at": now + clock.HOUR},
    )
    try:
        dynamodb.write(count)
    except dynamodb.ConditionFailed as failed:
        if failed.item.get(last) == event_id:
            return  # a write whose answer was lost was repeated
        raise Throttled(window.retry_after_seconds(failed.item, now), "client") from None
