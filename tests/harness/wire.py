"""Listens between the functions and AWS: counts calls, records messages, and breaks calls on demand."""

import contextlib
import contextvars
import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from unittest.mock import patch
from urllib.parse import parse_qs

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError
from moto.core.botocore_stubber import BotocoreStubber  # noqa: F401 (names where answers come from)
from moto.core.models import botocore_stubber

from customer_auth.aws import connections, json_protocol, retries, sdk
from customer_auth.tokens import key_rotation
from tests.harness.crowds import REQUESTS
from tests.harness.faults import JSON, Fault, Killed, Naps, Raw, conflict, parameters, refusal, text
from tests.harness.permissions import Request, requests

FUNCTION: contextvars.ContextVar[str] = contextvars.ContextVar("function", default="")


@dataclass(frozen=True)
class Sent:
    """A message that left: by which channel, to whom, with which words."""

    channel: str
    to: str
    body: str
    subject: str | None = None
    html: str | None = None
    request: dict = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class AwsCall:
    """One request to AWS by a function, as its policy sees it."""

    function: str
    service: str
    operation: str
    parameters: dict = field(compare=False, hash=False)


class Wire:
    """What goes over the wire between the functions and AWS."""

    def __init__(self):
        self.naps = Naps()
        self.sent: list[Sent] = []
        self.calls: list[AwsCall] = []
        self.requests: set[Request] = set()
        self.message_makers: set[str] = set()  # the functions that requested a message from the sender
        self.faults: list[Fault] = []
        self._before: list = []
        self._lock = threading.Lock()

    def listen(self) -> None:
        connections.post = self._post
        sdk.session().events.register_first("before-send", self._on_send)

    @contextlib.contextmanager
    def broken(self, operation: str, mode: str | Callable, **options):
        """While this lasts, nobody waits between two attempts."""
        fault = Fault(operation, mode, **options)
        self.faults.append(fault)
        try:
            with patch.object(retries, "time", self.naps), patch.object(key_rotation, "time", self.naps):
                yield fault
        finally:
            self.faults.remove(fault)

    @contextlib.contextmanager
    def before(self, operation: str, act, *, times: int = 1):
        """Call `act` just before each of the next `times` such requests leaves."""
        entry = [operation, act, times]
        self._before.append(entry)
        try:
            yield
        finally:
            if entry in self._before:
                self._before.remove(entry)

    def count(self, since: int) -> Counter:
        return Counter(call.operation for call in self.calls[since:])

    def _post(self, url, headers, body):
        """Replaces `connections.post`."""
        request = AWSPreparedRequest("POST", f"{url}/", headers, body, stream_output=False)
        target, _, operation = headers["x-amz-target"].partition(".")
        try:
            with REQUESTS.one():
                answer = self._passed(request, _SERVICES[target], operation) or done(request)
        except ReadTimeoutError as lost:
            raise connections.ResponseLost("ReadTimeoutError") from lost
        return connections.Response(answer.status_code, answer.content)

    def _on_send(self, request, event_name="", **_):
        """Replaces the SDK's own sending."""
        _, service, operation = event_name.replace("-", "").split(".")
        response = self._passed(request, service, operation) or self._handed_over(request, service, operation)
        request.url = "http://refused.invalid/"  # moto gets the request even after us, and would still carry it out
        return response

    def _passed(self, request, service, operation):
        """The response to a request that is broken here; None for one that goes out."""
        for entry in [entry for entry in self._before if entry[0] == operation]:
            if not entry[2]:
                continue  # what an entry before it did has used it up
            entry[2] -= 1
            if not entry[2]:
                self._before.remove(entry)
            entry[1]()
        with self._lock:
            fault = next((fault for fault in self.faults if fault.strikes(service, operation)), None)
            call = AwsCall(FUNCTION.get(), service, operation, parameters(request))
            self.calls.append(call)
            if call.function:
                self.requests |= requests(call.function, service, operation, call.parameters)
                if service == "dynamodb" and _REQUESTED.search(text(request.body)):
                    self.message_makers.add(call.function)
        return self._struck(fault, request, service, operation) if fault else None

    def _struck(self, fault, request, service, operation):
        if callable(fault.mode):
            return fault.mode(request)
        match fault.mode:
            case "error":
                return refusal(request, 500, "InternalServerError", service)
            case "throttle":
                return refusal(request, 400, "ThrottlingException" if service != "sns" else "Throttled", service)
            case "conflict":
                return conflict(request)
            case "reject":
                return refusal(request, 400, "OptedOut" if service == "sns" else "MessageRejected", service)
            case "timeout":
                raise ReadTimeoutError(endpoint_url=request.url)
            case "killed_before":
                raise Killed
        self._handed_over(request, service, operation)
        if fault.mode == "killed_after":
            raise Killed
        raise ReadTimeoutError(endpoint_url=request.url)

    def _handed_over(self, request, service, operation):
        """Done; what a provider has accepted has left."""
        response = done(request)
        if response.status_code == HTTPStatus.OK:
            self._record_message(service, operation, request)
        return response

    def _record_message(self, service, operation, request):
        if (service, operation) == ("sns", "Publish"):
            fields = {name: values[0] for name, values in parse_qs(text(request.body)).items()}
            self.sent.append(Sent("sms", fields["PhoneNumber"], fields["Message"], request=fields))
        if (service, operation) == ("sesv2", "SendEmail"):
            email = json.loads(request.body)
            simple = email["Content"]["Simple"]
            body = simple["Body"]
            to = email["Destination"]["ToAddresses"][0]
            self.sent.append(Sent("email", to, body["Text"]["Data"], simple["Subject"]["Data"], body["Html"]["Data"], email))


_SERVICES = {protocol.target: service for service, protocol in json_protocol.SERVICES.items()}
_post = connections.post
_REQUESTED = re.compile(r'"requested:\w+"')  # the event of an item that the stream's filter lets through


def done(request):
    """The response to a request that really goes out."""
    # moto would compare an address of this machine with all of AWS's before it lets it pass.
    answer = None if request.url.startswith("http://127.0.0.1:") else botocore_stubber("before-send", request)
    if answer is None:
        response = _post(request.url.rstrip("/"), request.headers, request.body)
        answer = AWSResponse(request.url, response.status, JSON, Raw(response.body))
    return answer
