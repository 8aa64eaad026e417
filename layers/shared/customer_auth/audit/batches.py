"""Batches of records: each record has an audit line of its own, and a broken one neither holds up the others nor is printed."""

from collections.abc import Callable

from customer_auth import audit, aws


def handle_record(event: str, handle: Callable[[], bool]) -> bool:
    """Handle one record under this event's name; False, also if it fails, means that the record must come again."""
    audit.begin(event=event)
    try:
        return handle()
    except aws.Failed as failed:
        audit.end("unavailable", failed.code)
    except Exception as failure:  # noqa: BLE001 (a fault of ours in one record)
        audit.crash(failure)
        audit.end("internal")
    return False
