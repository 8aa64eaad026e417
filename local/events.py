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

from local import records
from local.intrinsics import ACCOUNT_ID, PSEUDO_PARAMETERS

type Event = dict[str, Any]
type Pairs = Sequence[tuple[str, str]]  # headers, in the order of the request

REGION = PSEUDO_PARAMETERS["AWS::Region"]
API = {"accountId": ACCOUNT_ID, "apiId": "local", "stage": "$default"}
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
    route = {"routeKey": route_key or f"{method} {path}"}
    host = {"domainName": domain, "domainPrefix": domain.split(".", 1)[0], "requestId": request_id or uuid.uuid4().hex[:16]}
    context = {**API, **route, **host, **_times(at), "http": _http(method, path, pairs, source_ip)}
    event = {"version": "2.0", **route, "rawPath": unquote(path), "rawQueryString": query, "requestContext": context}
    parameters = _parameters(query, path_parameters or {})
    return {**event, "headers": _headers(pairs, source_ip, domain), **_cookies(pairs), **parameters, **_body(pairs, body)}


def stream_event(changes: Sequence[Mapping[str, Any]], stream_arn: str) -> Event:
    """The event of a batch of a table's stream; `changes` come from GetRecords or `records.change`."""
    return {"Records": [records.of_stream(change, stream_arn) for change in changes]}


def queue_event(messages: Sequence[Mapping[str, Any]], queue_arn: str) -> Event:
    """The event of a batch of a queue; `messages` come from ReceiveMessage, but only `Body` is required."""
    return {"Records": [records.of_queue(message, queue_arn) for message in messages]}


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


def _times(at: float | None) -> Event:
    at = time.time() if at is None else at
    return {"time": datetime.fromtimestamp(at, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"), "timeEpoch": int(at * 1000)}


def _http(method: str, path: str, pairs: Pairs, source_ip: str) -> Event:
    user_agent = next((value for name, value in pairs if name.lower() == "user-agent"), "")
    return {"method": method, "path": unquote(path), "protocol": "HTTP/1.1", "sourceIp": source_ip, "userAgent": user_agent}


def _body(pairs: Pairs, body: bytes) -> Event:
    if not body:
        return {"isBase64Encoded": False}
    types = (value.partition(";")[0].strip().lower() for name, value in pairs if name.lower() == "content-type")
    kind = next(types, "")
    if kind in TEXT_TYPES or kind.startswith("text/"):
        return {"body": body.decode(errors="replace"), "isBase64Encoded": False}
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def _cookies(pairs: Pairs) -> Event:
    cookies = [part.strip() for name, value in pairs if name.lower() == "cookie" for part in value.split(";") if part.strip()]
    return {"cookies": cookies} if cookies else {}


def _parameters(query: str, path_parameters: Mapping[str, str]) -> Event:
    parameters = {"queryStringParameters": _joined(parse_qsl(query, keep_blank_values=True)), "pathParameters": dict(path_parameters)}
    return {name: value for name, value in parameters.items() if value}


def _headers(pairs: Pairs, source_ip: str, domain: str) -> dict[str, str]:
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
