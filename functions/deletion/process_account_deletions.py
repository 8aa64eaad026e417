"""Hourly: erases accounts whose deletion is due, sends reminders for those due tomorrow, and removes requests that nobody confirmed."""

from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger

from customer_auth import audit, aws
from customer_auth.base import clock, settings
from customer_auth.deletion import deletion_processor

_logger = Logger(location=None)
_SPARE_MILLISECONDS = 20_000  # for finishing what has begun
settings.service()  # a wrong setting fails at start, with its name
aws.warm_up("dynamodb", "kms", "secretsmanager")


def handler(event: dict[str, Any], context: aws.Context) -> dict[str, Any]:
    """Returns what was done. A request that fails raises an alarm and is retried later, and delays no other.

    `event` is the schedule's; without a `time`, as when an operator invokes the function by hand, it is taken to be of now.
    """
    aws.begin_invocation(context)
    audit.begin(event="process_account_deletions")
    scheduled_at = int(datetime.fromisoformat(event["time"]).timestamp()) if "time" in event else clock.now()
    now = min(clock.now(), scheduled_at) if scheduled_at > clock.now() - clock.DAY else clock.now()
    summary = deletion_processor.run(now, lambda: context.get_remaining_time_in_millis() > _SPARE_MILLISECONDS)
    audit.end("ok" if not summary.failed else "failed")
    _logger.info("process_account_deletions", extra=summary._asdict())
    return summary._asdict()
