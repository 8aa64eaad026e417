"""Stream of the codes table: records in the ledger which codes were used, and refunds their requests to their clients."""

from typing import Any

from customer_auth import audit, aws
from customer_auth.base import settings
from customer_auth.ledger import conversions
from customer_auth.ledger.conversions import Conversion

settings.service()  # a wrong setting ends the start, with its name
aws.warm_up("dynamodb")


def handler(event: dict[str, Any], context: aws.Context) -> dict[str, Any]:
    """Record each conversion; the stream brings those again that are named as failed, and what follows them, which changes nothing."""
    aws.begin_invocation(context)
    failed = [record for record in event["Records"] if not _recorded(record)]
    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]} for record in failed]}


def _recorded(record: dict[str, Any]) -> bool:
    audit.begin(event="record_conversion")
    try:
        conversions.record(Conversion.of_image(record["dynamodb"]["NewImage"]))
    except aws.Failed as failed:
        audit.end("unavailable", failed.code)
        return False
    except Exception as failure:  # noqa: BLE001 (one broken record must not hold up the others, nor be printed)
        audit.crash(failure)
        audit.end("internal")
        return False
    return True
