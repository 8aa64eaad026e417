import pytest

from customer_auth.base import clock
from tests.harness.forgery import claims_of

EVERYTHING = {"me", "validate", "refresh"}


@pytest.fixture
def phone_and_laptop(customer):
    """Two sessions of one customer."""
    phone = dict(customer.session)
    customer.sign_in()
    return phone, dict(customer.session)


# ── one ──


def test_logging_out_ends_this_session_at_once_and_no_other(phone_and_laptop, doors):
    phone, laptop = phone_and_laptop

    answer = doors.log_out(phone["refresh_token"])

    assert (answer.status, answer.body) == (200, {"success": True, "message": "Logged out successfully"})
    assert doors.open_to(phone) == set()
    assert doors.open_to(laptop) == EVERYTHING


def test_logging_out_again_succeeds_again(customer, doors):
    answers = [doors.log_out(customer.session["refresh_token"]) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]


def test_a_token_used_long_ago_still_logs_its_session_out(api, customer, doors):
    newest = dict(customer.session)
    for _ in range(3):
        api.clock.advance(60)
        answer = doors.refresh(newest["refresh_token"])
        newest = {"token": answer["sessionToken"], "refresh_token": answer["refreshToken"]}

    assert doors.log_out(customer.session["refresh_token"]).status == 200
    assert doors.open_to(newest) == set()


def test_everywhere_false_is_this_session_alone(phone_and_laptop, doors):
    phone, laptop = phone_and_laptop

    assert doors.log_out(phone["refresh_token"], everywhere=False).status == 200
    assert doors.open_to(laptop) == EVERYTHING


def test_a_logout_that_was_not_written_is_no_success_and_can_be_tried_again(wire, customer, doors):
    with wire.broken("DeleteItem", "error"):
        broken = doors.log_out(customer.session["refresh_token"])
    alive = doors.open_to(customer.session)
    again = doors.log_out(customer.session["refresh_token"])

    assert (broken.status, broken["type"], alive, again.status) == (503, "unavailable", EVERYTHING, 200)
    assert doors.open_to(customer.session) == set()


# ── everywhere ──


def test_everywhere_ends_every_session_of_the_customer_at_once_and_nobody_else_s(phone_and_laptop, doors, bob):
    phone, laptop = phone_and_laptop

    assert doors.log_out(phone["refresh_token"], everywhere=True).status == 200

    assert doors.open_to(phone) == set()
    assert doors.open_to(laptop) == set()
    assert doors.open_to(bob.session) == EVERYTHING


def test_a_session_begun_afterwards_lives_and_a_repeated_call_does_not_end_it(customer, doors):
    ended = dict(customer.session)
    doors.log_out(ended["refresh_token"], everywhere=True)
    customer.sign_in()

    repeated = doors.log_out(ended["refresh_token"], everywhere=True)

    assert repeated.status == 200
    assert doors.open_to(customer.session) == EVERYTHING
    assert doors.open_to(ended) == set()


def test_a_call_with_a_lost_response_ends_all_sessions_and_its_repeat_none_begun_since(wire, phone_and_laptop, customer, doors):
    phone, laptop = phone_and_laptop
    with wire.broken("UpdateItem", "lost"):
        lost = doors.log_out(phone["refresh_token"], everywhere=True)
    customer.sign_in()

    repeated = doors.log_out(phone["refresh_token"], everywhere=True)

    assert (lost.status, repeated.status) == (200, 200) or (lost.status, repeated.status) == (503, 200)
    assert doors.open_to(laptop) == set()
    assert doors.open_to(customer.session) == EVERYTHING


def test_two_concurrent_calls_count_once_and_a_session_begun_between_them_lives(wire, phone_and_laptop, customer, doors):
    phone, laptop = phone_and_laptop

    def overtake():
        doors.log_out(laptop["refresh_token"], everywhere=True)
        customer.sign_in()

    with wire.before("UpdateItem", overtake):
        late = doors.log_out(phone["refresh_token"], everywhere=True)

    assert late.status == 200
    assert doors.open_to(phone) == set()
    assert doors.open_to(customer.session) == EVERYTHING


