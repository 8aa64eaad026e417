"""The events that functions receive, in AWS's forms: HTTP API payload 2.0, DynamoDB streams, SQS, schedules, custom resources.

Sources: API Gateway developer guide, "Lambda integration payload format 2.0"; Lambda developer guide, "Using Lambda with …".
"""

import base64
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.intrinsics import ACCOUNT_ID, PSEUDO_PARAMETERS

type Event = dict[str, Any]

REGION = PSEUDO_PARAMETERS["AWS::Region"]
API_ID = "local"
STAGE = "$default"
# Content types that an HTTP API passes on as text; all others arrive as base64, including forms and bodies without a content type.
TEXT_TYPES = frozenset({"application/json", "application/xml", "application/javascript"})
DROPPED = frozenset({"connection", "cookie", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"})


def http_event(  # noqa: PLR0913 - a request has that many parts
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    query: str = "",
    body: bytes = b"",
    route_key: str | None = None,
    path_parameters: Mapping[str, str] | None = None,
    source_ip: str = "127.0.0.1",
    domain: str = "127.0.0.1:8000",
    request_id: str | None = None,
    at: float | None = None,
) -> Event:
    """The event of one request. `path` and `query` are as in the request line; `route_key` is like `GET /orders/{id}`."""
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    text, encoded = _body(pairs, body)
    plain_path = unquote(path)
    route_key = route_key or f"{method} {path}"
    at = time.time() if at is None else at
    event: Event = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": plain_path,
        "rawQueryString": query,
        "headers": _headers(pairs, source_ip, domain),
        "requestContext": {
            "accountId": ACCOUNT_ID,
            "apiId": API_ID,
            "domainName": domain,
            "domainPrefix": domain.split(".", 1)[0],
            "http": {
                "method": method,
                "path": plain_path,
                "protocol": "HTTP/1.1",
                "sourceIp": source_ip,
                "userAgent": next((value for name, value in pairs if name.lower() == "user-agent"), ""),
            },
            "requestId": request_id or uuid.uuid4().hex[:16],
            "routeKey": route_key,
            "stage": STAGE,
            "time": datetime.fromtimestamp(at, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(at * 1000),
        },
        "isBase64Encoded": encoded,
    }
    cookies = [part.strip() for name, value in pairs if name.lower() == "cookie" for part in value.split(";") if part.strip()]
    optional = {
        "cookies": cookies,
        "queryStringParameters": _joined(parse_qsl(query, keep_blank_values=True)),
        "pathParameters": dict(path_parameters or {}),
        "body": text,
    }
    return event | {name: value for name, value in optional.items() if value}


def stream_event(records: Sequence[Mapping[str, Any]], stream_arn: str) -> Event:
    """The event of a batch of a table's stream; `records` come from GetRecords or `stream_record`."""
    return {"Records": [_stream_record(record, stream_arn) for record in records]}


def stream_record(
    name: str,
    keys: Mapping[str, Any],
    *,
    new_image: Mapping[str, Any] | None = None,
    old_image: Mapping[str, Any] | None = None,
    sequence_number: int = 1,
) -> Event:
    """A record of a stream; `name` is INSERT, MODIFY or REMOVE, images and keys are in DynamoDB's JSON."""
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


def queue_event(messages: Sequence[Mapping[str, Any]], queue_arn: str) -> Event:
    """The event of a batch of a queue; `messages` come from ReceiveMessage, but only `Body` is required."""
    return {"Records": [_queue_record(message, queue_arn) for message in messages]}


def schedule_event(rule: str, at: float | None = None) -> Event:
    """The event that EventBridge sends when the rule of this name is due."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT_ID,
        "time": datetime.fromtimestamp(time.time() if at is None else at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT_ID}:rule/{rule}"],
        "detail": {},
    }


def custom_resource_event(logical_id: str, resource_type: str, properties: Mapping[str, Any], response_url: str) -> Event:
    """The event by which CloudFormation creates a custom resource; the function responds with a PUT to `response_url`."""
    return {
        "RequestType": "Create",
        "RequestId": str(uuid.uuid4()),
        "ResponseURL": response_url,
        "StackId": PSEUDO_PARAMETERS["AWS::StackId"],
        "ResourceType": resource_type,
        "LogicalResourceId": logical_id,
        "ServiceToken": properties["ServiceToken"],
        "ResourceProperties": dict(properties),
    }


def _body(headers: Iterable[tuple[str, str]], body: bytes) -> tuple[str | None, bool]:
    if not body:
        return None, False
    types = (value.partition(";")[0].strip().lower() for name, value in headers if name.lower() == "content-type")
    kind = next(types, "")
    if kind in TEXT_TYPES or kind.startswith("text/"):
        return body.decode(errors="replace"), False
    return base64.b64encode(body).decode(), True


def _headers(pairs: Iterable[tuple[str, str]], source_ip: str, domain: str) -> dict[str, str]:
    """Headers with lower-case names and values joined by commas, without cookies (a member of their own), and with the gateway's own."""
    sent = [(name.lower(), value) for name, value in pairs]
    forwarded = [value for name, value in sent if name == "x-forwarded-for"]
    return _joined((name, value) for name, value in sent if name not in DROPPED) | {
        "host": domain,
        "x-amzn-trace-id": f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}",
        "x-forwarded-for": ", ".join([*forwarded, source_ip]),
        "x-forwarded-port": domain.rpartition(":")[2],
        "x-forwarded-proto": "http",
    }


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _stream_record(record: Mapping[str, Any], stream_arn: str) -> Event:
    return {**record, "eventSourceARN": stream_arn, "dynamodb": _plain(record["dynamodb"])}


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


def _queue_record(message: Mapping[str, Any], queue_arn: str) -> Event:
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


def _attribute(attribute: Mapping[str, Any]) -> Event:
    named = {name[0].lower() + name[1:]: _plain(value) for name, value in attribute.items()}
    return {"stringListValues": [], "binaryListValues": []} | named
