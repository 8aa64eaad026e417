"""What one client (an IPv4 address, an IPv6 /64) has asked for: a window in the codes table.

| attribute | holds |
|---|---|
| pk | ip#… |
| ip0, ip1, … | the times of its last asks, newest first |
| wid | the last ask, by which a write that the SDK repeats finds itself |
| expires_at | TTL: when the window is empty again |
"""

from customer_auth import clock, limits, settings
from customer_auth.errors import Throttled
from customer_auth.tables import dynamodb, keys


def count_ask(bucket: str, ask_id: bytes) -> None:
    """Count this ask against its client, in one write. Raises: Throttled; aws.Failed (it may have been counted)."""
    window = limits.client_sends()
    if window is None:
        return
    now = clock.now()
    count = dynamodb.update(
        settings.places().codes_table,
        {"pk": keys.client_item(bucket)},
        f"SET {window.update()}, #wid = :wid, #expires_at = :expires_at",
        where=f"{window.condition()} AND (attribute_not_exists(#wid) OR #wid <> :wid)",
        values=window.values(now) | {":wid": ask_id, ":expires_at": now + clock.HOUR},
    )
    try:
        dynamodb.write(count)
    except dynamodb.ConditionFailed as failed:
        if failed.item.get("wid") == ask_id:
            return  # the SDK repeated a write whose answer was lost
        raise Throttled(window.retry_after_seconds(failed.item, now), "client") from None
