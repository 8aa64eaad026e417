"""Failures of requests to AWS on demand, and their responses."""

import json
import random
import time
from collections.abc import Callable

from botocore.awsrequest import AWSResponse

JSON = {"content-type": "application/x-amz-json-1.0"}


class Killed(BaseException):
    """The process ended here."""


class Fault:
    """Breaks `times` matching calls (`*`: all of the service), from the nth one on.

    `mode` is error, throttle, timeout, lost (done, the response is lost), conflict, reject, killed_before or killed_after, or returns a
    response for the request (see `answer`).
    """

    def __init__(self, operation: str, mode: str | Callable, *, times: int = 1_000, nth: int = 1, service: str = "dynamodb"):
        self.service, self.operation, self.mode, self.times, self.nth = service, operation, mode, times, nth
        self.seen = 0

    def strikes(self, service: str, operation: str) -> bool:
        if service != self.service or self.operation not in (operation, "*") or self.times <= 0:
            return False
        self.seen += 1
        if self.seen < self.nth:
            return False
        self.times -= 1
        return True


class Naps:
    """Replaces the pause between two attempts at a request to AWS: notes its length and continues immediately."""

    def __init__(self):
        self.seconds: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)

    def __getattr__(self, name):
        return getattr(time, name)


def answer(status: int, **body) -> Callable:
    """A fault's mode: DynamoDB answers just that."""
    return lambda request: AWSResponse(request.url, status, JSON, Raw(json.dumps(body).encode()))


def refusal(request, status: int, code: str, service: str) -> AWSResponse:
    headers = {"x-amzn-errortype": code} | JSON
    content = json.dumps({"__type": f"com.amazonaws#{code}", "message": "injected"}).encode()
    if service == "sns":
        content = f"<ErrorResponse><Error><Code>{code}</Code><Message>injected</Message></Error></ErrorResponse>".encode()
    return AWSResponse(request.url, status, headers, Raw(content))


def conflict(request) -> AWSResponse:
    parts = parameters(request).get("TransactItems")
    body = {"__type": "com.amazonaws.dynamodb.v20120810#TransactionConflictException", "message": "injected"}
    if parts:
        reasons = [{"Code": "None"} for _ in parts]
        reasons[random.randrange(len(parts))] = {"Code": "TransactionConflict"}
        body = {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "message": "injected",
            "CancellationReasons": reasons,
        }
    return answer(400, **body)(request)


def parameters(request) -> dict:
    try:
        return json.loads(text(request.body))
    except ValueError:
        return {}


def text(body) -> str:
    return body.decode() if isinstance(body, bytes) else str(body or "")


class Raw:
    def __init__(self, content: bytes):
        self._content = content

    def stream(self, **_):
        yield self._content

    def read(self, *_):
        content, self._content = self._content, b""
        return content
