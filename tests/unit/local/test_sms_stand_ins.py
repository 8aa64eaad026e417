"""The stand-ins of SMS providers: they take exactly the documented request, and say what is wrong with any other."""

import base64
import hmac
import json
import threading

import pytest

from local.clock import Clock
from local.eum import REASONS, TARGET, Eum
from local.inbox import Inbox
from local.netgsm import Netgsm
from local.senders import Senders
from local.server import Request
from local.sms_webhook import SmsWebhook
from local.smsir import Smsir

SETTINGS = {
    "NETGSM_USER": "850",
    "NETGSM_PASSWORD": "secret",
    "NETGSM_HEADER": "SHOP",
    "NETGSM_OTP": "true",
    "SMSIR_API_KEY": "key",
    "SMSIR_TEMPLATES": "sign_in.fa=1",
    "SMS_WEBHOOK_SECRET": "a secret of sixteen",
}
BASIC = f"Basic {base64.b64encode(b'850:secret').decode()}"
OTP = {"msgheader": "SHOP", "msg": "123456 is your code", "no": "5321234567"}
SEND = {"msgheader": "SHOP", "iysfilter": "0", "encoding": "TR", "messages": [{"msg": "Kodunuz ş 123456", "no": "5321234567"}]}
VERIFY = {"mobile": "9121234567", "templateId": 1, "parameters": [{"name": "CODE", "value": "123456"}]}
GATEWAY = {
    "message_id": "m",
    "to": "+4915112345678",
    "text": "123456",
    "kind": "sign_in",
    "locale": "en",
    "expires_at": "2026-01-31T12:00:00Z",
}
TEXT = {"DestinationPhoneNumber": "+4915112345678", "MessageBody": "123456", "MaxPrice": "0.50", "TimeToLive": 300}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def inbox(clock):
    return Inbox(clock, {"OTP_LENGTH": "6"}, lambda _: None)


@pytest.fixture
def parts(inbox, clock):
    return SETTINGS, inbox, Senders(inbox, clock, threading.Event())


def request(path: str, body: object, method: str = "POST", **headers: str) -> Request:
    named = {"content-type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request(method, path, "", tuple(named.items()), content, "127.0.0.1")


def code(response) -> tuple[int, object]:
    members = json.loads(response.body or b"{}")
    return response.status, members.get("code", members.get("status"))


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("otp", OTP, (200, "00")),
        ("otp", OTP | {"appname": "shop"}, (200, "00")),
        ("otp", OTP | {"encoding": "TR"}, (406, "70")),
        ("otp", OTP | {"no": "05321234567"}, (406, "50")),
        ("otp", OTP | {"msg": "ş"}, (406, "20")),
        ("otp", OTP | {"msg": "x" * 161}, (406, "20")),
        ("otp", OTP | {"msgheader": "OTHER"}, (406, "40")),
        ("send", SEND, (200, "00")),
        ("send", {name: value for name, value in SEND.items() if name != "encoding"}, (406, "20")),
        ("send", SEND | {"iysfilter": "1"}, (406, "70")),
        ("send", SEND | {"messages": []}, (406, "70")),
        ("send", SEND | {"messages": [{"msg": "x", "no": "+905321234567"}]}, (406, "70")),
        ("send", SEND | {"further": 1}, (406, "70")),
        ("send", [], (406, "70")),
        ("send", b"{", (406, "70")),
        ("report", {"jobids": ["1"]}, (406, "60")),
        ("report", {}, (406, "70")),
        ("cancel", {}, (404, None)),
    ],
)
def test_netgsm_takes_its_documented_requests_alone(parts, path, body, expected):
    assert code(Netgsm(*parts).answer(request(f"/sms/rest/v2/{path}", body, authorization=BASIC))) == expected


@pytest.mark.parametrize("authorization", ["", "Basic eDp5", BASIC.lower()])
def test_netgsm_knows_its_customer(parts, authorization):
    assert code(Netgsm(*parts).answer(request("/sms/rest/v2/otp", OTP, authorization=authorization))) == (406, "30")


def test_netgsm_has_no_otp_package_unless_it_was_bought(inbox, parts):
    netgsm = Netgsm(SETTINGS | {"NETGSM_OTP": "false"}, *parts[1:])

    assert code(netgsm.answer(request("/sms/rest/v2/otp", OTP, authorization=BASIC))) == (406, "60")
    assert inbox.messages() == []


