import base64
import json
import threading
from email.message import EmailMessage
from urllib.parse import urlencode

import botocore.session
import pytest
from botocore.parsers import create_parser

from local.clock import Clock
from local.inbox import Inbox
from local.senders import OUTBOUND_EMAILS, Senders
from local.server import Request, Response

SETTINGS = {"DEFAULT_REGION": "US", "OTP_LENGTH": "6"}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def inbox(clock):
    return Inbox(clock, SETTINGS, lambda _: None)


@pytest.fixture
def stopping():
    return threading.Event()


@pytest.fixture
def senders(inbox, clock, stopping):
    return Senders(inbox, clock, stopping)


@pytest.fixture
def passed():
    return []


@pytest.fixture
def send(senders, passed):
    def pass_on(request):
        return senders.pass_on(request, lambda each: passed.append(each) or Response(200, (), b"taken"))

    return pass_on


def sms(**form):
    form = {"Action": "Publish", "PhoneNumber": "+12125551234", "Message": "123456 + code"} | form
    return Request("POST", "/", "", (), urlencode(form).encode(), "127.0.0.1")


def mail(content, to="ada@example.com"):
    body = {"FromEmailAddress": "shop@example.com", "Destination": {"ToAddresses": [to]}, "Content": content}
    return Request("POST", OUTBOUND_EMAILS, "", (), json.dumps(body).encode(), "127.0.0.1")


SIMPLE = {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Code 123456"}, "Html": {"Data": "<b>Code 123456</b>"}}}}


def parsed(response, service, operation):
    """The response as the SDK reads it."""
    model = botocore.session.get_session().get_service_model(service)
    raw = {"status_code": response.status, "headers": dict(response.headers), "body": response.body}
    return create_parser(model.protocol).parse(raw, model.operation_model(operation).output_shape)["Error"]["Code"]


def test_an_sms_that_went_out_is_in_the_inbox(send, inbox):
    assert send(sms()).body == b"taken"

    [message] = inbox.messages()
    assert (message.channel, message.to, message.body, message.code) == ("sms", "+12125551234", "123456 + code", "123456")


def test_an_email_that_went_out_is_in_the_inbox_by_its_text(send, inbox):
    send(mail(SIMPLE))

    [message] = inbox.messages()
    assert (message.channel, message.to, message.subject, message.body) == ("email", "ada@example.com", "Hello", "Code 123456")


def test_a_raw_email_is_read(send, inbox):
    raw = EmailMessage()
    raw["Subject"] = "Merhaba ☺"
    raw.set_content("Kod 123456")
    raw.add_alternative("<b>Kod</b>", subtype="html")
    send(mail({"Raw": {"Data": base64.b64encode(raw.as_bytes()).decode()}}))

    [message] = inbox.messages()
    assert (message.subject, message.body.strip(), message.code) == ("Merhaba ☺", "Kod 123456", "123456")


def test_requests_other_than_messages_pass(send, inbox, passed):
    for request in (sms(Action="ListTopics"), sms(Action="PublishBatch"), Request("GET", OUTBOUND_EMAILS, "", (), b"", "127.0.0.1")):
        send(request)

    assert len(passed) == 3
    assert inbox.messages() == []


@pytest.mark.parametrize(
    ("mode", "codes"),
    [
        ("error", ("InternalError", "InternalFailure")),
        ("throttle", ("Throttling", "TooManyRequestsException")),
        ("reject", ("OptedOut", "MessageRejected")),
    ],
)
def test_a_refusal_is_one_of_the_providers_own(senders, send, passed, mode, codes):
    for channel in ("sms", "email"):
        senders.break_(channel, mode, 60)

    assert (parsed(send(sms()), "sns", "Publish"), parsed(send(mail(SIMPLE)), "sesv2", "SendEmail")) == codes
    assert passed == []


def test_a_lost_response_belongs_to_a_message_that_was_sent(senders, send, inbox):
    senders.break_("sms", "lost", 60)

    assert send(sms()) is None
    assert len(inbox.messages()) == 1


def test_a_timeout_hangs_until_the_stack_stops(senders, send, inbox, stopping):
    senders.break_("sms", "timeout", 60)
    hanging = threading.Thread(target=send, args=(sms(),))
    hanging.start()
    hanging.join(0.2)
    assert hanging.is_alive()

    stopping.set()
    hanging.join(2)
    assert not hanging.is_alive()
    assert inbox.messages() == []


def test_a_fault_ends_by_the_stack_s_clock_and_a_new_one_replaces_it(senders, send, clock, inbox):
    senders.break_("sms", "error", 60)
    clock.advance(59)
    assert send(sms()).status == 500
    clock.advance(1)
    assert send(sms()).status == 200

    senders.break_("sms", "error", 60)
    senders.break_("sms", "reject", 0)
    assert send(sms()).status == 200


def test_what_the_provider_refused_is_not_in_the_inbox(senders, inbox):
    assert senders.pass_on(sms(), lambda _: Response(400)).status == 400
    assert inbox.messages() == []


@pytest.mark.parametrize(
    "mailbox",
    [
        "ädä@example.com",
        "аda@example.com",
        "ada@bücher.example",
        "ada",
        "@example.com",
        "ada@localhost",
        "ada\r\nBcc: eve@example.com",
        f"{'a' * 65}@example.com",
    ],
)
def test_an_email_that_ses_would_not_send_is_refused(send, inbox, passed, mailbox):
    response = send(mail(SIMPLE, mailbox))

    assert parsed(response, "sesv2", "SendEmail") == "BadRequestException"
    assert inbox.messages() == []
    assert passed == []


@pytest.mark.parametrize("mailbox", ["ada@xn--bcher-kva.example", "Ada <ada@example.com>", f"{'a' * 64}@example.com"])
def test_an_email_that_ses_accepts_is_in_the_inbox(send, inbox, mailbox):
    assert send(mail(SIMPLE, mailbox)).body == b"taken"
    assert [message.to for message in inbox.messages()] == [mailbox]
