"""Refused codes of one client, over all addresses, purposes and endpoints: 50 in any 15 minutes."""

import pytest

from tests.harness.people import DELETION, LOGIN, REGISTER, Person, new_ip, new_number, other_code

WRONG = "1234567"
INVENTED = "A" * 44
MOST = 3

# Every endpoint that compares a code, with a challenge that is none: it is refused by its form alone.
ENDPOINTS = {
    f"{REGISTER}/verify-otp": {"phone": new_number()},
    f"{LOGIN}/verify-otp": {"phone": new_number()},
    "/login/mobile/verify": {"phone": new_number()},
    "/login/email/verify": {"email": "nobody@example.com"},
    "/store/auth/phone": {"phone": new_number()},
    "/store/customers/otp/verify": {},
    "/store/customers/me/contact/verify": {},
    f"{DELETION}/confirm": {},
    f"{DELETION}/cancel-confirm": {},
}


@pytest.fixture
def most(setting):
    """A window of three instead of fifty."""
    setting(IP_CODE_FAILURES_PER_QUARTER_HOUR=MOST)
    return MOST


@pytest.fixture
def full(api, most):
    """A client whose window is full."""
    ip = new_ip()
    for _ in range(most):
        assert refused_code(api, ip).status == 401
    return ip


def refused_code(api, ip: str):
    return api.post(f"{LOGIN}/verify-otp", phone=new_number(), code=WRONG, ip=ip)


def test_fifty_refused_codes_of_one_client_in_15_minutes_are_401_and_no_more(api):
    ip = new_ip()

    statuses = [refused_code(api, ip).status for _ in range(51)]
    api.clock.advance(899)
    waits = refused_code(api, ip)
    api.clock.advance(1)

    assert statuses == [401] * 50 + [429]
    assert (waits.status, waits.retry_after) == (429, 1)
    assert refused_code(api, ip).status == 401


@pytest.mark.parametrize("path", ENDPOINTS)
def test_every_endpoint_that_compares_codes_counts_in_the_window_and_obeys_it(api, customer, storefront, most, path):
    ip, headers = new_ip(), storefront | customer.bearer()
    key = "token" if "customers" in path else "challenge"

    answers = [api.post(path, ip=ip, headers=headers, code=WRONG, **{key: INVENTED}, **ENDPOINTS[path]) for _ in range(most + 1)]

    assert [answer.status for answer in answers] == [401] * most + [429]
    assert refused_code(api, ip).status == 429


def test_from_a_full_client_right_wrong_and_no_pending_codes_get_one_response_after_equally_many_requests(api, customer, full):
    challenge, code = customer.request_and_read_code()
    customer.ip = full

    answers = [
        customer.verify(other_code(code), challenge=challenge),
        customer.verify(other_code(code)),
        customer.verify(code, challenge=challenge),
        customer.verify(code),
        refused_code(api, full),
    ]

    assert {answer.status for answer in answers} == {429}
    assert len({repr(answer.shape) for answer in answers}) == 1
    assert {len(answer.aws_calls) for answer in answers} == {2}


def test_a_right_code_from_a_full_client_uses_up_its_attempt_and_signs_in_later(api, customer, full, setting):
    setting(OTP_MAX_ATTEMPTS=2)
    challenge, code = customer.request_and_read_code()
    customer.ip = full
    assert customer.verify(code, challenge=challenge).status == 429

    customer.ip = new_ip()
    assert customer.verify(other_code(code), challenge=challenge).status == 401
    assert customer.verify(code, challenge=challenge).status == 401  # two attempts, and both are used up


def test_a_right_code_from_a_full_client_signs_in_from_another(customer, full):
    challenge, code = customer.request_and_read_code()
    customer.ip = full
    assert customer.verify(code, challenge=challenge).status == 429

    customer.ip = new_ip()

    assert customer.verify(code, challenge=challenge).status == 200


def test_known_devices_are_neither_counted_nor_refused(api, customer, full, most):
    customer.ip = full
    challenge, code = customer.request_and_read_code(device=customer.device)

    assert customer.verify(other_code(code), challenge=challenge, device=customer.device).status == 401
    assert customer.verify(other_code(code), device=customer.device).status == 401
    assert customer.verify(code, challenge=challenge).status == 200  # the lane is the challenge's own

    customer.ip = new_ip()
    for _ in range(2):
        api.clock.advance(90)
        challenge, code = customer.request_and_read_code(device=customer.device)
        assert [customer.verify(other_code(code), challenge=challenge).status for _ in range(most)] == [401] * most
    assert refused_code(api, customer.ip).status == 401


def test_a_known_device_proves_by_its_challenge_alone_from_a_full_client(api, inbox, full):
    leaver = Person(api, inbox)
    leaver.sign_up()
    response = leaver.request_deletion()
    leaver.ip = full

    assert leaver.confirm_deletion(response["token"], inbox.code(leaver.phone)).status == 200


def test_a_used_code_s_repeats_count_nowhere(api, customer, most):
    challenge, code = customer.request_and_read_code()
    assert customer.verify(code, challenge=challenge).status == 200

    assert [customer.verify(code, challenge=challenge).status for _ in range(most + 1)] == [401] * (most + 1)
    assert refused_code(api, customer.ip).status == 401


def test_a_used_code_s_repeat_from_a_full_client_learns_no_more_than_any_other(api, customer, full):
    challenge, code = customer.request_and_read_code()
    assert customer.verify(code, challenge=challenge).status == 200
    customer.ip = full

    answer = customer.verify(code, challenge=challenge)

    assert (answer.status, len(answer.aws_calls)) == (429, 2)


def test_a_reset_s_token_is_neither_counted_nor_refused(api, inbox, full, most):
    member = Person(api, inbox).member()
    api.clock.advance(90)
    member.forget_password()
    token, member.ip = member.reset_token(), full

    for _ in range(most):
        assert member.reset(token[:-2] + "AA", "another good password").status == 401
    assert member.reset(token, "another good password").status == 200


def test_0_turns_the_window_off(api, setting):
    setting(IP_CODE_FAILURES_PER_QUARTER_HOUR=0)
    ip = new_ip()

    assert {refused_code(api, ip).status for _ in range(70)} == {401}


def test_a_wrong_code_that_cannot_be_counted_is_503(api, customer):
    challenge, code = customer.request_and_read_code()

    with api.wire.broken("UpdateItem", "error", nth=2):
        answer = customer.verify(other_code(code), challenge=challenge)

    assert answer.status == 503
