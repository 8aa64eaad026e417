"""The session that a number is verified in: its cookie, its header, its half hour, and what it never accepts."""

import base64
import re

import pytest

from tests.harness.graphql_clients import STATUS, VERIFY, GraphqlClient
from tests.harness.people import new_number

NOTHING = {"has_pending_otp": False, "phone_number": None, "time_remaining": None, "is_expired": False, "delivery": None}
COOKIE = re.compile(r"__Host-phone-otp=([\w-]{115}); Path=/; Max-Age=1800; Secure; HttpOnly; SameSite=Lax")


def test_an_ask_answers_one_value_as_cookie_and_as_header(guest):
    guest.ask()
    [cookie] = guest.last.cookies

    assert COOKIE.fullmatch(cookie)[1] == guest.last.headers["x-session-id"]


def test_only_send_phone_otp_starts_a_session(guest):
    guest.prove()
    answers = [guest.post(STATUS), guest.last]

    assert all("x-session-id" not in answer.headers and not answer.cookies for answer in answers)


def test_each_ask_has_a_value_of_its_own(guest, other_guest):
    values = []
    for client in (guest, other_guest):
        client.ask()
        values.append(client.session)
    guest.ask(new_number())

    assert len({*values, guest.session}) == 3


def test_the_cookie_does_what_the_header_does(guest):
    guest.ask()
    value, guest.session = guest.session, None
    guest.headers = {"cookie": f"other=1; __Host-phone-otp={value}"}

    assert guest.status()["has_pending_otp"] is True
    assert guest.verify()["success"]
    assert guest.sign_up()["customer"]["phone_verified"]


def test_where_both_come_the_header_counts(guest, other_guest):
    guest.ask(), other_guest.ask()
    guest.headers = {"cookie": f"__Host-phone-otp={other_guest.session}"}
    own = guest.status()["phone_number"]
    guest.headers |= {"x-session-id": "x"}  # unknown, and the cookie does not help

    assert own == guest.number.removeprefix("+1")
    assert guest.run(STATUS, headers={"x-session-id": "x"}) == NOTHING


def changed(value: str, nth: int) -> str:
    raw = bytearray(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    raw[nth] ^= 1
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize("nth", [0, 31, 32, 36, 37, 53, 54, 69, 70, 85])
def test_a_value_with_any_part_changed_is_none(guest, nth):
    guest.ask()
    code, guest.session = guest.code(), changed(guest.session, nth)

    assert guest.status() == NOTHING
    assert guest.last.aws_calls == ()
    assert not guest.verify(code)["success"]


@pytest.mark.parametrize("value", ["x", "A" * 115, "é", "A" * 10_000, "AAAA====", "../../etc"])
def test_a_value_that_the_service_has_not_made_is_none(guest, value):
    guest.session = value

    assert guest.status() == NOTHING
    assert guest.last.aws_calls == ()
    guest.ask()
    assert guest.session != value


def test_a_session_ends_after_half_an_hour_with_the_number_that_it_has_proven(api, inbox, guest, other_guest):
    waiting = GraphqlClient(api, inbox)
    guest.prove(), other_guest.prove(), waiting.ask()
    api.clock.advance(1_799)
    created, pending = guest.sign_up(phone_number=guest.number), waiting.status()
    api.clock.advance(1)

    assert created["success"]
    assert (pending["has_pending_otp"], pending["is_expired"]) == (True, True)
    assert waiting.status() == NOTHING
    assert other_guest.sign_up(phone_number=other_guest.number)["message"] == "Phone number must be verified first"


def test_a_proof_expires_with_its_session_even_before_ttl_deletes_it(api, guest, tables):
    guest.prove()
    [item] = [item for item in api.table("CodesTable") if item["pk"]["S"].startswith("proof#")]
    api.clock.advance(1_800)

    assert int(item["expires_at"]["N"]) <= api.clock.now()
    assert guest.session not in str(item)
    assert not guest.sign_up(phone_number=guest.number)["success"]


def test_another_session_cannot_use_what_one_has_proven(guest, other_guest):
    guest.prove(), other_guest.ask()

    refused = other_guest.sign_up(phone_number=guest.number)

    assert (refused["success"], refused["message"]) == (False, "Phone number must be verified first")
    assert guest.sign_up(phone_number=guest.number)["success"]


def test_a_code_is_of_its_session(guest, other_guest):
    guest.ask(), other_guest.ask()

    assert not other_guest.verify(guest.code())["success"]
    assert guest.verify(guest.code())["success"]


def test_a_guest_s_code_changes_no_customer_s_number_and_the_other_way_round(guest, signed_in, customer):
    guest.ask(), signed_in.ask()
    guests, customers = guest.code(), signed_in.code()
    signed_in.session, guest.session = guest.session, signed_in.session

    assert not signed_in.verify(guests)["success"]
    assert not guest.verify(customers)["success"]
    assert customer.me()["customer"]["phone"] == customer.phone


def test_a_verify_is_repeated_with_its_key(guest):
    guest.ask()
    code, key = guest.code(), "k" * 20
    first = guest.verify(code, key=key)

    assert first["success"]
    assert guest.verify(code, key=key) == first
    assert not guest.verify(code)["success"]
    assert guest.sign_up()["customer"]["phone_verified"]
    assert not guest.verify(code, key=key)["success"]  # what it has proven was used since


def test_a_refused_number_is_refused_again_with_the_key(guest, customer):
    guest.ask(customer.phone)
    code, key = guest.code(customer.phone), "k" * 20

    first, again = guest.verify(code, key=key), guest.verify(code, key=key)

    assert first == again
    assert again["message"] == "Phone number already verified by another user"


def test_a_customer_s_verify_is_repeated_with_its_key_by_the_token_that_it_ended(signed_in):
    signed_in.ask()
    code, key = signed_in.code(), "k" * 20

    first, again = signed_in.verify(code, key=key), signed_in.verify(code, key=key)

    assert first["success"]
    assert again["refresh_token"] == first["refresh_token"]


def test_a_key_that_is_none_is_refused_before_anything_is_counted(guest):
    guest.ask()

    answer = guest.post(VERIFY, input={"otp_code": guest.code()}, headers={"idempotency-key": "short"})

    assert (answer.status, answer.aws_calls) == (400, ())
    assert answer["errors"][0]["message"] == "Idempotency-Key must be 16 to 64 printable ASCII characters"
    assert guest.verify()["success"]


@pytest.mark.parametrize("fault", ["error", "timeout", "lost"])
def test_an_earlier_code_that_cannot_be_ended_does_not_stop_the_new_one(api, guest, fault):
    """It is best effort: nobody but the earlier session could present that code."""
    guest.ask()
    with api.wire.broken("UpdateItem", fault, nth=3):
        answer = guest.ask(number := new_number())

    assert answer["success"]
    assert guest.verify(guest.code(number))["success"]
