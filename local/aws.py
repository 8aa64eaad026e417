"""The embedded AWS: moto's services at one loopback address, distinguished by the service name in each request's signature."""

import importlib
import json
import re
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.request import Request as MotoRequest
from moto.core.responses import BaseResponse

from local import engine
from local.clock import Clock
from local.eum import Eum
from local.intrinsics import ACCOUNT_ID
from local.senders import OUTBOUND_EMAILS, Senders
from local.server import App, Request, Response, Server

LONGEST_BODY = 16 * 1024 * 1024
SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")  # region, service
CHANGES_SECRET = re.compile(r"\.(Put|Update|Delete|Restore)")
# The module of each service in moto, by its name in signatures; imported at its first request, since imports slow the start.
SERVICES: Mapping[str, str] = {
    "kms": "moto.kms.responses:KmsResponse",
    "secretsmanager": "moto.secretsmanager.responses:SecretsManagerResponse",
    "ses": "moto.sesv2.responses:SESV2Response",
    "sns": "moto.sns.responses:SNSResponse",
    "sqs": "moto.sqs.responses:SQSResponse",
    "ssm": "moto.ssm.responses:SimpleSystemManagerResponse",
}


class EmbeddedAws:
    """Serves AWS at `url`; `on_secret` is called when a secret may have changed; `eum` answers what is for End User Messaging."""

    def __init__(self, clock: Clock, senders: Senders) -> None:
        self.tables = engine.install()
        self.on_secret: Callable[[], None] = lambda: None
        self.eum: App = lambda _: None
        self._senders = senders
        self._server = Server("127.0.0.1", 0, longest_body=LONGEST_BODY)
        self._lock = threading.RLock()  # moto keeps its state without one
        _let_queues_follow(clock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def start(self) -> None:
        self._server.start(self._answer)

    def stop(self) -> None:
        self._server.stop()

    def _answer(self, request: Request) -> Response | None:
        try:
            return self.eum(request) if Eum.is_for(request) else self._senders.pass_on(request, self._forward)
        except Exception:  # noqa: BLE001 - the caller shall see an answer, and the developer what happened
            traceback.print_exc()
            return _error(500, "InternalFailure", "The embedded AWS failed; see its terminal.")

    def _forward(self, request: Request) -> Response:
        signed = SIGNED_FOR.search(request.header("authorization"))
        region, service = signed.groups() if signed else ("", "")
        if service == "ses" and request.path == OUTBOUND_EMAILS:
            _verify_sender(region, json.loads(request.body).get("FromEmailAddress", ""))
        handler = _handler(service, request)
        if handler is None:
            return _error(501, "NotImplemented", f"The embedded AWS has no {service or 'unsigned requests'}.")
        url = f"{self.url}{request.path}" + (f"?{request.query}" if request.query else "")
        moto_request = MotoRequest.from_primitives(request.method, url, dict(request.headers), request.body)
        if service == "dynamodb":
            answer = handler.dispatch(moto_request, moto_request.raw_url, dict(moto_request.headers))
        else:
            with self._lock:
                answer = handler.dispatch(moto_request, moto_request.raw_url, dict(moto_request.headers))
        status, headers, body = answer
        if service == "secretsmanager" and CHANGES_SECRET.search(request.header("x-amz-target")):
            self.on_secret()
        response_headers = tuple(
            (name, str(value)) for name, value in headers.items() if name.lower() not in {"content-length", "status", "date"}
        )
        return Response(int(status), response_headers, body.encode() if isinstance(body, str) else bytes(body))


def _handler(service: str, request: Request) -> type[BaseResponse] | None:
    if service == "dynamodb":
        return engine.StreamsHandler if request.header("x-amz-target").startswith("DynamoDBStreams") else engine.Handler
    if service not in SERVICES:
        return None
    module, name = SERVICES[service].split(":")
    handler: type[BaseResponse] = getattr(importlib.import_module(module), name)
    return handler


def _verify_sender(region: str, address: str) -> None:
    """Mark the sender as verified, which on AWS the operator does with SES."""
    from moto.ses.models import ses_backends  # noqa: PLC0415 - the start does not wait for it

    ses_backends[ACCOUNT_ID][region].verify_email_address(address)


def _let_queues_follow(clock: Clock) -> None:
    """Make a queue's delays follow the stack's clock, so that moving it makes a retry due."""
    queues: Any = importlib.import_module("moto.sqs.models")
    queues.unix_time_millis = lambda: clock.now() * 1000


def _error(status: int, code: str, message: str) -> Response:
    body = json.dumps({"__type": code, "message": message}).encode()
    return Response(status, (("content-type", "application/x-amz-json-1.0"), ("x-amzn-errortype", code)), body)
