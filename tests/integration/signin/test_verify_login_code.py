from itertools import permutations

import pytest

from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.people import LOGIN, REGISTER, Person, other_code

# Each purpose of a phone's codes: where they are requested, and where they are entered.
PURPOSES = {
    "register": (f"{REGISTER}/request-otp", f"{REGISTER}/verify-otp"),
    "login": (f"{LOGIN}/request-otp", f"{LOGIN}/verify-otp"),
    "sign-in": ("/login/mobile/send", "/login/mobile/verify"),
}


def enter_for(person, purpose: str, code: str, **more):
    return person.api.post(PURPOSES[purpose][1], phone=person.phone, code=code, **more)


def request_for(person, purpose: str) -> tuple[str, str]:
    """A challenge and its code; 90 s later."""
    response = person.api.post(PURPOSES[purpose][0], phone=person.phone)
    assert response.status == 200, response.text
    code = person.inbox.code(person.phone)
    person.api.clock.advance(90)
    return response["challenge"], code


@pytest.fixture
def eve(api, inbox):
    """Another customer."""
    other = Person(api, inbox)
    other.sign_up()
    return other


@pytest.fixture
def nobody(api, inbox):
    """A person without an account."""
    return Person(api, inbox)


@ON_BOTH_ENGINES
def test_a_customer_signs_in_with_the_code_from_the_message(customer):
    challenge, code = customer.request_and_read_code()

    answer = customer.verify(code, challenge=challenge)

    assert answer.status == 200
    assert set(answer.body) == {"token", "refresh_token", "token_type", "expires_in", "registered", "device", "customer"}
    assert answer["registered"] is False
    assert answer["customer"] == customer.session["customer"]
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 900)
    assert customer.me(answer["token"])["customer"]["phone"] == customer.phone


@ON_BOTH_ENGINES
def test_every_sign_in_is_a_session_of_its_own(customer):
    first = customer.session
    customer.sign_in()

    assert customer.refresh(first["refresh_token"]).status == 200
    assert customer.refresh().status == 200


@ON_BOTH_ENGINES
@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_a_verify_takes_three_requests_to_aws(customer, bound):
    challenge, code = customer.request_and_read_code()

    answer = customer.verify(code, **({"challenge": challenge} if bound else {}))

    assert answer.aws_calls == ("UpdateItem", "BatchGetItem", "TransactWriteItems")


@ON_BOTH_ENGINES
@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_a_used_code_opens_nothing_more(customer, bound):
    challenge, code = customer.request_and_read_code()
    named = {"challenge": challenge} if bound else {}
    customer.verify(code, **named)

    again = customer.verify(code, **named)

    assert (again.status, again["type"]) == (401, "wrong_proof")


@pytest.mark.parametrize("life", [299, 300])
@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_a_code_lives_five_minutes_to_the_second(api, customer, bound, life):
    challenge, code = customer.request_and_read_code()
    api.clock.advance(life)

    assert customer.verify(code, **({"challenge": challenge} if bound else {})).status == (200 if life < 300 else 401)


def test_wrong_expired_used_unknown_and_foreign_codes_get_one_response(api, customer, nobody):
    answers = [nobody.verify("123456"), nobody.verify("123456", challenge="unknown")]
    challenge, code = customer.request_and_read_code()
    answers.append(customer.verify(other_code(code), challenge=challenge))
    answers.append(nobody.verify(code, challenge=challenge))
    customer.verify(code, challenge=challenge)
    answers.append(customer.verify(code, challenge=challenge))
    api.clock.advance(90)
    challenge, code = customer.request_and_read_code()
    api.clock.advance(300)
    answers.append(customer.verify(code, challenge=challenge))

    assert {answer.status for answer in answers} == {401}
    assert len({repr(answer.shape) for answer in answers}) == 1
    assert len({(answer["type"], answer["message"]) for answer in answers}) == 1


@ON_BOTH_ENGINES
def test_an_attempt_at_a_number_without_an_account_is_the_same_response_and_work(customer, nobody):
    answers = []
    for person in (customer, nobody):
        challenge = person.request_code()["challenge"]
        answers.append(person.verify("000000", challenge=challenge))

    known, unknown = answers
    assert known.shape == unknown.shape
    assert known.aws_calls == unknown.aws_calls == ("UpdateItem", "UpdateItem")


