"""AWS by its JSON protocol (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html), for the services on a request's path.

The SDK would take three times as long for a request and five times as long to start (docs/performance.md): it interprets a model of each
service, where we know the handful of operations we ask for. Blobs are bytes when they are given and when KMS tells them; DynamoDB's
values are left as the protocol has them.
"""

import base64
import json
import os
import uuid
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from customer_auth.aws import connections, retries, signature
from customer_auth.aws.connections import Answer, Lost
from customer_auth.aws.errors import Refused, Unknown, meaning


class _Protocol(NamedTuple):
    service_id: str  # by which the SDK names a service's settings
    target: str
    content_type: str


SERVICES = {
    "dynamodb": _Protocol("DynamoDB", "DynamoDB_20120810", "application/x-amz-json-1.0"),
    "kms": _Protocol("KMS", "TrentService", "application/x-amz-json-1.1"),
    "secretsmanager": _Protocol("Secrets Manager", "secretsmanager", "application/x-amz-json-1.1"),
    "sqs": _Protocol("SQS", "AmazonSQS", "application/x-amz-json-1.0"),
}

# An attempt takes 3 s where nothing answers (`connections`), and a throttle's is answered at once: the former are fewer.
_ATTEMPTS = 2
_THROTTLED_ATTEMPTS = 4
_BLOBS = frozenset({"CiphertextBlob", "Plaintext", "PublicKey", "Signature"})
_OK = 200
_SERVER_ERROR = 500
_THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)


def _base64(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


_ENCODER = json.JSONEncoder(default=_base64, separators=(",", ":"))


class _Failure(NamedTuple):
    """An attempt that did not succeed, and how many are made in all of a request that fails so."""

    error: Exception
    attempts: int


def call(service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """One request, repeated where it was lost, throttled or failed by no fault of its own; a repeated transaction is done once.

    Raises: what `outcomes.meaning` makes of a refusal, Unknown.
    """
    if operation == "TransactWriteItems":
        parameters = {**parameters, "ClientRequestToken": str(uuid.uuid4())}
    body = _ENCODER.encode(parameters).encode()
    attempt, may_be_done = 0, False
    while True:
        attempt += 1
        told = _attempt(service, operation, body)
        if not isinstance(told, _Failure):
            return told
        may_be_done = may_be_done or isinstance(told.error, Unknown)
        if not retries.try_again(attempt, most=told.attempts):
            # A throttle says that nothing was done, but only of its own attempt.
            raise Unknown(told.error.code) if may_be_done and type(told.error) is Refused else told.error


def prepare(service: str) -> None:
    """Read whom to trust, which takes 20 ms."""
    if _endpoint(service).url.startswith("https"):
        connections.trust()


def forget() -> None:
    """Look for the services anew and connect anew at the next use; for tests."""
    _endpoint.cache_clear()
    connections.forget()


class _Endpoint(NamedTuple):
    url: str
    host: str
    region: str


@cache
def _endpoint(service: str) -> _Endpoint:
    """Where the SDK's own variables say (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html), else in its region."""
    region = os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]
    own = SERVICES[service].service_id.upper().replace(" ", "_")
    url = os.environ.get(f"AWS_ENDPOINT_URL_{own}") or os.environ.get("AWS_ENDPOINT_URL")
    if not url:
        url = f"https://{service}.{region}.{os.environ['AWS_URL_SUFFIX']}"
    return _Endpoint(url.rstrip("/"), urlsplit(url).netloc, region)


def _attempt(service: str, operation: str, body: bytes) -> dict[str, Any] | _Failure:
    try:
        return _read(_send(service, operation, body))
    except Lost as lost:
        return _Failure(Unknown(str(lost)), _ATTEMPTS)


def _send(service: str, operation: str, body: bytes) -> Answer:
    place, protocol = _endpoint(service), SERVICES[service]
    headers = {
        "host": place.host,
        "content-type": protocol.content_type,
        "user-agent": "customer-auth",
        "x-amz-target": f"{protocol.target}.{operation}",
    }
    return connections.post(place.url, signature.signed(headers, body, service=service, region=place.region), body)


def _read(answer: Answer) -> dict[str, Any] | _Failure:
    """What an answer tells. Raises: Lost (half an answer)."""
    try:
        told = json.loads(answer.body or b"{}")
    except ValueError as broken:
        if answer.status >= _SERVER_ERROR:  # a load balancer's page
            return _refusal(answer.status, "InternalServerError", {})
        raise Lost("BrokenAnswer") from broken
    if answer.status == _OK:
        return {name: base64.b64decode(value) if name in _BLOBS else value for name, value in told.items()}
    return _refusal(answer.status, str(told.get("__type", "")).rpartition("#")[2], told)


def _refusal(status: int, code: str, told: dict[str, Any]) -> _Failure:
    attempts = _THROTTLED_ATTEMPTS if code in _THROTTLES else _ATTEMPTS if status >= _SERVER_ERROR else 1
    return _Failure(meaning(status, code, told), attempts)
