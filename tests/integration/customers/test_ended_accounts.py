"""A customer whose account is to be deleted: told so once the code was proven, and not before."""

import pytest

from tests.harness.people import LOGIN, REGISTER, other_code


@pytest.fixture
def deleting(customer, customer_item):
    """A customer who has confirmed that the account be deleted."""
    customer_item.set("status", {"S": "deletion_confirmed"})
    return customer


@pytest.mark.parametrize("flow", [LOGIN, REGISTER], ids=["login", "register"])
@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_a_right_code_is_told_so_and_stays_unspent(api, deleting, customer_item, flow, bound):
    challenge, code = deleting.asked_and_read(flow)
    named = {"challenge": challenge} if bound else {}
    refused = [deleting.verify(code, flow, **named) for _ in range(7)]  # more often than a code has tries
    customer_item.set("status", {"S": "active"})
    cancelled = deleting.verify(code, flow, **named)

    assert {(answer.status, answer["type"]) for answer in refused} == {(403, "account_deletion_pending")}
    assert all(set(answer.body) == {"success", "type", "message", "request_id"} for answer in refused)
    assert cancelled.status == 200
    assert cancelled["customer"]["id"] == deleting.id


def test_a_wrong_code_is_not_told_so(deleting):
    challenge, code = deleting.asked_and_read()
    answer = deleting.verify(other_code(code), challenge=challenge)

    assert (answer.status, answer["type"]) == (401, "wrong_proof")


def test_asking_for_a_code_does_not_tell_so(deleting, bob):
    assert deleting.ask().shape == bob.ask().shape


def test_the_sign_in_api_tells_so_too(api, deleting):
    api.post("/login/mobile/send", phone=deleting.phone)
    answer = api.post("/login/mobile/verify", phone=deleting.phone, code=deleting.inbox.code(deleting.phone))

    assert (answer.status, answer["type"]) == (403, "account_deletion_pending")


def test_no_session_begins_and_no_old_one_goes_on(api, deleting, doors):
    challenge, code = deleting.asked_and_read()
    before = len(api.table("SessionsTable"))
    deleting.verify(code, challenge=challenge)

    assert len(api.table("SessionsTable")) == before
    assert doors.me(deleting.session["token"]).status in {401, 403}
    assert [answer.status for answer in (doors.validate(deleting.session["token"]), deleting.refresh())] == [401, 401]


def test_a_deletion_confirmed_between_reading_and_committing_is_seen(wire, customer, customer_item):
    challenge, code = customer.asked_and_read()
    with wire.before("TransactWriteItems", lambda: customer_item.set("status", {"S": "deletion_confirmed"})):
        refused = customer.verify(code, challenge=challenge)
    customer_item.set("status", {"S": "active"})

    assert (refused.status, refused["type"]) == (403, "account_deletion_pending")
    assert customer.verify(code, challenge=challenge).status == 200
