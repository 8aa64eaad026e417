"""At most 50 sessions of a customer live: every session is counted by the transaction that begins it, and the oldest sign-in ends."""

from collections import Counter

import pytest

from customer_auth.base import clock
from tests.harness.crowds import at_once
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.forgery import claims_of
from tests.harness.people import PASSWORD, REGISTER, Person

MOST = 50


@pytest.fixture
def member(ada, setting):
    """Somebody who may sign in by password as often as it takes."""
    setting(PASSWORD_FAILURES_PER_QUARTER_HOUR=20)
    return ada.member()


def signed_in(member, times: int) -> list[dict]:
    answers = [member.log_in() for _ in range(times)]
    assert {answer.status for answer in answers} == {200}
    return [answer.body for answer in answers]


def rows(api, customer_id: str) -> list[dict]:
    return [item for item in api.table("SessionsTable") if item["pk"]["S"] == customer_id]


def numbers(api, customer_id: str) -> tuple[list[int], int]:
    """The numbers of the customer's sessions, and how many the customer has counted."""
    [customer] = [item for item in api.table("CustomersTable") if item["pk"]["S"] == f"customer#{customer_id}"]
    return sorted(int(row["number"]["N"]) for row in rows(api, customer_id)), int(customer.get("sessions_begun", {"N": "0"})["N"])


# ── the bound ──


@ON_BOTH_ENGINES
def test_the_51st_session_ends_the_oldest_one_at_once(tables, member, doors):
    first = member.session
    others = signed_in(member, MOST - 1)
    assert doors.open_to(first) == {"me", "validate", "refresh"}

    newest = signed_in(member, 1)[0]

    assert doors.open_to(first) == set()
    for session in (others[0], newest):
        assert doors.open_to(session) == {"me", "validate", "refresh"}


def test_a_session_that_made_room_is_not_listed_and_ends_no_others(api, member, doors):
    first = member.session
    others = signed_in(member, MOST + 10)

    listed = api.get("/store/customers/me/sessions", headers=member.bearer(others[-1]["token"]))["sessions"]

    assert len(listed) == MOST
    assert claims_of(first["token"])["sid"] not in {each["sid"] for each in listed}
    assert doors.log_out(first["refresh_token"], everywhere=True).status == 401
    assert doors.me(others[-1]["token"]).status == 200


def test_renewing_a_session_does_not_make_it_younger(api, member, doors):
    newest = doors.refresh(member.session["refresh_token"])
    signed_in(member, MOST - 1)
    api.clock.advance(60)
    newest = doors.refresh(newest["refreshToken"])
    assert newest.status == 200

    signed_in(member, 1)

    assert doors.refresh(newest["refreshToken"]).status == 401


def test_a_customer_from_before_the_count_signs_in_and_is_counted_from_there(api, member, doors, customer_item_of):
    customer_id = member.me()["customer"]["id"]
    api.engine.clients.dynamodb.update_item(**customer_item_of(customer_id).ref, UpdateExpression="REMOVE sessions_begun")

    [newer] = signed_in(member, 1)

    assert (doors.me(member.session["token"]).status, doors.me(newer["token"]).status) == (200, 200)
    assert numbers(api, customer_id) == ([1, 1], 1)


def test_a_session_from_before_the_count_has_ended(api, member, doors):
    [row] = rows(api, member.me()["customer"]["id"])
    old = {name: value for name, value in row.items() if name not in ("generation", "sibling", "number")} | {"n": {"N": "0"}}
    api.engine.clients.dynamodb.put_item(TableName=api.engine.ids["SessionsTable"], Item=old)

    assert doors.open_to(member.session) == set()
    assert member.log_in().status == 200


@ON_DYNAMODB
def test_after_a_burst_of_24_sign_ins_all_of_them_live_and_no_more_than_50(api, member, doors):
    signed_in(member, 60)
    lanes = ({}, {"device": member.session["device"]})
    burst = at_once(24, lambda i: member.log_in(email=member.email, **lanes[i % 2]))

    assert Counter(answer.status for answer in burst) == {200: 24}
    assert {doors.me(answer["token"]).status for answer in burst} == {200}
    alive = api.get("/store/customers/me/sessions", headers=member.bearer(burst[0]["token"]))["sessions"]
    assert 24 <= len(alive) <= MOST
    _, counted = numbers(api, member.me(burst[0]["token"])["customer"]["id"])
    assert counted == 1 + 60 + 24


@pytest.mark.parametrize("way", ["by a password", "by a code"])
def test_a_sign_in_overtaken_by_50_others_starts_over_and_its_session_lives(api, wire, member, doors, way):
    def by_a_code():
        answer = api.post("/login/email/verify", email=member.email, code=code)
        return answer.status, answer["sessionToken"]

    def by_a_password():
        answer = member.log_in()
        return answer.status, answer["token"]

    api.post("/login/email/send", email=member.email)
    code = member.inbox.code(member.email)
    others: list = []
    with wire.before("TransactWriteItems", lambda: others.extend(signed_in(member, MOST))):
        status, token = by_a_code() if way == "by a code" else by_a_password()

    assert (status, doors.me(token).status) == (200, 200)
    assert [doors.me(session["token"]).status for session in (others[0], others[1])] == [401, 200]