@pytest.mark.parametrize(("requested", "entered"), list(permutations(PURPOSES, 2)))
def test_a_code_for_one_purpose_opens_no_other(customer, requested, entered):
    challenge, code = request_for(customer, requested)

    bound, unbound = enter_for(customer, entered, code, challenge=challenge), enter_for(customer, entered, code)

    assert (bound.status, bound["type"]) == (unbound.status, unbound["type"]) == (401, "wrong_proof")
    assert bound.aws_calls == ("UpdateItem",)  # its client's window alone
    assert enter_for(customer, requested, code, challenge=challenge).status == 200


@pytest.mark.parametrize(("requested", "entered"), list(permutations(PURPOSES, 2)))
def test_a_code_of_another_purpose_is_an_attempt_at_the_pending_one(customer, requested, entered):
    own_challenge, own_code = request_for(customer, entered)
    challenge, code = request_for(customer, requested)

    for _ in range(5):
        assert enter_for(customer, entered, code).status == 401

    assert enter_for(customer, entered, own_code).status == 401
    assert enter_for(customer, entered, own_code, challenge=own_challenge).status == 200
    assert enter_for(customer, requested, code, challenge=challenge).status == 200


def test_a_challenge_of_another_customer_is_refused_without_comparing(customer, eve):
    challenge, code = customer.request_and_read_code()
    own_challenge, own_code = eve.request_and_read_code()

    swaps = [
        eve.verify(code, challenge=challenge),
        eve.verify(own_code, challenge=challenge),
        customer.verify(code, challenge=own_challenge),
        customer.verify(own_code, challenge=own_challenge),
    ]

    assert {(answer.status, answer["type"], answer.aws_calls) for answer in swaps} == {(401, "wrong_proof", ("UpdateItem",))}
    assert customer.verify(code, challenge=challenge)["customer"]["id"] == customer.id
    assert eve.verify(own_code, challenge=own_challenge)["customer"]["id"] == eve.id


@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_a_code_of_another_customer_is_a_wrong_attempt(customer, eve, bound):
    challenge, code = customer.request_and_read_code()
    own_challenge, own_code = eve.request_and_read_code()
    named = {"challenge": own_challenge} if bound else {}

    for _ in range(5):
        assert eve.verify(code, **named).status == 401

    assert eve.verify(own_code, **named).status == 401
    assert customer.verify(code, challenge=challenge).status == 200


def test_a_replaced_challenge_compares_nothing_and_counts_nothing(customer):
    old, _ = customer.request_and_read_code()
    customer.api.clock.advance(90)
    challenge, code = customer.request_and_read_code()

    for _ in range(12):
        assert customer.verify(code, challenge=old).status == 401

    for _ in range(4):
        assert customer.verify(other_code(code)).status == 401
        assert customer.verify(other_code(code), challenge=challenge).status == 401
    assert customer.verify(code, challenge=challenge).status == 200


def test_a_challenge_forged_for_the_right_item_compares_nothing(customer):
    challenge, code = customer.request_and_read_code()
    forged = challenge[:-8] + ("A" * 8 if challenge[-8:] != "A" * 8 else "B" * 8)

    answers = [customer.verify(code, challenge=forged) for _ in range(12)]

    assert {answer.status for answer in answers} == {401}
    assert customer.verify(code, challenge=challenge).status == 200


def test_a_code_signs_in_where_the_outbox_left_no_hint_of_the_customer(api, customer):
    challenge, code = customer.request_and_read_code()
    table = api.engine.ids["CodesTable"]
    for item in api.table("CodesTable"):
        if customer.phone in repr(item):
            api.engine.clients.dynamodb.update_item(TableName=table, Key={"pk": item["pk"]}, UpdateExpression="REMOVE login.customer")

    answer = customer.verify(code, challenge=challenge)

    assert (answer.status, answer["customer"]["id"]) == (200, customer.id)
    assert answer.aws_calls == ("UpdateItem", "BatchGetItem", "BatchGetItem", "TransactWriteItems")
