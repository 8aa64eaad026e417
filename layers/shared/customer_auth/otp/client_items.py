"""The rate-limit windows of one client (an IPv4 address, an IPv6 /64), in the codes table.

| attribute | holds |
|---|---|
| pk | ip#… |
| ip0, ip1, … | the times of its last code requests in this lane, newest first |
| refund0, refund1, … | the times of the last requests that were refunded |
| lookup0, …, reg0, …, ip_pass0, … | the times of its last lookups, registrations and wrong passwords |
| last_ip, last_refund, … | the last of each, by which a repeated write recognises itself |
| expires_at | TTL: when the windows are empty again |

Requests from known devices have an item of their own, ip#… too: strangers behind the same IP address use nothing of it up.
Wrong codes have an item of their own, failures#…, with code_fail0, …, last_code_fail and expires_at: every right code reads it.
"""

from typing import NamedTuple

from customer_auth.aws import counters, dynamodb, keys
from customer_auth.aws.counters import Counter
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.aws.keys import Lane
from customer_auth.base import clock, limits, settings
from customer_auth.base.errors import Throttled
from customer_auth.base.limits import Window


class CountedRequest(NamedTuple):
    """A code request that counts against its client, in this lane's window."""

    bucket: str
    lane: Lane
    id: bytes

    @property
    def client_key(self) -> bytes | None:
        """The key of the item that counts it; None if the operator has turned that limit off."""
        return keys.client_key(self.bucket, self.lane) if limits.client_sends() else None


def count_code_failure(bucket: str) -> None:
    """Count a wrong code against its client, in one write. Raises: Throttled; aws.Failed (it may have been counted)."""
    window = limits.client_code_failures()
    if window is not None:
        _count(window, keys.client_code_failures(bucket))


def code_failures_key(bucket: str) -> tuple[str, Item] | None:
    """The table and key of a client's wrong codes, for a batch; None if the operator has turned that limit off."""
    if limits.client_code_failures() is None:
        return None
    return settings.resources().codes_table, {"pk": keys.client_code_failures(bucket)}


def check_code_failures(item: Item | None) -> None:
    """Raises: Throttled if the client of this raw item may enter no more codes."""
    window, now = limits.client_code_failures(), clock.now()
    if window is not None and item and window.is_full(item, now):
        raise Throttled(window.retry_after_seconds(item, now), "client")


def count_request(bucket: str, lane: Lane, count_id: bytes) -> CountedRequest:
    """Count this request against its client, in one write. Raises: Throttled; aws.Failed (it may have been counted)."""
    window = limits.client_sends()
    if window is not None:
        _count(window, keys.client_item(bucket, lane), count_id)
    return CountedRequest(bucket, lane, count_id)


def refund_request(counted: CountedRequest) -> None:
    """Take a request that sent nothing out of its client's window again, by one write, at most 20 an hour. Raises: aws.Failed.

    The newest entry goes, which may be that of another request that came meanwhile: the count is right, and its time is off by one call.
    """
    window, refunds, now = limits.client_sends(), limits.client_refunds(), clock.now()
    if window is None:
        return
    refund = dynamodb.update(
        settings.resources().codes_table,
        {"pk": keys.client_item(counted.bucket, counted.lane)},
        f"SET {window.shift_back()}, {refunds.update()}, #last_refund = :id",
        where=f"attribute_exists(#{window.name}0)"  # a request is counted there
        f" AND {refunds.condition()}"  # not too many were refunded
        " AND (attribute_not_exists(#last_refund) OR #last_refund <> :id)",  # this one was not refunded yet
        values=refunds.values(now) | {":id": counted.id},
    )
    dynamodb.try_write(refund)


def refund_used(client_key: bytes) -> list[Write]:
    """The part of a transaction that takes a request whose code was used out of its client's window again.

    The newest entry goes, as in `refund_request`: the count is right, and an hour later it is whosever entry is gone.
    """
    window = limits.client_sends()
    if window is None:
        return []
    ref = {"pk": keys.client_item_of(client_key)}
    where = f"attribute_exists(#{window.name}0)"  # the window is there
    values = {":long_ago": limits.LONG_AGO}
    return [dynamodb.update(settings.resources().codes_table, ref, f"SET {window.shift_back()}", where, values)]


def count_lookup(bucket: str) -> None:
    """Count a lookup against its client, in one write. Raises: Throttled; aws.Failed (it may have been counted)."""
    _count(limits.client_lookups(), keys.client_item(bucket))


def count_registration(bucket: str) -> None:
    """Count a registration against its client, in one write. Raises: Throttled; aws.Failed (it may have been counted)."""
    window = limits.client_registrations()
    if window is not None:
        _count(window, keys.client_item(bucket))


def count_password_attempt(bucket: str) -> None:
    """Count a password against its client before it is compared, in one write. Raises: Throttled; aws.Failed (it may be counted)."""
    window = limits.client_password_attempts()
    if window is not None:
        _count(window, keys.client_item(bucket))


def refund_password_attempt(bucket: str) -> list[Write]:
    """The part of a transaction that takes a right password out of its client's window again."""
    window = limits.client_password_attempts()
    if window is None:
        return []
    ref = {"pk": keys.client_item(bucket)}
    where = f"attribute_exists(#{window.name}0)"
    return [dynamodb.update(settings.resources().codes_table, ref, f"SET {window.shift_back()}", where, {":long_ago": limits.LONG_AGO})]


def _count(window: Window, pk: str, event_id: bytes | None = None) -> None:
    counters.count(Counter(settings.resources().codes_table, {"pk": pk}, window, clock.HOUR, "client"), event_id)
