"""Stream of the codes table, and its retry queue: sends the messages that were asked for."""

import base64
from functools import partial
from typing import Any

from customer_auth import audit, aws
from customer_auth.audit import batches
from customer_auth.base import consent_settings, sender_settings, settings
from customer_auth.messaging import outbox, template_lint, templates
from customer_auth.messaging.message_items import OutboxMessage
from customer_auth.messaging.send_results import Result, SendOutcome
from customer_auth.otp.purposes import Purpose

# A wrong setting ends the start, with its name.
settings.service(), settings.messaging(), consent_settings.consent_register(), sender_settings.senders()
templates.use(template_lint.check_folder(settings.messaging().templates_dir))  # and so does a template of one's own that will not do
aws.warm_up("dynamodb", "secretsmanager", "sns")  # most messages are SMS


def handler(event: dict[str, Any], context: aws.Context) -> dict[str, Any]:
    """Send each record's message; only the records that must come again are named as failed.

    A failure that may pass is moved from the stream to the retry queue. If it came from that queue it is reported as failed, so SQS
    delivers it again, and finally moves it to the dead-letter queue.
    """
    aws.begin_invocation(context)
    failed = [record for record in event["Records"] if not batches.handle_record("send_message", partial(_handle, record))]
    return {"batchItemFailures": [{"itemIdentifier": _identifier(record)} for record in failed]}


def _handle(record: dict[str, Any]) -> bool:
    """Send the record's message; False if the record must come again. Raises: aws.Failed."""
    from_stream = "dynamodb" in record
    message = _of_stream(record["dynamodb"]["NewImage"]) if from_stream else outbox.from_queue(record["body"])
    # Consents wait in the queue from the start: a register that hangs must not hold up the codes behind them in the stream.
    result = Result(SendOutcome.POSTPONED) if from_stream and message.purpose is Purpose.CONSENT else _delivered(message)
    if result.retry and from_stream:
        outbox.enqueue_retry(message)
    audit.end(result.log_outcome)
    return from_stream or not result.retry


def _delivered(message: OutboxMessage) -> Result:
    """Tables that fail for seconds must not cost a code that lives for minutes: it comes again from the queue."""
    try:
        return outbox.deliver(message)
    except aws.Failed as failed:
        return Result(SendOutcome.POSTPONED, failed.code)


def _identifier(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["SequenceNumber"] if "dynamodb" in record else record["messageId"])


def _of_stream(image: dict[str, Any]) -> OutboxMessage:
    purpose = Purpose(image["event"]["S"].partition(":")[2])
    # In an event, which is JSON, bytes are base64.
    return OutboxMessage(image["pk"]["S"], purpose, base64.b64decode(image[purpose]["M"]["id"]["B"]))
