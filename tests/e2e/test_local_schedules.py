"""`make dev` fires the template's schedules: while its clock is moved over HTTP, and after it was stopped in between."""

import contextlib
import signal
import threading
import time
from datetime import datetime

import pytest
import requests

from tests.harness.engines import dynamodb_local
from tests.harness.local_stack import REGISTER, started

DELETION = "/store/customers/account-deletion"
LOGIN = "/api/v1/auth/customer/login"
MINUTE, HOUR, DAY = 60, 3_600, 86_400
REMINDED, DELETED = "Tomorrow", "account was deleted"


def seconds(time_: str) -> float:
    """An ISO 8601 time in epoch seconds."""
    return datetime.fromisoformat(time_).timestamp()


def move(stack, by):
    """Move the clock; returns the service's time afterwards, and how far its clock is ahead."""
    answer = stack.post("/_local/clock", advance_seconds=by).json()
    return seconds(answer["now"]), answer["advanced_seconds"]


def leave(stack, number):
    """Sign up and confirm a deletion; returns when it is due."""
    token = stack.sign_up(number).json()["token"]
    move(stack, 90)
    code_response = stack.request("POST", f"{DELETION}/request", json={}, headers={"Authorization": f"Bearer {token}"}).json()
    code = stack.messages(number, count=2)[0]["code"]
    confirmed = stack.post(f"{DELETION}/confirm", token=code_response["token"], code=code)
    return seconds(confirmed.json()["request"]["deletion_scheduled_at"])


def received(stack, number, *phrases):
    """The messages with these phrases, oldest first, each as (phrase, when)."""
    messages = reversed(stack.request("GET", "/_local/messages", params={"to": number}).json())
    return [(phrase, message["sent_at"]) for message in messages for phrase in phrases if phrase in message["body"]]


def signs_in(stack, number):
    before = len(stack.messages(number))
    assert stack.post(f"{LOGIN}/request-otp", phone=number).status_code == 200
    code = stack.messages(number, count=before + 1)[0]["code"]
    return stack.post(f"{LOGIN}/verify-otp", phone=number, code=code)


def kids(stack):
    return {key["kid"] for key in stack.request("GET", "/.well-known/jwks.json").json()["keys"]}


def test_after_a_move_of_35_days_sign_ins_have_a_new_key_and_a_reminder_came_before_the_deletion(numbers):
    stays, leaves = next(numbers), next(numbers)
    with started() as stack:
        stack.sign_up(stays)
        due_at = leave(stack, leaves)
        first_keys = kids(stack)

        now, _ = move(stack, 35 * DAY)

        (reminder, reminded_at), (deletion, deleted_at) = received(stack, leaves, REMINDED, DELETED)  # already sent, and once each
        assert (reminder, deletion) == (REMINDED, DELETED)
        assert seconds(reminded_at) < due_at <= seconds(deleted_at)
        assert now - due_at > 27 * DAY
        signed_in = signs_in(stack, stays)
        assert signed_in.status_code == 200
        assert (
            stack.request("GET", "/store/customers/me", headers={"Authorization": f"Bearer {signed_in.json()['token']}"}).status_code == 200
        )
        assert not kids(stack) & first_keys
        response = stack.post(f"{REGISTER}/request-otp", phone=leaves)
        code = stack.messages(leaves, count=6)[0]["code"]
        registered = stack.post(f"{REGISTER}/verify-otp", phone=leaves, challenge=response.json()["challenge"], code=code)
        assert (registered.status_code, registered.json()["registered"]) == (201, True)


def test_more_than_400_days_are_one_step_after_which_sign_ins_work(number):
    with started("--verbose") as stack:
        stack.sign_up(number)

        move(stack, 10 * 366 * DAY)

        assert signs_in(stack, number).status_code == 200
        stack.end()
        # Twice if a full hour was reached before or after.
        assert 1 <= stack.process.stderr.read().count('"process_account_deletions"') <= 2


def test_a_code_that_was_just_requested_is_sent_before_the_clock_moves(stack, number):
    now, _ = move(stack, 0)
    stack.post(f"{REGISTER}/request-otp", phone=number)

    move(stack, HOUR)

    [message] = stack.request("GET", "/_local/messages", params={"to": number}).json()
    assert seconds(message["sent_at"]) < now + MINUTE


def test_a_message_in_the_retry_queue_is_sent_when_the_clock_reaches_its_time(stack, number):
    stack.post("/_local/faults", sender="sms", mode="throttle", for_seconds=10)
    stack.post(f"{REGISTER}/request-otp", phone=number)

    move(stack, 20)

    assert len(stack.request("GET", "/_local/messages", params={"to": number}).json()) == 1


def test_schedules_fire_by_themselves_as_time_passes(number):
    with started("--set", "DELETION_SCHEDULED_DAYS=1") as stack:
        now, _ = move(stack, 0)
        now, _ = move(stack, HOUR - now % HOUR + 30 * MINUTE)  # so that no full hour is reached before the end
        due_at = leave(stack, number)
        now, _ = move(stack, 0)
        move(stack, due_at - now - MINUTE)  # the hourly runs on the way have happened
        now, _ = move(stack, 0)
        full_hour = now - now % HOUR + HOUR
        now, _ = move(stack, full_hour - now - 2)  # it is due now, and no full hour has been reached since
        assert due_at < now < full_hour
        assert received(stack, number, DELETED) == []

        ends_at = time.monotonic() + 60
        while not (deletions := received(stack, number, DELETED)) and time.monotonic() < ends_at:
            time.sleep(0.1)

        [(_, deleted_at)] = deletions
        assert seconds(deleted_at) >= full_hour


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])  # SIGINT is the former's twin
def test_a_move_that_was_interrupted_continues_after_a_restart_and_loses_nothing(tmp_path, numbers, how):
    stays, leaves = next(numbers), next(numbers)
    with started("--data", tmp_path / "data") as first:
        first.sign_up(stays)
        leave(first, leaves)
        _, began = move(first, 0)

        def go():
            with contextlib.suppress(requests.RequestException):
                requests.post(f"{first.url}/_local/clock", json={"advance_seconds": 300 * DAY}, timeout=60)

        threading.Thread(target=go, daemon=True).start()
        while not received(first, leaves, REMINDED):
            time.sleep(0.01)
        first.end(how)
        time.sleep(0.2)  # to read what it printed last
        sent = [*first.lines]
    with started("--data", tmp_path / "data") as second:
        _, ahead = move(second, 0)
        days, rest = divmod(ahead - began, DAY)
        assert 6 <= days < 300
        assert rest == 0

        move(second, (35 - days % 35) * DAY)

        sent += [message["body"] for message in second.request("GET", "/_local/messages", params={"to": leaves}).json()]
        assert 1 <= sum(DELETED in line for line in sent) <= 2  # twice only if it was stopped between sending and recording that
        assert signs_in(second, stays).status_code == 200
        before = len(second.messages(leaves, count=0))
        code_response = second.post(f"{REGISTER}/request-otp", phone=leaves).json()
        code = second.messages(leaves, count=before + 1)[0]["code"]
        registered = second.post(f"{REGISTER}/verify-otp", phone=leaves, challenge=code_response["challenge"], code=code)
        assert (registered.status_code, registered.json()["registered"]) == (201, True)


def test_on_another_dynamodb_the_schedules_work_the_same(number):
    with dynamodb_local() as url, started("--dynamodb", url) as stack:
        leave(stack, number)

        move(stack, 8 * DAY)

        assert [phrase for phrase, _ in received(stack, number, REMINDED, DELETED)] == [REMINDED, DELETED]
