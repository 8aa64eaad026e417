"""Stream of the codes table, and its retry queue: sends the messages that were asked for."""

import base64
import json
from typing import Any

from customer_auth import audit, aws, ids, outbox, settings
from customer_auth.challenges import Purpose
from customer_auth.tables.deliveries import Message

settings.service(), settings.messaging()  # a wrong setting ends the start, with its name


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 (Lambda's signature)
    """Send each record's message; only the records that must come again are named as failed.

    From the stream a record fails for the tables alone: a provider's failure goes to the retry queue, so that it holds nothing up.
    From the queue what may still succeed fails, and the queue brings it again, or at last to its dead-letter queue.
    """
    failed = [_id(record) for record in event["Records"] if not _deliver(record)]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}


def _deliver(record: dict[str, Any]) -> bool:
    from_stream = "dynamodb" in record
    audit.begin(event="send_message")
    try:
        message = _of_stream(record["dynamodb"]["NewImage"]) if from_stream else _of_queue(json.loads(record["body"]))
        result = outbox.deliver(message)
        if result is outbox.Result.AGAIN and from_stream:
            outbox.ask_again(_body(message))
            return True
    except aws.Failed as failed:
        audit.end("unavailable", failed.code)
        return False
    except Exception as failure:  # noqa: BLE001 (one broken record must not hold up the others, nor be printed)
        audit.crash(failure)
        audit.end("internal")
        return False
    return result is outbox.Result.DONE


def _id(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["SequenceNumber"] if "dynamodb" in record else record["messageId"])


def _of_stream(image: dict[str, Any]) -> Message:
    purpose = Purpose(image["event"]["S"].partition(":")[2])
    # In an event, which is JSON, bytes are base64.
    return Message(image["pk"]["S"], purpose, base64.b64decode(image[purpose]["M"]["id"]["B"]))


def _of_queue(body: dict[str, str]) -> Message:
    return Message(body["pk"], Purpose(body["purpose"]), ids.from_base64url(body["challenge_id"]) or b"")


def _body(message: Message) -> str:
    return json.dumps({"pk": message.pk, "purpose": message.purpose, "challenge_id": ids.base64url(message.challenge_id)})
