"""Concurrent calls, on DynamoDB's own engine: moto is not atomic between threads, so it would prove nothing here."""

from collections import Counter

import pytest

from tests.harness.crowds import at_once
from tests.harness.engines import ON_DYNAMODB
from tests.harness.faults import Killed
from tests.harness.people import LOGIN, REGISTER, new_number

pytestmark = ON_DYNAMODB


def sessions_of(api, customer_id: str) -> list:
    return [item for item in api.table("SessionsTable") if item["pk"]["S"] == customer_id]


@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_one_right_code_64_times_concurrently_is_one_session(api, customer, bound):
    before = len(sessions_of(api, customer.id))
    challenge, code = customer.request_and_read_code()

    answers = at_once(64, lambda _: customer.verify(code, **({"challenge": challenge} if bound else {})))

    tally = Counter(answer.status for answer in answers)
    assert tally[200] == 1
    assert set(tally) <= {200, 401, 429}
    assert len(sessions_of(api, customer.id)) == before + 1


def test_one_right_code_64_times_concurrently_is_one_account(api, ada):
    challenge, code = ada.request_and_read_code(REGISTER)

    answers = at_once(64, lambda _: ada.verify(code, REGISTER, challenge=challenge))

    tally = Counter(answer.status for answer in answers)
    assert tally[201] == 1
    assert set(tally) <= {201, 401, 429}  # more than its five attempts are a client's wrong codes
    assert sum(item.get("phone", {}).get("S") == ada.phone for item in api.table("CustomersTable")) == 1


@pytest.mark.parametrize("flow", [REGISTER, LOGIN], ids=["sign-up", "sign-in"])
def test_64_verifications_with_one_key_are_one_attempt_and_one_session_for_all(api, customer, ada, flow):
    before = len(sessions_of(api, customer.id))
    challenge, code = customer.request_and_read_code(flow)

    answers = at_once(64, lambda _: customer.verify(code, flow, challenge=challenge, key="k" * 20))

    assert Counter(answer.status for answer in answers) == {200: 64}
    assert len({answer["refresh_token"] for answer in answers}) == 1
    assert len(sessions_of(api, customer.id)) == before + 1


@pytest.mark.parametrize("died", ["killed_before", "killed_after"])
def test_verifications_with_one_key_are_one_session_also_if_the_first_died_at_its_commit(api, customer, died):
    before = len(sessions_of(api, customer.id))
    challenge, code = customer.request_and_read_code()
    with api.wire.broken("TransactWriteItems", died, times=1), pytest.raises(Killed):
        customer.verify(code, challenge=challenge, key="k" * 20)

    answers = at_once(16, lambda _: customer.verify(code, challenge=challenge, key="k" * 20))

    assert Counter(answer.status for answer in answers) == {200: 16}
    assert len({answer["refresh_token"] for answer in answers}) == 1
    assert len(sessions_of(api, customer.id)) == before + 1


def test_64_refreshes_of_one_token_at_once_have_one_successor(customer):
    answers = at_once(64, lambda _: customer.refresh())

    assert Counter(answer.status for answer in answers) == {200: 64}
    assert len({answer["refreshToken"] for answer in answers}) == 1
    assert customer.refresh(answers[0]["refreshToken"]).status == 200


def the_one_successor(answers) -> str:
    """The refresh token in all of the responses."""
    assert Counter(answer.status for answer in answers) == {200: len(answers)}
    [token] = {answer["refreshToken"] for answer in answers}
    return token


def test_24_newest_tokens_at_once_and_24_parents_after_the_grace_have_one_successor_each(api, customer):
    successor = the_one_successor(at_once(24, lambda _: customer.refresh()))
    api.clock.advance(11)

    sibling = the_one_successor(at_once(24, lambda _: customer.refresh()))

    assert sibling != successor
    assert customer.refresh(sibling).status == 200


def test_of_12_successors_and_12_late_parents_at_once_one_token_goes_on_or_none(api, customer):
    """Only two holders of the chain do this: whichever comes first, no two tokens continue."""
    for _ in range(8):
        api.clock.advance(3_600)
        customer.sign_in()
        parent, successor = customer.session["refresh_token"], customer.refresh()["refreshToken"]
        api.clock.advance(11)
        answers = at_once(24, lambda i, token_pair=(parent, successor): customer.refresh(token_pair[i % 2]))
        tokens = {answer["refreshToken"] for answer in answers if answer.status == 200}
        alive = [token for token in tokens if customer.refresh(token).status == 200]
        assert {answer.status for answer in answers} <= {200, 401}
        assert len(tokens) == 1
        assert len(alive) <= 1


def test_of_32_concurrent_code_requests_for_one_number_one_succeeds(api, ada):
    answers = at_once(32, lambda i: api.post(f"{LOGIN}/request-otp", phone=ada.phone, ip=f"198.51.100.{i}"))

    assert Counter(answer.status for answer in answers) == {200: 1, 429: 31}


def test_of_64_concurrent_code_requests_by_one_client_30_succeed(api):
    numbers = [new_number() for _ in range(64)]

    answers = at_once(64, lambda i: api.post(f"{LOGIN}/request-otp", phone=numbers[i], ip="203.0.113.77"))

    assert Counter(answer.status for answer in answers) == {200: 30, 429: 34}


def test_two_sign_ups_for_one_number_by_two_purposes_are_one_account(api, ada, inbox):
    challenge, code = ada.request_and_read_code(REGISTER)
    api.clock.advance(90)
    sent = api.post("/login/mobile/send", phone=ada.phone)
    other = inbox.code(ada.phone)

    def enter(i):
        if i % 2:
            return ada.verify(code, REGISTER, challenge=challenge)
        return api.post("/login/mobile/verify", phone=ada.phone, code=other, challenge=sent["challenge"])

    answers = at_once(8, enter)

    assert Counter(answer.status for answer in answers)[401] == 6
    assert sum(item.get("phone", {}).get("S") == ada.phone for item in api.table("CustomersTable")) == 1
