"""The limits of GraphQL and of the REST API are the same: spent in one, they are spent in the other."""

import re

import pytest

from tests.harness.graphql_clients import STATUS
from tests.harness.people import LOGIN, REGISTER, other_code

THROTTLED = "Too many attempts, try again later"
MOBILE = "/login/mobile/send"


def test_a_number_waits_90_seconds_whichever_api_asks(api, guest, other_guest):
    guest.ask()
    assert api.post(MOBILE, phone=guest.number).status == 429
    api.post(MOBILE, phone=other_guest.number)

    assert other_guest.ask() == {"success": False, "message": THROTTLED}
    assert other_guest.last.retry_after == 90


@pytest.mark.parametrize("by_rest", [True, False])
def test_a_number_s_five_messages_an_hour_are_counted_over_both(api, guest, by_rest):
    for nth in range(5):
        if nth % 2:
            assert guest.ask()["success"]
        else:
            assert api.post(f"{REGISTER}/request-otp", phone=guest.number).status == 200
        api.clock.advance(90)

    if by_rest:
        assert api.post(MOBILE, phone=guest.number).status == 429
    else:
        assert guest.ask()["message"] == THROTTLED


def test_a_client_s_messages_are_counted_over_both(api, guest, setting, other_guest):
    setting(IP_SENDS_PER_HOUR=2)
    assert guest.ask()["success"]
    assert api.post(MOBILE, ip=guest.ip, phone=other_guest.number).status == 200
    other_guest.ip = guest.ip

    assert other_guest.ask(f"{other_guest.number[:-4]}0000") == {"success": False, "message": THROTTLED}
    assert api.post(MOBILE, ip=guest.ip, phone=f"{guest.number[:-4]}0001").status == 429


def test_a_code_has_five_attempts(guest):
    guest.ask()
    code = guest.code()
    wrong = [guest.verify(other_code(code))["message"] for _ in range(5)]

    assert wrong == ["Invalid or expired OTP code"] * 5
    assert guest.verify(code)["message"] == "Invalid or expired OTP code"


def test_a_number_s_wrong_codes_an_hour_are_counted_over_both(api, guest, setting):
    setting(FAILURES_PER_HOUR=4)
    api.post(MOBILE, phone=guest.number)
    for _ in range(3):
        assert api.post("/login/mobile/verify", phone=guest.number, code="x").status == 401
    api.clock.advance(90)
    guest.ask()
    code = guest.code()
    first, second = guest.verify(other_code(code)), guest.verify(other_code(code))

    assert (first["message"], second["message"]) == ("Invalid or expired OTP code", THROTTLED)
    assert guest.last.retry_after > 3_000
    assert api.post("/login/mobile/verify", phone=guest.number, code="x").status == 429


def test_a_client_s_wrong_codes_are_counted_over_both(api, guest, other_guest, setting):
    setting(IP_CODE_FAILURES_PER_QUARTER_HOUR=3)
    guest.verify("123456")  # without a session
    api.post(f"{LOGIN}/verify-otp", ip=guest.ip, phone=guest.number, code="x", challenge="x")
    guest.ask()
    code = guest.code()
    guest.verify(other_code(code))

    assert guest.verify(code)["message"] == THROTTLED  # the right one, from a client with too many wrong ones
    assert api.post(f"{LOGIN}/verify-otp", ip=guest.ip, phone=guest.number, code="x", challenge="x").status == 429
    assert other_guest.ask()["success"]


def test_passwords_are_counted_over_both(guest, ada, setting):
    setting(PASSWORD_FAILURES_PER_QUARTER_HOUR=2)
    ada.member()
    guest.email = ada.email
    guest.sign_in(password="wrong")
    assert ada.log_in("wrong").status == 401

    assert guest.sign_in()["message"] == THROTTLED
    assert ada.log_in().status == 429


def test_asking_for_the_status_counts_nowhere(guest, setting):
    setting(IP_SENDS_PER_HOUR=1)
    guest.ask()
    answers = [guest.post(STATUS) for _ in range(10)]

    assert {answer.aws_calls for answer in answers} == {("GetItem",)}


def test_known_and_taken_numbers_are_asked_alike(api, guest, other_guest, customer):
    unknown, known = guest.ask(), other_guest.ask(customer.phone)

    assert unknown == known
    assert guest.last.aws_calls == other_guest.last.aws_calls
    assert guest.last.headers.keys() == other_guest.last.headers.keys()
    api.deliver()
    assert guest.status() | {"phone_number": None} == other_guest.status() | {"phone_number": None}


def test_the_message_to_a_taken_number_is_the_one_to_a_free_one(guest, other_guest, customer):
    guest.ask(), other_guest.ask(customer.phone)
    texts = {re.sub(r"\d{6}", "000000", guest.inbox.of(number)[-1].body) for number in (guest.number, customer.phone)}

    assert texts == {"000000 is your My Shop code to verify this number. Do not share it with anyone."}
