import base64
import json
import re

import pytest

from customer_auth.base import clock
from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.people import LOGIN, REGISTER

REQUEST_CODE = f"{REGISTER}/request-otp"


@ON_BOTH_ENGINES
def test_a_code_request_returns_a_challenge_two_times_and_a_masked_number(api, number):
    now = clock.now()

    answer = api.post(REQUEST_CODE, phone=number)

    assert answer.status == 200
    assert answer.body == {
        "challenge": answer["challenge"],
        "expires_at": clock.iso(now + 300),
        "resend_at": clock.iso(now + 90),
        "masked_phone": f"+1*****{number[-4:]}",
    }
    assert answer.headers == {"content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff"}


def test_the_challenge_is_random_and_holds_nothing_of_the_number(api, number):
    first = api.post(REQUEST_CODE, phone=number)["challenge"]
    api.clock.advance(90)
    second = api.post(REQUEST_CODE, phone=number)["challenge"]

    assert first != second
    assert number[2:] not in first
    assert number[2:].encode() not in base64.urlsafe_b64decode(first + "==")


@ON_BOTH_ENGINES
def test_one_sms_with_a_six_digit_code_goes_to_the_number(api, inbox, number):
    api.post(REQUEST_CODE, phone=number)

    [message] = inbox.of(number)

    assert message.channel == "sms"
    assert re.findall(r"\d+", message.body) == [inbox.code(number)]
    assert "sign-up code" in message.body


def test_a_number_in_national_spelling_gets_its_sms_too(api, inbox, number):
    answer = api.post(REQUEST_CODE, phone=f" ({number[2:5]}) {number[5:8]}-{number[8:]} ")

    assert answer["masked_phone"] == f"+1*****{number[-4:]}"
    assert len(inbox.of(number)) == 1


@pytest.mark.parametrize("zero", ["۰", "٠", "０"], ids=["Persian", "Arabic", "full-width"])
def test_a_number_in_other_digits_gets_its_sms_too(api, inbox, number, zero):
    answer = api.post(REQUEST_CODE, phone="+" + "".join(chr(ord(zero) + int(digit)) for digit in number[1:]))

    assert answer["masked_phone"] == f"+1*****{number[-4:]}"
    assert len(inbox.of(number)) == 1


def test_a_number_with_an_account_gets_the_same_response(api, customer, number):
    known, unknown = customer.request_code(REGISTER), api.post(REQUEST_CODE, phone=number)

    assert known.shape == unknown.shape
    assert known.aws_calls == unknown.aws_calls == ("UpdateItem", "UpdateItem")


def test_only_the_sms_says_that_a_number_has_an_account(customer, inbox):
    customer.request_code(REGISTER)

    assert "you already have an account" in inbox.of(customer.phone)[-1].body


@ON_BOTH_ENGINES
def test_a_number_with_an_account_is_throttled_alike(api, customer, number):
    customer.request_code(REGISTER)
    api.post(REQUEST_CODE, phone=number)

    known, unknown = customer.request_code(REGISTER), api.post(REQUEST_CODE, phone=number)

    assert known.shape == unknown.shape
    assert known.status == 429
    assert known.retry_after == unknown.retry_after == 90
    assert known.aws_calls == unknown.aws_calls


def test_after_a_sign_in_code_for_a_number_without_an_account_it_waits_as_long_as_after_any_other(api, inbox, number):
    api.post(f"{LOGIN}/request-otp", phone=number)
    api.clock.advance(17)

    waits = api.post(f"{REGISTER}/request-otp", phone=number)
    api.clock.advance(waits.retry_after)

    assert (waits.status, waits.retry_after) == (429, 73)
    assert api.post(f"{REGISTER}/request-otp", phone=number).status == 200
    assert len(inbox.of(number)) == 1


def test_no_account_is_created_before_the_code_is_verified(api, ada):
    ada.request_and_read_code(REGISTER)

    assert not any(item.get("phone", {}).get("S") == ada.phone for item in api.table("CustomersTable"))
    assert ada.request_code(LOGIN).status == 429
    api.clock.advance(90)
    sent = len(ada.inbox.of(ada.phone))
    assert ada.request_code(LOGIN).status == 200
    assert len(ada.inbox.of(ada.phone)) == sent


def test_the_code_itself_is_stored_nowhere(api, ada):
    _, code = ada.request_and_read_code(REGISTER)
    written = json.dumps(api.table("CodesTable"), default=repr)

    assert ada.phone in written
    assert not re.search(rf"(?<!\d){code}(?!\d)", written)


LANGUAGES = {
    "no wish": ({}, {}, "your My Shop sign-up code"),
    "Turkish by field": ({"locale": "tr"}, {}, "üyelik kodunuz"),
    "Turkish of Turkey by field": ({"locale": "tr-TR"}, {}, "üyelik kodunuz"),
    "Persian by field": ({"locale": "fa_IR"}, {}, "کد عضویت"),
    "Persian by browser": ({}, {"Accept-Language": "de, fa;q=0.9, tr;q=0.1"}, "کد عضویت"),
    "the field over the browser": ({"locale": "tr"}, {"Accept-Language": "fa"}, "üyelik kodunuz"),
    "a language that we do not speak": ({"locale": "de"}, {}, "your My Shop sign-up code"),
    "null": ({"locale": None}, {"Accept-Language": "tr"}, "üyelik kodunuz"),
}


@pytest.mark.parametrize(("field", "header", "words"), list(LANGUAGES.values()), ids=LANGUAGES)
def test_the_sms_is_in_the_requested_language(api, inbox, number, field, header, words):
    api.post(REQUEST_CODE, phone=number, headers=header, **field)

    assert words in inbox.of(number)[-1].body


def test_the_code_is_in_ascii_digits_in_every_language(api, inbox, number):
    api.post(REQUEST_CODE, phone=number, locale="fa")

    assert re.search(r"[0-9]{6}", inbox.of(number)[-1].body)
