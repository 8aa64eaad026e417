"""Hourly: erases the accounts whose deletion is due, reminds of those due tomorrow, and removes requests that nobody confirmed."""

from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger

from customer_auth import audit, aws
from customer_auth.base import clock, settings
from customer_auth.deletion import deletion_processor

_logger = Logger(location=None)
_SPARE_MILLISECONDS = 20_000  # for what has been begun
settings.service()  # a wrong setting ends the start, with its name
aws.prepare("dynamodb", "kms", "secretsmanager")


def handler(event: dict[str, Any], context: aws.Context) -> dict[str, Any]:
    """Answers what was done. A request that fails is alarmed and looked at again later; the others are not held up.

    `event` is a schedule's; one that tells no time, as an operator's by hand, is of now.
    """
    aws.begin_invocation(context)
    audit.begin(event="process_account_deletions")
    by_schedule = int(datetime.fromisoformat(event["time"]).timestamp()) if "time" in event else clock.now()
    now = min(clock.now(), by_schedule) if by_schedule > clock.now() - clock.DAY else clock.now()
    done = deletion_processor.run(now, lambda: context.get_remaining_time_in_millis() > _SPARE_MILLISECONDS)
    audit.end("ok" if not done.failed else "failed")
    _logger.info("process_account_deletions", extra=done._asdict())
    return done._asdict()
