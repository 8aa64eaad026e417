"""Hourly: adds up what messages cost, by region and sender, for the hours of the ledger that are due."""

from datetime import datetime
from typing import Any

from customer_auth import audit, aws
from customer_auth.base import clock, settings
from customer_auth.ledger import costs

settings.service()  # a wrong setting ends the start, with its name
aws.warm_up("dynamodb")


def handler(event: dict[str, Any], context: aws.Context) -> dict[str, Any]:
    """Returns how many rows were read. A failure fails the call, which the schedule repeats; repeating it changes nothing.

    `event` is the schedule's; without a `time`, as when an operator invokes the function by hand, it is taken to be of now.
    """
    aws.begin_invocation(context)
    audit.begin(event="aggregate_costs")
    scheduled_at = int(datetime.fromisoformat(event["time"]).timestamp()) if "time" in event else clock.now()
    rows = costs.aggregate(min(clock.now(), scheduled_at))
    audit.end("ok")
    return {"rows": rows}
