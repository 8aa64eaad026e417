import pytest

from customer_auth.base import clock
from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.people import LOGIN, REGISTER, Person, other_code


def customers_with(api, phone: str) -> list:
    return [item for item in api.table("CustomersTable") if item.get("phone", {}).get("S") == phone]


@ON_BOTH_ENGINES
def test_a_right_code_creates_an_account_with_a_session(ada):
    challenge, code = ada.request_and_read_code(REGISTER)
    now = clock.now()

    answer = ada.verify(code, REGISTER, challenge=challenge, first_name="Ada", last_name="Lovelace")

    assert answer.status == 201
    body = answer.body
    assert set(body) == {"token", "refresh_token", "token_type", "expires_in", "registered", "device", "customer"}
    assert (body["token_type"], body["expires_in"], body["registered"]) == ("Bearer", 900, True)
    assert body["customer"] == {
        "id": body["customer"]["id"],
        "email": None,
        "phone": ada.phone,
        "first_name": "Ada",
        "last_name": "Lovelace",
        "referral_code": answer["customer"]["referral_code"],
        "company_name": None,
        "metadata": {},
        "email_verified": False,
        "phone_verified": True,
        "created_at": clock.iso(now),
        "updated_at": clock.iso(now),
    }
    assert body["customer"]["id"].startswith("cus_")


def test_both_tokens_work_at_once(ada):
    ada.sign_up()

    assert ada.me()["customer"] == ada.session["customer"]
    assert ada.refresh().status == 200


def test_a_code_without_its_challenge_creates_an_account_too(ada):
    _, code = ada.request_and_read_code(REGISTER)

    assert ada.verify(code, REGISTER).status == 201


@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_a_verify_takes_three_requests_to_aws(api, inbox, customer, bound):
    eve = Person(api, inbox)
    challenge, code = eve.request_and_read_code(REGISTER)

    answer = eve.verify(code, REGISTER, **({"challenge": challenge} if bound else {}))

    assert answer.status == 201
    assert answer.aws_calls == ("UpdateItem", "BatchGetItem", "TransactWriteItems")


def test_names_may_be_left_out(ada):
    ada.sign_up()

    assert (ada.session["customer"]["first_name"], ada.session["customer"]["last_name"]) == (None, None)


def test_names_of_every_script_are_stored_unchanged(ada):
    ada.sign_up(first_name="  آدا ", last_name="Şimşek-O’Neil 李")

    assert ada.me()["customer"]["first_name"] == "آدا"
    assert ada.me()["customer"]["last_name"] == "Şimşek-O’Neil 李"


@ON_BOTH_ENGINES
def test_a_number_with_an_account_is_signed_in_to_it(customer):
    challenge, code = customer.request_and_read_code(REGISTER)

    answer = customer.verify(code, REGISTER, challenge=challenge)

    assert (answer.status, answer["registered"]) == (200, False)
    assert answer["customer"]["id"] == customer.id
    assert customer.me(answer["token"]).status == 200


def test_signing_in_by_registering_changes_no_name_and_creates_no_second_account(api, ada):
    ada.sign_up(first_name="Ada")
    challenge, code = ada.request_and_read_code(REGISTER)

    answer = ada.verify(code, REGISTER, challenge=challenge, first_name="Eve", last_name="Eve")

    assert answer["customer"] == ada.session["customer"]
    assert len(customers_with(api, ada.phone)) == 1


@ON_BOTH_ENGINES
def test_a_wrong_code_creates_nothing(api, ada):
    challenge, code = ada.request_and_read_code(REGISTER)

    answer = ada.verify(other_code(code), REGISTER, challenge=challenge)

    assert answer.status == 401
    assert answer.body == {"success": False, "type": "wrong_proof", "message": "Invalid or expired OTP", "request_id": answer["request_id"]}
    assert not customers_with(api, ada.phone)


def test_a_wrong_code_gets_the_same_response_for_a_number_with_an_account(customer, api, inbox):
    eve = Person(api, inbox)
    answers = []
    for person in (customer, eve):
        challenge, code = person.request_and_read_code(REGISTER)
        answers.append(person.verify(other_code(code), REGISTER, challenge=challenge))

    known, unknown = answers
    assert known.shape == unknown.shape
    assert known.aws_calls == unknown.aws_calls == ("UpdateItem", "UpdateItem")  # the address's window and the client's


def test_unknown_members_change_nothing(ada):
    challenge, code = ada.request_and_read_code(REGISTER)
    injected = {
        "id": "cus_eve",
        "customer_id": "cus_eve",
        "roles": ["admin"],
        "role": "admin",
        "status": "deletion_confirmed",
        "email": "eve@example.com",
        "email_verified": True,
        "phone_verified": False,
        "verified": True,
        "session_epoch": 9,
        "created_at": 0,
        "metadata": {"admin": True},
        "company_name": "Eve Ltd",
        "referrer": "cus_eve",
        "amr": ["pwd"],
        "registered": False,
        "__class__": "Customer",
    }

    answer = ada.verify(code, REGISTER, challenge=challenge, **injected)

    assert answer.status == 201
    customer = answer["customer"]
    assert customer["id"] != "cus_eve"
    assert (customer["email"], customer["email_verified"], customer["phone_verified"], customer["metadata"]) == (None, False, True, {})
    assert customer["company_name"] is None
    claims = ada.api.post("/login/validate", sessionToken=answer["token"])["token"]
    assert (claims["roles"], claims["amr"]) == ([], ["otp", "sms"])


@pytest.mark.parametrize("zero", ["۰", "٠", "０"], ids=["Persian", "Arabic", "full-width"])
def test_a_code_in_other_digits_is_the_same_code(ada, zero):
    challenge, code = ada.request_and_read_code(REGISTER)
    typed = "".join(chr(ord(zero) + int(digit)) for digit in code)

    assert ada.verify(typed, REGISTER, challenge=challenge).status == 201


@pytest.mark.parametrize("typed", ["{0} {1}", "{0}-{1}", " {0}{1} ", "{0}\u00a0{1}"])
def test_a_code_may_be_pasted_with_gaps(ada, typed):
    challenge, code = ada.request_and_read_code(REGISTER)

    assert ada.verify(typed.format(code[:3], code[3:]), REGISTER, challenge=challenge).status == 201


@ON_BOTH_ENGINES
@pytest.mark.parametrize("life", [299, 300])
def test_a_code_by_sms_lives_five_minutes_to_the_second(api, ada, life):
    challenge, code = ada.request_and_read_code(REGISTER)
    api.clock.advance(life)

    assert ada.verify(code, REGISTER, challenge=challenge).status == (201 if life < 300 else 401)


@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_an_expired_code_is_refused_49_hours_later_while_its_item_is_still_stored(api, ada, bound):
    challenge, code = ada.request_and_read_code(REGISTER)
    api.clock.advance(49 * 3600)

    answer = ada.verify(code, REGISTER, **({"challenge": challenge} if bound else {}))

    assert (answer.status, answer["type"]) == (401, "wrong_proof")
    assert any(ada.phone in repr(item) for item in api.table("CodesTable"))


def test_an_account_created_by_a_code_signs_in_by_login(ada):
    ada.sign_up()

    assert ada.sign_in()["customer"]["id"] == ada.id
    assert ada.request_and_read_code(LOGIN)