def test_a_sign_in_that_conflicts_with_another_transaction_is_repeated(wire, api, customer):
    challenge, code = customer.request_and_read_code()
    with wire.broken("TransactWriteItems", "conflict", times=2):
        answer = customer.verify(code, challenge=challenge)

    assert answer.status == 200
    assert numbers(api, customer.id) == ([1, 2], 2)


# ── every session is counted, however it begins ──


def signs_up(ada: Person) -> str:
    ada.sign_up()
    return ada.id


def signs_in_by_a_code(ada: Person) -> str:
    ada.sign_up()
    ada.sign_in()
    return ada.id


def signs_in_by_a_password(ada: Person) -> str:
    customer_id = ada.member().session["customer"]["id"]
    assert ada.log_in().status == 200
    return customer_id


def verifies_an_address(ada: Person) -> str:
    customer_id = ada.registered()["customer"]["id"]
    assert ada.prove(customer_id)["token"]
    return customer_id


def verified_in_the_table(ada: Person, customer_id: str) -> None:
    """The email is verified by another code than the one that is on its way."""
    ada.api.engine.clients.dynamodb.update_item(
        TableName=ada.api.engine.ids["CustomersTable"],
        Key={"pk": {"S": f"customer#{customer_id}"}},
        UpdateExpression="SET email_verified = :true",
        ExpressionAttributeValues={":true": {"BOOL": True}},
    )


def verifies_an_address_once_more(ada: Person) -> str:
    customer_id = ada.registered()["customer"]["id"]
    response = ada.request_verification(customer_id)
    code = ada.inbox.code(ada.email)
    verified_in_the_table(ada, customer_id)
    assert ada.verify_address(response["token"], code)["token"]
    return customer_id


def takes_over_an_unverified_customer(ada: Person) -> str:
    customer_id = ada.registered()["customer"]["id"]
    ada.api.post("/login/email/send", email=ada.email)
    entered = ada.api.post("/login/email/verify", email=ada.email, code=ada.inbox.code(ada.email))
    assert (entered.status, entered["user"]["userId"]) == (200, customer_id)
    return customer_id


def changes_the_password(ada: Person) -> str:
    customer_id = ada.member().session["customer"]["id"]
    assert ada.change_password("another long password").status == 200
    return customer_id


def changes_a_contact(ada: Person) -> str:
    customer_id = ada.member().session["customer"]["id"]
    response = ada.request_contact_change(phone=ada.phone)
    assert ada.change_contact(response["token"], ada.inbox.code(ada.phone)).status == 200
    return customer_id


BEGINNINGS = {
    signs_up: 1,
    signs_in_by_a_code: 2,
    signs_in_by_a_password: 2,
    verifies_an_address: 1,
    verifies_an_address_once_more: 1,
    takes_over_an_unverified_customer: 1,
    changes_the_password: 2,
    changes_a_contact: 2,
}


@pytest.mark.parametrize("begins", BEGINNINGS, ids=lambda begins: begins.__name__)
def test_every_session_is_counted_however_it_begins(api, ada, begins):
    customer_id = begins(ada)

    count = BEGINNINGS[begins]
    assert numbers(api, customer_id) == (list(range(1, count + 1)), count)


def test_a_customer_made_without_verification_counts_the_session(api, ada, setting):
    setting(REQUIRE_VERIFICATION="false")
    created = ada.registered()

    assert created["token"]
    assert numbers(api, created["customer"]["id"]) == ([1], 1)


def test_an_address_that_leaves_others_to_verify_counts_no_session(api, ada, setting):
    setting(REGISTRATION_IDENTIFIER="both")
    customer_id = ada.registered(phone=ada.phone)["customer"]["id"]
    verified = ada.prove(customer_id)

    assert (verified["token"], verified["needs_login"]) == (None, True)
    assert numbers(api, customer_id) == ([], 0)


def test_a_code_that_verifies_nothing_new_counts_no_session_while_another_address_is_left(api, ada, setting):
    setting(REGISTRATION_IDENTIFIER="both")
    customer_id = ada.registered(phone=ada.phone)["customer"]["id"]
    response = ada.request_verification(customer_id)
    code = ada.inbox.code(ada.email)
    verified_in_the_table(ada, customer_id)

    assert ada.verify_address(response["token"], code)["needs_login"] is True
    assert numbers(api, customer_id) == ([], 0)


def test_a_repeated_verify_counts_its_session_once(api, customer):
    challenge, code = customer.request_and_read_code(REGISTER)
    first, again = (customer.verify(code, REGISTER, challenge=challenge, key="k" * 20) for _ in range(2))

    assert claims_of(first["token"])["sid"] == claims_of(again["token"])["sid"]
    assert numbers(api, customer.id) == ([1, 2], 2)


# ── reissued near its end ──


def test_a_session_that_is_reissued_near_its_last_day_never_outlives_it(api, member, days, doors):
    begun = claims_of(member.session["token"])["auth_time"]
    for _ in range(4):
        days.pass_by(7)
        renewed = doors.refresh(member.session["refresh_token"])
        member.session |= {"token": renewed["sessionToken"], "refresh_token": renewed["refreshToken"]}
    api.clock.advance(begun + 30 * clock.DAY - 60 - clock.now())
    renewed = doors.refresh(member.session["refresh_token"])

    changed = member.change_password("another long password", old=PASSWORD, token=renewed["sessionToken"])

    assert (changed.status, changed["expires_in"]) == (200, 60)
    assert claims_of(changed["token"])["auth_time"] == begun
    api.clock.advance(60)
    assert doors.open_to(changed.body) == set()
