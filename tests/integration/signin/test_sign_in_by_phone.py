"""The storefront's own sign-in: a code from login/request-otp, and a publishable key."""

import pytest

PATH = "/store/auth/phone"


@pytest.fixture
def sign_in(api, storefront):
    """Signs in as a storefront does."""

    def post(*, headers: dict | None = None, **body):
        return api.post(PATH, headers=storefront if headers is None else headers, **body)

    return post


def test_the_right_code_signs_its_customer_in(customer, doors, sign_in):
    challenge, code = customer.request_and_read_code()

    answer = sign_in(phone=customer.phone, challenge=challenge, code=code)

    assert answer.status == 200
    assert set(answer.body) == {"token", "refresh_token", "expires_in", "device"}
    assert doors.me(answer["token"])["customer"]["id"] == customer.id
    assert doors.refresh(answer["refresh_token"]).status == 200


def test_a_phone_number_alone_lets_nobody_in(customer, sign_in):
    answer = sign_in(phone=customer.phone)

    assert (answer.status, answer["type"]) == (400, "bad_request")
    assert {error["field"] for error in answer["errors"]} == {"challenge", "code"}


def test_missing_fields_are_named_beginning_with_the_phone(sign_in):
    answer = sign_in()

    assert (answer.status, answer["message"]) == (400, "Phone number is required")
    assert [error["field"] for error in answer["errors"]] == ["phone", "code", "challenge"]


def test_a_wrong_code_is_refused_and_uses_up_an_attempt(customer, sign_in):
    challenge, code = customer.request_and_read_code()
    wrong = [sign_in(phone=customer.phone, challenge=challenge, code="00000x").status for _ in range(5)]

    assert wrong == [401] * 5
    assert customer.verify(code, challenge=challenge).status == 401


def test_a_code_signs_in_once_at_one_endpoint(customer, sign_in):
    challenge, code = customer.request_and_read_code()
    customer.verify(code, challenge=challenge)

    assert sign_in(phone=customer.phone, challenge=challenge, code=code).status == 401


def test_a_repeat_with_its_key_is_the_same_session(customer, storefront, sign_in):
    challenge, code = customer.request_and_read_code()
    body = {"phone": customer.phone, "challenge": challenge, "code": code, "headers": storefront | {"idempotency-key": "k" * 20}}

    assert sign_in(**body)["refresh_token"] == sign_in(**body)["refresh_token"]


def test_without_a_publishable_key_the_code_is_not_compared(customer, sign_in):
    challenge, code = customer.request_and_read_code()

    refused = sign_in(phone=customer.phone, challenge=challenge, code=code, headers={})

    assert (refused.status, refused["type"], refused.aws_calls) == (401, "not_authenticated", ())
    assert sign_in(phone=customer.phone, challenge=challenge, code=code).status == 200
