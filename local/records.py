"""The records of streams and queues, in the forms in which Lambda gives them to a function.

Source: Lambda developer guide, "Using Lambda with Amazon DynamoDB" and "Using Lambda with Amazon SQS".
"""

import base64
import time
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from local.intrinsics import PSEUDO_PARAMETERS

type Record = dict[str, Any]

REGION = PSEUDO_PARAMETERS["AWS::Region"]


def change(
    name: str,
    keys: Mapping[str, Any],
    *,
    new_image: Mapping[str, Any] | None = None,
    old_image: Mapping[str, Any] | None = None,
    sequence_number: int = 1,
) -> Record:
    """A table's change, as its stream has it; `name` is INSERT, MODIFY or REMOVE, images and keys are in DynamoDB's JSON."""
    images = {"NewImage": new_image, "OldImage": old_image}
    return {
        "eventID": uuid.uuid4().hex,
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "ApproximateCreationDateTime": int(time.time()),
            "Keys": keys,
            "SequenceNumber": str(sequence_number),
            "SizeBytes": 0,
            "StreamViewType": "NEW_AND_OLD_IMAGES" if old_image and new_image else "OLD_IMAGE" if old_image else "NEW_IMAGE",
            **{name: image for name, image in images.items() if image is not None},
        },
    }


def of_stream(change: Mapping[str, Any], stream_arn: str) -> Record:
    """A change as a function receives it."""
    return {**change, "eventSourceARN": stream_arn, "dynamodb": _plain(change["dynamodb"])}


def of_queue(message: Mapping[str, Any], queue_arn: str) -> Record:
    """A message as a function receives it."""
    now = str(int(time.time() * 1000))
    return {
        "messageId": message.get("MessageId") or str(uuid.uuid4()),
        "receiptHandle": message.get("ReceiptHandle", ""),
        "body": message["Body"],
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": now,
            "SenderId": "local",
            "ApproximateFirstReceiveTimestamp": now,
            **message.get("Attributes", {}),
        },
        "messageAttributes": {name: _attribute(value) for name, value in message.get("MessageAttributes", {}).items()},
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }


def _attribute(attribute: Mapping[str, Any]) -> Record:
    named = {name[0].lower() + name[1:]: _plain(value) for name, value in attribute.items()}
    return {"stringListValues": [], "binaryListValues": []} | named


def _plain(value: Any) -> Any:
    """A value in Lambda's form: times in epoch seconds, binaries in base64."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
