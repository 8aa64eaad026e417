"""Senders on the local stack: each country has its own, another takes over, and the inbox shows who sent what."""

import pytest

from tests.harness.local_stack import started

ROUTES = "SMS_ROUTES=TR=netgsm,sns;IR=smsir,sns;*=eum,webhook,sns"
SETTINGS = ("--set", "DEFAULT_REGION=TR", "--set", "ALLOWED_REGIONS=TR,IR,DE", "--set", ROUTES)


@pytest.fixture(scope="module")
def stack():
    with started(*SETTINGS) as stack:
        yield stack


def ask(stack, phone: str, language: str = "en") -> str:
    return stack.request("POST", "/login/mobile/send", json={"phone": phone}, headers={"accept-language": language}).json()["challenge"]


def break_(stack, sender: str, mode: str, seconds: float = 3600) -> None:
    assert stack.post("/_local/faults", sender=sender, mode=mode, for_seconds=seconds).status_code == 200


@pytest.mark.parametrize(
    ("phone", "language", "sender"),
    [("+905321234501", "tr", "netgsm"), ("+989121234501", "fa", "smsir"), ("+4915123456701", "en", "eum")],
)
def test_a_number_goes_by_its_countrys_sender(stack, phone, language, sender):
    challenge = ask(stack, phone, language)
    [message] = stack.messages(phone)

    assert message["provider"] == sender
    answer = stack.post("/login/mobile/verify", phone=phone, code=message["code"], challenge=challenge)
    assert answer.status_code == 200


@pytest.mark.parametrize("mode", ["down", "error", "throttle"])
def test_with_netgsm_broken_the_code_arrives_by_sns_within_seconds(stack, mode):
    phone = f"+90532123461{len(mode)}"
    break_(stack, "netgsm", mode)
    challenge = ask(stack, phone, "tr")
    [message] = stack.messages(phone, seconds=5)
    break_(stack, "netgsm", mode, 0)

    assert message["provider"] == "sns"
    assert stack.post("/login/mobile/verify", phone=phone, code=message["code"], challenge=challenge).status_code == 200


def test_with_an_answer_lost_the_same_code_comes_once_more_by_the_next(stack):
    phone = "+4915123456702"
    break_(stack, "eum", "lost")
    ask(stack, phone)
    assert len(stack.messages(phone)) == 1
    stack.post("/_local/clock", advance_seconds=60)
    break_(stack, "eum", "lost", 0)
    second, first = stack.messages(phone, count=2)

    assert (first["provider"], second["provider"]) == ("eum", "webhook")
    assert first["code"] == second["code"]


def test_a_sender_that_was_down_is_back_by_itself(stack):
    break_(stack, "smsir", "down", 30)
    stack.post("/_local/clock", advance_seconds=31)
    phone = "+989121234502"
    ask(stack, phone, "fa")

    assert stack.messages(phone)[0]["provider"] == "smsir"
