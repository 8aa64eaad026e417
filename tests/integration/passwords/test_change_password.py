"""Password changes: with the old one, or after a recent sign-in for customers without one; every other session ends."""

import pytest

from tests.harness.crowds import at_once
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.people import PASSWORD

NEW = "a better horse and battery"


@pytest.fixture
def member(ada):
    return ada.member()


@ON_BOTH_ENGINES
def test_the_new_password_counts_and_the_caller_continues_with_the_new_token_pair(member):
    elsewhere = member.log_in().body

    answer = member.change_password(NEW)

    assert answer.status == 200
    assert (answer["message"], answer["customer_id"]) == ("Password changed successfully", member.id)
    assert [member.me(token).status for token in (answer["token"], member.session["token"], elsewhere["token"])] == [200, 401, 401]
    assert member.refresh(answer["refresh_token"]).status == 200
    assert (member.log_in(PASSWORD).status, member.log_in(NEW).status) == (401, 200)


def test_the_customer_is_notified_and_earlier_devices_have_ended(api, member):
    device = member.session["device"]
    api.clock.advance(1)
    new_device = member.change_password(NEW)["device"]
    for _ in range(10):
        api.post("/auth/customer/emailpass", email=member.email, password="a wrong password")

    assert member.inbox.of(member.email)[-1].subject == "Your My Shop password was changed"
    assert member.log_in(NEW, email=member.email, device=device).status == 429
    assert member.log_in(NEW, email=member.email, device=new_device).status == 200


def test_the_time_of_the_sign_in_stays(api, member):
    api.clock.advance(60)
    changed = member.change_password(NEW)
    api.clock.advance(4 * 60 + 1)

    assert member.request_contact_change(token=changed["token"], phone=member.phone).status == 403


def test_a_wrong_old_password_changes_nothing(member):
    refused = member.change_password(NEW, old="a wrong password")

    assert (refused.status, refused["type"]) == (401, "wrong_proof")
    assert member.me().status == 200
    assert member.log_in(PASSWORD).status == 200


def test_ten_wrong_old_passwords_in_15_minutes_count_against_the_customer_and_nobody_s_sign_in(api, member):
    answers = [member.change_password(NEW, old="a wrong password") for _ in range(11)]

    assert [answer.status for answer in answers] == [401] * 10 + [429]
    assert answers[-1].retry_after == 15 * 60
    assert member.change_password(NEW).status == 429
    assert member.log_in(PASSWORD).status == 200
    assert member.log_in(PASSWORD, email=member.email, device=member.session["device"]).status == 200
    api.clock.advance(15 * 60)
    assert member.change_password(NEW, token=member.refresh()["sessionToken"]).status == 200


def test_thirty_wrong_old_passwords_in_a_day_are_compared(setting, api, member):
    setting(IP_PASSWORD_FAILURES_PER_QUARTER_HOUR=0, ACCESS_TOKEN_MINUTES=60)
    token = member.refresh()["sessionToken"]
    answers = []
    for _ in range(4):
        answers += [member.change_password(NEW, old="a wrong password", token=token).status for _ in range(10)]
        api.clock.advance(15 * 60)

    assert answers == [401] * 30 + [429] * 10


def test_a_right_old_password_leaves_the_window_again(member):
    token = member.session["token"]
    for nth in range(3):
        assert [member.change_password(NEW, old="a wrong password", token=token).status for _ in range(2)] == [401] * 2
        token = member.change_password(f"{NEW} {nth}", old=PASSWORD if nth == 0 else f"{NEW} {nth - 1}", token=token)["token"]

    last = [member.change_password(NEW, old="a wrong password", token=token).status for _ in range(5)]
    assert last == [401] * 4 + [429]


def test_a_sixth_change_within_the_hour_waits_and_sends_no_notification(api, member):
    token, old, messages_before = member.session["token"], PASSWORD, len(member.inbox.of(member.email))
    for nth in range(5):
        token, old = member.change_password(f"{NEW} {nth}", old=old, token=token)["token"], f"{NEW} {nth}"
    refused = member.change_password(NEW, old=old, token=token)

    assert (refused.status, refused.retry_after) == (429, 3600)
    assert refused.aws_calls == ("BatchGetItem", "UpdateItem", "UpdateItem")  # before anything is hashed
    assert member.me(token).status == 200
    assert len(member.inbox.of(member.email)) == messages_before + 5
    api.clock.advance(3600)
    assert member.change_password(NEW, old=old, token=member.log_in(old)["token"]).status == 200


def test_a_first_password_counts_as_a_change(api, customer):
    token, old = customer.session["token"], None
    answers = []
    for nth in range(6):
        answers.append(customer.change_password(f"{NEW} {nth}", old=old, token=token))
        token, old = answers[-1].body.get("token"), f"{NEW} {nth}"

    assert [answer.status for answer in answers] == [200] * 5 + [429]


@ON_DYNAMODB
def test_of_40_concurrent_wrong_old_passwords_ten_are_compared(setting, member):
    setting(IP_PASSWORD_FAILURES_PER_QUARTER_HOUR=0)

    answers = at_once(40, lambda _: member.change_password(NEW, old="a wrong password").status)

    assert sorted(answers) == [401] * 10 + [429] * 30


@ON_DYNAMODB
@pytest.mark.parametrize("operation", ["UpdateItem", "TransactWriteItems"])
def test_an_attempt_whose_response_was_lost_is_counted_once(api, tables, member, operation):
    with api.wire.broken(operation, "lost", nth=2 if operation == "UpdateItem" else 1, times=1):
        assert member.change_password(NEW).status == 200

    assert tables.look().events("attempts", "pass") == 0
    assert tables.look().events("attempts", "change") == 1


def test_the_two_new_ones_must_be_the_same_and_one_that_may_be_chosen(member):
    assert member.change_password(NEW, confirm="another")["errors"][0]["field"] == "confirm_password"
    assert member.change_password("password1")["errors"][0]["field"] == "new_password"
    assert member.change_password(member.email)["errors"][0]["message"] == "must not be the address itself"
    assert member.change_password(NEW, old=None)["errors"][0] == {"field": "old_password", "message": "is required"}


def test_a_customer_without_a_password_sets_the_first_one_after_a_recent_sign_in(api, customer):
    api.clock.advance(4 * 60 - 90)
    answer = customer.change_password(NEW, old=None)

    assert answer.status == 200


def test_a_customer_without_a_password_and_a_recent_sign_in_signs_in_again_first(api, customer):
    api.clock.advance(5 * 60 + 1 - 90)

    refused = customer.change_password(NEW, old=None)

    assert (refused.status, refused["type"]) == (403, "reauthentication_required")


@ON_DYNAMODB
def test_of_eight_concurrent_changes_one_counts(member):
    answers = at_once(8, lambda n: member.change_password(f"{NEW} {n}"))

    [winner] = [n for n, answer in enumerate(answers) if answer.status == 200]
    assert {answer.status for answer in answers} == {200, 401}
    assert member.log_in(f"{NEW} {winner}").status == 200


def test_without_a_session_nothing_is_compared(api, member):
    since = len(api.wire.calls)
    api.post("/store/customers/change-password", old_password=PASSWORD, new_password=NEW, confirm_password=NEW)

    assert len(api.wire.calls) == since
