"""SNS and SES: the messages that they send go to the inbox. Each sender can be made to fail for a while."""

import base64
import email
import email.policy
import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from email.utils import parseaddr
from typing import NamedTuple
from urllib.parse import parse_qs

from local.clock import Clock
from local.inbox import Inbox
from local.server import Request, Response

SENDERS: Mapping[str, str] = {"sms": "sns", "email": "ses", "iys": "netgsm"}  # channel → provider
MODES = ("error", "throttle", "timeout", "reject", "lost", "down")
# What breaks by its own name: the channels, and the senders of SMS that have stand-ins of their own (`sms_providers`).
BREAKABLE = {"sns": "sms", "ses": "email"} | {name: name for name in (*SENDERS, "eum", "netgsm", "smsir", "webhook")}
HANG_SECONDS = 70  # longer than any client waits (60 in botocore)
OUTBOUND_EMAILS = "/v2/email/outbound-emails"
LONGEST_LOCAL_PART, LONGEST_ADDRESS = 64, 320  # characters, as in SES's SendEmail
DOMAIN = re.compile(r"(?=.{1,255}\Z)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.)+[A-Za-z0-9-]+")


class Sending(NamedTuple):
    """One message that is being sent."""

    channel: str
    to: str
    body: str
    subject: str | None = None


class Refusal(NamedTuple):
    """A provider's response that refuses a message."""

    status: int
    code: str
    message: str


REFUSALS: Mapping[tuple[str, str], Refusal] = {
    ("sms", "error"): Refusal(500, "InternalError", "An internal error has occurred."),
    ("sms", "throttle"): Refusal(400, "Throttling", "Rate exceeded"),
    ("sms", "reject"): Refusal(400, "OptedOut", "The phone number has opted out of receiving messages."),
    ("email", "error"): Refusal(500, "InternalFailure", "An internal error has occurred."),
    ("email", "throttle"): Refusal(429, "TooManyRequestsException", "Too many requests."),
    ("email", "reject"): Refusal(400, "MessageRejected", "The message was rejected."),
}
NO_MAILBOX = Refusal(400, "BadRequestException", "Email address is not valid: it must be ASCII, with its domain in A-labels.")


class Senders:
    """Stands in front of SNS and SES. `stopping` ends requests that hang."""

    def __init__(self, inbox: Inbox, clock: Clock, stopping: threading.Event) -> None:
        self._inbox = inbox
        self._clock = clock
        self._stopping = stopping
        self._faults: dict[str, tuple[str, float]] = {}
        self.on_change: Callable[[], None] = lambda: None

    def break_(self, channel: str, mode: str, for_seconds: float) -> None:
        """Make a sender fail for this many seconds of the stack's clock; a new fault replaces the last one."""
        self._faults[channel] = (mode, self._clock.now() + for_seconds)
        self.on_change()

    def pass_on(self, request: Request, forward: Callable[[Request], Response]) -> Response | None:
        """The response of the provider or of the fault; None means no response. Accepted messages are in the inbox."""
        sendings = list(_sendings(request))
        if not sendings:
            return forward(request)
        channel = sendings[0].channel
        mode = self.mode(channel)
        if (channel, mode) in REFUSALS:
            return _refused(channel, REFUSALS[channel, mode])
        if mode == "timeout":
            self.hang()
        if mode in ("timeout", "down"):
            return None
        if channel == "email" and not all(is_taken(each.to) for each in sendings):
            return _refused(channel, NO_MAILBOX)
        response = forward(request)
        if response.status < 300:  # noqa: PLR2004 - HTTP's success
            for each in sendings:
                self._inbox.add(each.channel, each.to, each.body, provider=SENDERS[each.channel], subject=each.subject)
        return None if mode == "lost" else response

    def hang(self) -> None:
        """Wait for longer than any client does, or until the stack stops."""
        self._stopping.wait(HANG_SECONDS)

    def mode(self, channel: str) -> str:
        """How this sender is broken now; empty if it is not."""
        mode, until = self._faults.get(channel, ("", 0.0))
        return mode if self._clock.now() < until else ""


def is_taken(mailbox: str) -> bool:
    """Whether SES sends to this mailbox: 7-bit ASCII before the @ and after it (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html)."""
    local, _, domain = parseaddr(mailbox)[1].rpartition("@")
    if not mailbox.isascii() or not mailbox.isprintable() or len(mailbox) > LONGEST_ADDRESS:
        return False
    return 0 < len(local) <= LONGEST_LOCAL_PART and DOMAIN.fullmatch(domain) is not None


def _sendings(request: Request) -> Iterator[Sending]:
    if request.path == OUTBOUND_EMAILS and request.method == "POST":
        mail = json.loads(request.body)
        subject, body = _content(mail["Content"])
        for to in mail["Destination"].get("ToAddresses", []):
            yield Sending("email", to, body, subject)
    elif b"Action=Publish&" in request.body + b"&":
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if form.get("Action") == "Publish" and "PhoneNumber" in form:
            yield Sending("sms", form["PhoneNumber"], form.get("Message", ""))


def _content(content: Mapping[str, Mapping[str, object]]) -> tuple[str, str]:
    """Subject and text of an email, whether it is in parts or raw."""
    if "Raw" in content:
        raw = email.message_from_bytes(base64.b64decode(str(content["Raw"]["Data"])), policy=email.policy.default)
        text = raw.get_body(("plain", "html"))
        return str(raw["Subject"]), str(text.get_content()) if text else ""
    simple: Mapping[str, Mapping[str, Mapping[str, str]]] = content["Simple"]  # type: ignore[assignment]
    parts = simple["Body"]
    return str(simple["Subject"]["Data"]), (parts.get("Text") or parts["Html"])["Data"]


def _refused(channel: str, refusal: Refusal) -> Response:
    request_id = str(uuid.uuid4())
    if channel == "sms":
        kind = "Sender" if refusal.status < 500 else "Receiver"  # noqa: PLR2004 - HTTP's client and server errors
        error = f"<Error><Type>{kind}</Type><Code>{refusal.code}</Code><Message>{refusal.message}</Message></Error>"
        body = f'<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">{error}<RequestId>{request_id}</RequestId></ErrorResponse>'
        return Response(refusal.status, (("content-type", "text/xml"),), body.encode())
    headers = (("content-type", "application/json"), ("x-amzn-errortype", refusal.code), ("x-amzn-requestid", request_id))
    return Response(refusal.status, headers, json.dumps({"message": refusal.message}).encode())
