"""AWS's JSON protocol (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html), for the services that HTTP requests depend on.

The SDK takes three times as long for a request and five times as long to start (docs/performance.md), because it interprets a model of each
service, while we use a handful of operations. A parameter that is a blob, and blobs in KMS's responses, are bytes; DynamoDB's attribute
values are left as they are in the protocol.
"""

import base64
import os
import secrets
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic_core import from_json, to_json

from customer_auth.aws import connections, errors, retries, signature
from customer_auth.aws.connections import Response, ResponseLost
from customer_auth.aws.errors import OutcomeUnknown, Refused
from customer_auth.base import settings


class _Protocol(NamedTuple):
    service_id: str  # the SDK's name for the service in its environment variables
    target: str
    content_type: str
    sends_sms: bool = False  # from the region that the settings name, and once: whether to send again is for the outbox to decide


SERVICES = {
    "dynamodb": _Protocol("DynamoDB", "DynamoDB_20120810", "application/x-amz-json-1.0"),
    "kms": _Protocol("KMS", "TrentService", "application/x-amz-json-1.1"),
    "secretsmanager": _Protocol("Secrets Manager", "secretsmanager", "application/x-amz-json-1.1"),
    "sqs": _Protocol("SQS", "AmazonSQS", "application/x-amz-json-1.0"),
    "sms-voice": _Protocol("Pinpoint SMS Voice V2", "PinpointSMSVoiceV2", "application/x-amz-json-1.0", sends_sms=True),
}

# Fewer attempts without a response, which take 3 s each (`connections`), than attempts that are throttled, which fail at once.
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


class _Failure(NamedTuple):
    """A failed attempt, and how many attempts to make in all when a request fails in this way."""

    error: Exception
    max_attempts: int


def call(service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Send a request and return the response's body; repeated if it is lost, throttled or fails by a server error, unless it sends an SMS.

    A repeated transaction is executed once. Raises: the errors of `errors.from_response`, OutcomeUnknown.
    """
    if operation == "TransactWriteItems":
        parameters = {**parameters, "ClientRequestToken": secrets.token_hex(16)}
    body = _encode(parameters)
    attempt, may_be_executed = 0, False
    while True:
        attempt += 1
        result = _attempt(service, operation, body)
        if not isinstance(result, _Failure):
            return result
        may_be_executed = may_be_executed or isinstance(result.error, OutcomeUnknown)
        max_attempts = 1 if SERVICES[service].sends_sms else result.max_attempts
        if not retries.wait_to_retry(attempt, max_attempts=max_attempts):
            # A throttled attempt was not executed, but an earlier attempt may have been.
            raise OutcomeUnknown(result.error.code) if may_be_executed and type(result.error) is Refused else result.error


def warm_up(service: str) -> None:
    """Load the trusted certificates, which takes 20 ms."""
    if _endpoint(service).url.startswith("https"):
        connections.ssl_context()


def forget() -> None:
    """Resolve endpoints and connect again at the next use; for tests."""
    _endpoint.cache_clear()
    connections.forget()


class _Endpoint(NamedTuple):
    url: str
    host: str
    region: str


@cache
def _endpoint(service: str) -> _Endpoint:
    """The service's endpoint: from the SDK's variables, or else the one of the region.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    here = os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]
    region = settings.messaging().sms_region if SERVICES[service].sends_sms else here
    suffix = SERVICES[service].service_id.upper().replace(" ", "_")
    url = os.environ.get(f"AWS_ENDPOINT_URL_{suffix}") or os.environ.get("AWS_ENDPOINT_URL")
    if not url:
        url = f"https://{service}.{region}.{os.environ['AWS_URL_SUFFIX']}"
    return _Endpoint(url.rstrip("/"), urlsplit(url).netloc, region)


def _encode(parameters: dict[str, Any]) -> bytes:
    """The body of a request, in a third of the time that `json` takes for it."""
    return to_json({name: base64.b64encode(value) if isinstance(value, bytes) else value for name, value in parameters.items()})


def _attempt(service: str, operation: str, body: bytes) -> dict[str, Any] | _Failure:
    try:
        return _parse(_send(service, operation, body))
    except ResponseLost as lost:
        return _Failure(OutcomeUnknown(str(lost)), _ATTEMPTS)


def _send(service: str, operation: str, body: bytes) -> Response:
    endpoint, protocol = _endpoint(service), SERVICES[service]
    headers = {
        "host": endpoint.host,
        "content-type": protocol.content_type,
        "user-agent": "customer-auth",
        "x-amz-target": f"{protocol.target}.{operation}",
    }
    return connections.post(endpoint.url, signature.sign(headers, body, service=service, region=endpoint.region), body)


def _parse(response: Response) -> dict[str, Any] | _Failure:
    """The response's body, or the failure that it describes. Raises: ResponseLost (the body is incomplete)."""
    try:
        body = from_json(response.body or b"{}")
    except ValueError as broken:
        if response.status >= _SERVER_ERROR:  # an error page of a load balancer
            return _failure(response.status, "InternalServerError", {})
        raise ResponseLost("BrokenAnswer") from broken
    if response.status == _OK:
        return {name: base64.b64decode(value) if name in _BLOBS else value for name, value in body.items()}
    return _failure(response.status, str(body.get("__type", "")).rpartition("#")[2], body)


def _failure(status: int, code: str, body: dict[str, Any]) -> _Failure:
    max_attempts = _THROTTLED_ATTEMPTS if code in _THROTTLES else _ATTEMPTS if status >= _SERVER_ERROR else 1
    return _Failure(errors.from_response(status, code, body), max_attempts)
