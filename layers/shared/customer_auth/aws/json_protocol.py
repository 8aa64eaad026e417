"""AWS by its JSON protocol (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html), for the services on a request's path.

The SDK would take three times as long for a request and five times as long to start (docs/performance.md): it interprets a model of each
service, where we know the handful of operations we ask for. Blobs are bytes when they are given and when KMS tells them; DynamoDB's
values are left as the protocol has them.
"""

import base64
import json
import os
import random
import time
import uuid
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from customer_auth.aws import connections, signature
from customer_auth.aws.connections import Answer, Lost
from customer_auth.aws.outcomes import Unknown, meaning


class _Protocol(NamedTuple):
    target: str
    content_type: str


SERVICES = {
    "dynamodb": _Protocol("DynamoDB_20120810", "application/x-amz-json-1.0"),
    "kms": _Protocol("TrentService", "application/x-amz-json-1.1"),
    "secretsmanager": _Protocol("secretsmanager", "application/x-amz-json-1.1"),
    "sqs": _Protocol("AmazonSQS", "application/x-amz-json-1.0"),
}

# Each attempt takes at most 1 s + 2 s: with the one call that follows a failure they fit into the function's 20 s.
_ATTEMPTS = 2
_PAUSE_SECONDS = 0.1
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


class _Refusal(NamedTuple):
    status: int
    code: str
    told: dict[str, Any]

    @property
    def may_pass(self) -> bool:
        return self.status >= _SERVER_ERROR or self.code in _THROTTLES


def call(service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """One request, repeated once when it was lost, throttled or failed by no fault of its own; a repeated transaction is done once.

    Raises: what `outcomes.meaning` makes of a refusal, Unknown.
    """
    if operation == "TransactWriteItems":
        parameters = {**parameters, "ClientRequestToken": str(uuid.uuid4())}
    body = _ENCODER.encode(parameters).encode()
    failed: Exception = Unknown("NoAttempt")
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0, _PAUSE_SECONDS))  # noqa: S311 (jitter, not a secret)
        try:
            told = _read(_send(service, operation, body))
        except Lost as lost:
            failed = Unknown(str(lost))
            continue
        if not isinstance(told, _Refusal):
            return told
        failed = meaning(*told)
        if not told.may_pass:
            break
    raise failed


def prepare(service: str) -> None:
    """Read whom to trust, which takes 20 ms."""
    if _place(service).url.startswith("https"):
        connections.trust()


def forget() -> None:
    """Look for the services anew and connect anew at the next use; for tests."""
    _place.cache_clear()
    connections.forget()


class _Place(NamedTuple):
    url: str
    host: str
    region: str


@cache
def _place(service: str) -> _Place:
    """Where the SDK's own variables say (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html), else in its region."""
    region = os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]
    url = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL")
    if not url:
        url = f"https://{service}.{region}.{os.environ['AWS_URL_SUFFIX']}"
    return _Place(url.rstrip("/"), urlsplit(url).netloc, region)


def _send(service: str, operation: str, body: bytes) -> Answer:
    place, protocol = _place(service), SERVICES[service]
    headers = {
        "host": place.host,
        "content-type": protocol.content_type,
        "user-agent": "customer-auth",
        "x-amz-target": f"{protocol.target}.{operation}",
    }
    return connections.post(place.url, signature.signed(headers, body, service=service, region=place.region), body)


def _read(answer: Answer) -> dict[str, Any] | _Refusal:
    """What an answer tells. Raises: Lost (half an answer)."""
    try:
        told = json.loads(answer.body or b"{}")
    except ValueError as broken:
        if answer.status >= _SERVER_ERROR:  # a load balancer's page
            return _Refusal(answer.status, "InternalServerError", {})
        raise Lost("BrokenAnswer") from broken
    if answer.status == _OK:
        return {name: base64.b64decode(value) if name in _BLOBS else value for name, value in told.items()}
    return _Refusal(answer.status, str(told.get("__type", "")).rpartition("#")[2], told)
