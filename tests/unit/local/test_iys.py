"""The stand-in for the register of consents: takes exactly the documented request, and breaks on demand."""

import json
import threading

import pytest

from local.clock import Clock
from local.inbox import Inbox
from local.iys import CHANNEL, PATH, Iys
from local.senders import Senders
from local.server import Request

SETTINGS = {"NETGSM_IYS_USER": "shop", "NETGSM_IYS_PASSWORD": "secret", "NETGSM_IYS_BRAND_CODE": "600123", "NETGSM_IYS_APP_KEY": ""}
HEADER = {"username": "shop", "password": "secret", "brandCode": "600123"}
CONSENT = {
    "type": "MESAJ",
    "source": "HS_WEB",
    "recipient": "+905321234567",
    "recipientType": "BIREYSEL",
    "status": "ONAY",
    "consentDate": "2026-01-31 12:30:00",
}


@pytest.fixture
def inbox():
    return Inbox(Clock(), {"OTP_LENGTH": "6", "OTP_CHARSET": "alphanumeric"}, lambda _: None)


@pytest.fixture
def senders(inbox):
    return Senders(inbox, Clock(), threading.Event())


@pytest.fixture
def iys(inbox, senders):
    return Iys(SETTINGS, inbox, senders)


def request(body: object = None, *, method="POST", path=PATH, content_type="application/json") -> Request:
    content = {"header": HEADER, "body": {"data": [CONSENT]}} if body is None else body
    return Request(method, path, "", (("content-type", content_type),), json.dumps(content).encode(), "127.0.0.1")


def answered(response) -> tuple[int, str]:
    return response.status, json.loads(response.body)["code"]


def test_a_consent_is_taken_and_is_in_the_inbox(iys, inbox):
    assert answered(iys.answer(request())) == (200, "0")

    [message] = inbox.messages("+905321234567")
    assert (message.channel, message.provider, message.code) == ("iys", "netgsm", None)
    assert message.body == "ONAY MESAJ HS_WEB 2026-01-31 12:30:00"


@pytest.mark.parametrize(
    "header",
    [{}, HEADER | {"password": "wrong"}, HEADER | {"appkey": ""}, HEADER | {"brandcode": "1"}, [], None],
    ids=["none", "another password", "an application key too many", "another member", "a list", "null"],
)
def test_other_credentials_are_refused(iys, inbox, header):
    assert answered(iys.answer(request({"header": header, "body": {"data": [CONSENT]}}))) == (406, "30")
    assert inbox.messages() == []


def test_an_application_key_is_demanded_where_the_stack_has_one(inbox, senders):
    iys = Iys(SETTINGS | {"NETGSM_IYS_APP_KEY": "key"}, inbox, senders)

    assert answered(iys.answer(request())) == (406, "30")
    assert answered(iys.answer(request({"header": HEADER | {"appkey": "key"}, "body": {"data": [CONSENT]}}))) == (200, "0")


WRONG = {
    "an unknown member": CONSENT | {"retailerCode": 1},
    "a missing member": {name: value for name, value in CONSENT.items() if name != "source"},
    "an unknown type": CONSENT | {"type": "MESSAGE"},
    "an unknown source": CONSENT | {"source": "WEB"},
    "an unknown status": CONSENT | {"status": "IZIN"},
    "an unknown recipient type": CONSENT | {"recipientType": "KISI"},
    "a time with an offset": CONSENT | {"consentDate": "2026-01-31T12:30:00Z"},
    "no such time": CONSENT | {"consentDate": "2026-01-31 25:30:00"},
    "a number without a plus": CONSENT | {"recipient": "905321234567"},
    "a foreign number": CONSENT | {"recipient": "+12125551234"},
    "an email for a message": CONSENT | {"recipient": "ada@example.com"},
    "a number for an email": CONSENT | {"type": "EPOSTA"},
    "a text": "consent",
    "null": None,
}


@pytest.mark.parametrize("consent", WRONG.values(), ids=WRONG)
def test_another_form_is_refused(iys, inbox, consent):
    assert answered(iys.answer(request({"header": HEADER, "body": {"data": [CONSENT, consent]}}))) == (406, "70")
    assert inbox.messages() == []


@pytest.mark.parametrize(
    "wrong",
    [
        request(method="PUT"),
        request(path="/_local/iys/search"),
        request(content_type="text/plain"),
        request([]),
        request({"header": HEADER, "body": {"data": []}}),
        request({"header": HEADER, "body": {"data": [CONSENT]}, "more": 1}),
        request({"header": HEADER, "body": {"data": [CONSENT], "more": 1}}),
        request()._replace(body=b"{"),
    ],
    ids=["method", "path", "content type", "a list", "no data", "a member more", "a member more inside", "no JSON"],
)
def test_another_request_is_refused(iys, wrong):
    assert answered(iys.answer(wrong)) == (406, "70")


@pytest.mark.parametrize(("mode", "status"), [("error", 503), ("throttle", 429), ("reject", 406)])
def test_it_can_be_made_to_fail(iys, inbox, senders, mode, status):
    senders.break_(CHANNEL, mode, 60)

    assert iys.answer(request()).status == status
    assert inbox.messages() == []


@pytest.mark.parametrize(("mode", "is_taken"), [("lost", True), ("timeout", False)])
def test_it_can_be_made_not_to_answer(iys, inbox, senders, mode, is_taken, monkeypatch):
    monkeypatch.setattr("local.senders.HANG_SECONDS", 0)
    senders.break_(CHANNEL, mode, 60)

    assert iys.answer(request()) is None
    assert bool(inbox.messages()) is is_taken