@pytest.mark.parametrize(
    ("path", "body", "key", "expected"),
    [
        ("/v1/send/verify", VERIFY, "key", (200, 1)),
        ("/v1/send/verify/", {"Mobile": "09121234567", "TemplateId": 1, "Parameters": VERIFY["parameters"]}, "key", (200, 1)),
        ("/v1/send/verify", VERIFY, "other", (401, 10)),
        ("/v1/send/verify", VERIFY | {"mobile": "5321234567"}, "key", (400, 104)),
        ("/v1/send/verify", VERIFY | {"templateId": 2}, "key", (400, 113)),
        ("/v1/send/verify", VERIFY | {"parameters": [{"name": "CODE", "value": "x" * 26}]}, "key", (400, 114)),
        ("/v1/send/verify", VERIFY | {"parameters": [{"name": "CODE"}]}, "key", (400, 118)),
        ("/v1/send/verify", VERIFY | {"further": 1}, "key", (400, 118)),
        ("/v1/send/verify", b"{", "key", (400, 118)),
        ("/v1/send/else", VERIFY, "key", (404, None)),
    ],
)
def test_smsir_takes_its_documented_requests_in_both_spellings_alone(parts, path, body, key, expected):
    assert code(Smsir(*parts).answer(request(path, body, x_api_key=key))) == expected


def signed(body: dict, at: float, secret: str = SETTINGS["SMS_WEBHOOK_SECRET"]) -> Request:
    content = json.dumps(body).encode()
    signature = hmac.digest(secret.encode(), f"{int(at)}.".encode() + content, "sha256").hex()
    return request("/send", content, x_signature=f"t={int(at)},v1={signature}")


@pytest.mark.parametrize(
    ("body", "late_seconds", "secret", "status"),
    [
        (GATEWAY, 0, SETTINGS["SMS_WEBHOOK_SECRET"], 202),
        (GATEWAY, 290, SETTINGS["SMS_WEBHOOK_SECRET"], 202),
        (GATEWAY, 310, SETTINGS["SMS_WEBHOOK_SECRET"], 401),
        (GATEWAY, 0, "another secret!!", 401),
        (GATEWAY | {"to": "015112345678"}, 0, SETTINGS["SMS_WEBHOOK_SECRET"], 422),
        (GATEWAY | {"further": "1"}, 0, SETTINGS["SMS_WEBHOOK_SECRET"], 400),
        ({}, 0, SETTINGS["SMS_WEBHOOK_SECRET"], 400),
    ],
)
def test_the_gateway_takes_what_is_signed_and_of_now(parts, clock, body, late_seconds, secret, status):
    assert SmsWebhook(*parts, clock=clock).answer(signed(body, clock.now() - late_seconds, secret)).status == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (TEXT, 200),
        (TEXT | {"Context": {"message": "m"}, "MessageFeedbackEnabled": True, "MessageType": "TRANSACTIONAL"}, 200),
        (TEXT | {"MaxPrice": "0.5 USD"}, 400),
        (TEXT | {"TimeToLive": 4}, 400),
        (TEXT | {"DestinationPhoneNumber": "0151"}, 400),
        (TEXT | {"Further": 1}, 400),
        (TEXT | {"Context": {str(number): "x" for number in range(6)}}, 400),
        ({"MessageBody": "123456"}, 400),
    ],
)
def test_end_user_messaging_takes_what_the_sdks_model_of_it_allows(parts, body, status):
    headers = {"authorization": "AWS4-HMAC-SHA256 Credential=k/20260131/eu-west-1/sms-voice/aws4_request, …", "x_amz_target": TARGET}
    response = Eum(*parts).answer(request("/", body, content_type="application/x-amz-json-1.0", **headers))

    assert response.status == status


@pytest.mark.parametrize("reason", REASONS)
def test_end_user_messaging_names_each_reason_with_its_exception(parts, reason):
    members = json.loads(Eum(*parts).refuse(reason).body)

    assert (members["__type"], members["Reason"]) == (REASONS[reason], reason)


@pytest.mark.parametrize(("mode", "sent"), [("lost", 1), ("down", 0)])
def test_a_stand_in_that_does_not_answer_has_sent_it_or_has_not(parts, inbox, mode, sent):
    _, _, senders = parts
    senders.break_("netgsm", mode, 60)

    assert Netgsm(*parts).answer(request("/sms/rest/v2/otp", OTP, authorization=BASIC)) is None
    assert len(inbox.messages("+905321234567")) == sent
