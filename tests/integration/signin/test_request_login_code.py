import pytest

from customer_auth.base import clock
from local import events
from tests.harness.people import LOGIN, REGISTER

REQUEST_CODE = f"{LOGIN}/request-otp"


def test_a_code_request_returns_a_challenge_two_times_and_a_masked_number(customer):
    now = clock.now()

    answer = customer.request_code()

    assert answer.status == 200
    assert answer.body == {
        "challenge": answer["challenge"],
        "expires_at": clock.iso(now + 300),
        "resend_at": clock.iso(now + 90),
        "masked_phone": f"+1*****{customer.phone[-4:]}",
    }


def test_a_customer_gets_one_sms_with_a_sign_in_code(customer, inbox):
    before = len(inbox.of(customer.phone))
    customer.request_code()

    [message] = inbox.of(customer.phone)[before:]

    assert "sign-in code" in message.body
    assert "already" not in message.body
    assert inbox.code(customer.phone) in message.body


def test_a_number_without_an_account_gets_the_same_response_and_no_message(api, customer, inbox, number):
    known, unknown = customer.request_code(), api.post(REQUEST_CODE, phone=number)

    assert known.shape == unknown.shape
    assert known.aws_calls == unknown.aws_calls == ("UpdateItem", "UpdateItem")
    assert inbox.of(customer.phone)
    assert not inbox.of(number)


def test_a_number_without_an_account_is_throttled_alike(api, customer, number):
    customer.request_code()
    api.post(REQUEST_CODE, phone=number)
    api.clock.advance(30)

    known, unknown = customer.request_code(), api.post(REQUEST_CODE, phone=number)

    assert known.shape == unknown.shape
    assert (known.status, known["type"]) == (429, "throttled")
    assert known.retry_after == unknown.retry_after == 60
    assert known.aws_calls == unknown.aws_calls


def test_a_code_request_reveals_nothing_of_the_account_in_any_field(api, customer, number):
    known, unknown = customer.request_code().body, api.post(REQUEST_CODE, phone=number).body

    assert known["masked_phone"][:-4] == unknown["masked_phone"][:-4]
    assert (known["expires_at"], known["resend_at"]) == (unknown["expires_at"], unknown["resend_at"])
    assert len(known["challenge"]) == len(unknown["challenge"])


def test_a_code_request_is_one_message_however_often_the_outbox_sees_it(api, customer, inbox):
    before = len(inbox.of(customer.phone))
    customer.request_code()
    seen = events.stream_event(api.new_records(), api.engine.ids["CodesTable.StreamArn"])

    for _ in range(3):
        api.invoke("SendMessages", seen)

    assert len(inbox.of(customer.phone)) == before + 1


@pytest.mark.parametrize(("locale", "words"), [("tr", "oturum kodunuz"), ("fa", "کد ورود"), ("en", "sign-in code")])
def test_the_sms_is_in_the_requested_language(customer, inbox, locale, words):
    customer.request_code(locale=locale)

    assert words in inbox.of(customer.phone)[-1].body


def test_a_request_for_a_sign_in_code_leaves_a_pending_sign_up_code_alone(api, ada):
    challenge, code = ada.request_and_read_code(REGISTER)
    api.clock.advance(90)
    ada.request_code(LOGIN)

    assert ada.verify(code, REGISTER, challenge=challenge).status == 201
