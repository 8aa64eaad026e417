"""Ending one's own session elsewhere."""

import pytest

SESSIONS = "/store/customers/me/sessions"


@pytest.fixture
def revoke(api):
    """Ends the session with this id, as the holder of this token."""

    def delete(session: dict, sid: str):
        return api.request("DELETE", f"{SESSIONS}/{sid}", headers={"authorization": f"Bearer {session['token']}"})

    return delete


@pytest.fixture
def sids(api):
    """The ids of a customer's sessions, the caller's first."""

    def listed(session: dict) -> list[str]:
        sessions = api.get(SESSIONS, headers={"authorization": f"Bearer {session['token']}"})["sessions"]
        return [each["sid"] for each in sorted(sessions, key=lambda each: not each["current"])]

    return listed


def test_a_revoked_session_ends_at_once_and_the_others_continue(customer, doors, revoke, sids):
    lost = customer.session
    customer.sign_in()
    _, other = sids(customer.session)

    answer = revoke(customer.session, other)

    assert (answer.status, answer.text) == (204, "")
    assert answer.aws_calls == ("BatchGetItem", "DeleteItem")
    assert doors.open_to(lost) == set()
    assert doors.open_to(customer.session) == {"me", "validate", "refresh"}


def test_the_current_session_can_be_revoked(customer, doors, revoke, sids):
    [own] = sids(customer.session)

    assert revoke(customer.session, own).status == 204
    assert doors.open_to(customer.session) == set()


def test_a_repeated_revocation_succeeds_again(customer, revoke, sids):
    customer.sign_in()
    _, other = sids(customer.session)

    assert [revoke(customer.session, other).status for _ in range(2)] == [204, 204]


def test_nobody_revokes_the_session_of_another(customer, bob, doors, revoke, sids):
    [theirs] = sids(bob.session)

    assert revoke(customer.session, theirs).status == 204  # as for one that has ended: nothing reveals whose it is
    assert doors.open_to(bob.session) == {"me", "validate", "refresh"}


@pytest.mark.parametrize("sid", ["ses_", "ses_short", "cus_" + "0" * 24, "ses_" + "z" * 24, "ses_" + "0" * 25, "*", "%20"])
def test_an_invalid_session_id_is_not_found(customer, revoke, sid):
    answer = revoke(customer.session, sid)

    assert (answer.status, answer["type"]) == (404, "not_found")


def test_a_revocation_that_was_not_written_is_no_success(wire, customer, doors, revoke, sids):
    lost = customer.session
    customer.sign_in()
    _, other = sids(customer.session)

    with wire.broken("DeleteItem", "error"):
        assert revoke(customer.session, other).status == 503

    assert doors.me(lost["token"]).status == 200
    assert revoke(customer.session, other).status == 204
