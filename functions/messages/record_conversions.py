"""Stream of the codes table: records in the ledger which codes were used, and refunds their requests to their clients."""

from functools import partial
from typing import Any

from customer_auth import aws
from customer_auth.audit import batches
from customer_auth.base import settings
from customer_auth.ledger import conversions
from customer_auth.ledger.conversions import Conversion

settings.service()  # a wrong setting ends the start, with its name
aws.warm_up("dynamodb")


def handler(event: dict[str, Any], context: aws.Context) -> dict[str, Any]:
    """Record each conversion; the stream brings those again that are named as failed, and what follows them, which changes nothing."""
    aws.begin_invocation(context)
    failed = [record for record in event["Records"] if not batches.handle_record("record_conversion", partial(_record, record))]
    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]} for record in failed]}


def _record(record: dict[str, Any]) -> bool:
    """Record the conversion; one that was recorded leaves no line. Raises: aws.Failed."""
    conversions.record(Conversion.of_image(record["dynamodb"]["NewImage"]))
    return True