def test_a_logout_everywhere_that_was_not_written_is_no_success(wire, phone_and_laptop, doors):
    phone, laptop = phone_and_laptop
    with wire.broken("UpdateItem", "error"):
        broken = doors.log_out(phone["refresh_token"], everywhere=True)

    assert (broken.status, broken["type"]) == (503, "unavailable")
    assert doors.open_to(laptop) == EVERYTHING


def test_a_session_that_was_ended_by_itself_ends_no_others(phone_and_laptop, doors):
    phone, laptop = phone_and_laptop
    doors.log_out(phone["refresh_token"])

    answer = doors.log_out(phone["refresh_token"], everywhere=True)

    assert (answer.status, answer["type"], answer["errorCode"]) == (401, "wrong_proof", "E061102")
    assert doors.open_to(laptop) == EVERYTHING


@pytest.mark.parametrize("seconds", [0, 11, 3600])
def test_the_parent_of_an_unused_token_ends_all_sessions_because_its_response_may_have_been_lost(api, phone_and_laptop, doors, seconds):
    phone, laptop = phone_and_laptop
    doors.refresh(phone["refresh_token"])
    api.clock.advance(seconds)

    assert doors.log_out(phone["refresh_token"], everywhere=True).status == 200
    assert doors.open_to(laptop) == set()


@pytest.mark.parametrize("which", ["older than the parent", "a sibling that was replaced"])
@pytest.mark.parametrize("seconds", [0, 11])
def test_any_other_token_that_was_replaced_ends_no_others(api, phone_and_laptop, doors, which, seconds):
    phone, laptop = phone_and_laptop
    token = successor = doors.refresh(phone["refresh_token"])["refreshToken"]
    api.clock.advance(11)
    if which == "older than the parent":
        doors.refresh(successor)
        token = phone["refresh_token"]
    else:
        doors.refresh(phone["refresh_token"])
    api.clock.advance(seconds)

    refused = doors.log_out(token, everywhere=True)

    assert (refused.status, refused["type"]) == (401, "wrong_proof")
    assert doors.open_to(laptop) == EVERYTHING


@pytest.mark.parametrize("which", ["the parent", "a sibling that was replaced", "the newest"])
def test_every_genuine_token_logs_its_own_session_out(api, phone_and_laptop, doors, which):
    phone, laptop = phone_and_laptop
    tokens = {"the parent": phone["refresh_token"], "a sibling that was replaced": doors.refresh(phone["refresh_token"])["refreshToken"]}
    api.clock.advance(11)
    renewed = doors.refresh(phone["refresh_token"])
    tokens["the newest"] = renewed["refreshToken"]

    assert doors.log_out(tokens[which]).status == 200
    assert doors.open_to({"token": renewed["sessionToken"], "refresh_token": renewed["refreshToken"]}) == set()
    assert doors.open_to(laptop) == EVERYTHING


@pytest.mark.parametrize("age", [14 * clock.DAY, 30 * clock.DAY], ids=["idle", "at most"])
def test_a_session_that_has_run_out_ends_no_others(api, customer, doors, days, age):
    old = dict(customer.session)
    begun = claims_of(old["token"])["auth_time"]
    days.pass_by((begun + age - clock.now()) // clock.DAY)
    api.clock.advance(begun + age - clock.now())
    customer.sign_in()

    answer = doors.log_out(old["refresh_token"], everywhere=True)

    assert (answer.status, answer["type"]) == (401, "wrong_proof")
    assert doors.open_to(customer.session) == EVERYTHING


# ── input ──


def test_a_logout_s_fields_are_named_when_they_are_wrong(api, customer):
    missing = api.post("/login/logout")
    wrong = api.post("/login/logout", refreshToken=7)
    maybe = api.post("/login/logout", refreshToken=customer.session["refresh_token"], everywhere="true")

    assert [answer.status for answer in (missing, wrong, maybe)] == [400, 400, 400]
    assert [answer["errorCode"] for answer in (missing, wrong, maybe)] == ["E011002", "E011001", "E011001"]
    assert [answer["errors"][0]["field"] for answer in (missing, wrong, maybe)] == ["refreshToken", "refreshToken", "everywhere"]
    assert customer.me().status == 200


def test_an_access_token_logs_nobody_out(customer, doors):
    for everywhere in (False, True):
        answer = doors.log_out(customer.session["token"], everywhere=everywhere)
        assert (answer.status, answer["type"]) == (401, "wrong_proof")

    assert doors.open_to(customer.session) == EVERYTHING
