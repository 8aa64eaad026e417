"""Google's security events about accounts."""

import secrets

import pytest

from customer_auth.base import clock
from tests.harness.hostile_provider import changed

NOTIFICATIONS = "/login/google/notifications"
RISC = "https://schemas.openid.net/secevent/risc/event-type"
OAUTH = "https://schemas.openid.net/secevent/oauth/event-type"
ENDING = [f"{RISC}/sessions-revoked", f"{RISC}/account-disabled", f"{OAUTH}/tokens-revoked"]


@pytest.fixture
def notify(api, google):
    """Delivers an event about Google's person, or whatever the changes make of it."""

    one_event = secrets.token_urlsafe(16)

    def deliver(event: str, jti: str = one_event, **changes):
        subject = {"subject_type": "iss-sub", "iss": google.issuer, "sub": google.person["sub"]}
        claims = {
            "iss": f"{google.issuer}/",
            "aud": google.client_id,
            "iat": clock.now(),
            "jti": jti,
            "events": {event: {"subject": subject}},
        }
        token = google.signed(changed(claims, changes))
        return api.post(NOTIFICATIONS, headers={"content-type": "application/secevent+jwt"}, raw=token.encode())

    return deliver


def is_live(api, answer) -> bool:
    return api.post("/login/validate", sessionToken=answer["sessionToken"]).status == 200


@pytest.mark.parametrize("event", ENDING)
def test_the_customers_sessions_end(api, google, browser, notify, event):
    signed_in = browser.sign_in(google)
    answer = notify(event)

    assert (answer.status, answer.text) == (202, "")
    assert not is_live(api, signed_in)


def test_nobody_signs_in_by_a_disabled_account_until_it_is_enabled(google, browser, notify):
    browser.sign_in(google)
    notify(f"{RISC}/account-disabled", reason="hijacking")
    refused = browser.sign_in(google)
    notify(f"{RISC}/account-enabled", jti="jti-of-the-other-event")

    assert (refused.status, refused["type"]) == (401, "wrong_proof")
    assert browser.sign_in(google).status == 200


def test_an_event_that_comes_late_suspends_nobody_again(api, google, browser, notify):
    browser.sign_in(google)
    api.clock.advance(10)
    notify(f"{RISC}/account-enabled", jti="jti-of-the-later-event" + secrets.token_hex(4))
    notify(f"{RISC}/account-disabled", iat=clock.now() - 5)

    assert browser.sign_in(google).status == 200


def test_an_event_of_before_the_link_changes_nothing(api, google, browser, notify):
    signed_in = browser.sign_in(google)
    notify(ENDING[0], iat=clock.now() - 60)

    assert is_live(api, signed_in)


def test_an_event_that_comes_again_ends_no_later_session(api, google, browser, notify):
    browser.sign_in(google)
    notify(f"{RISC}/sessions-revoked")
    later = browser.sign_in(google)

    assert notify(f"{RISC}/sessions-revoked").status == 202
    assert is_live(api, later)


@pytest.mark.parametrize("event", [f"{RISC}/verification", f"{RISC}/account-credential-change-required", "https://example.com/other"])
def test_other_events_change_nothing(api, google, browser, notify, event):
    signed_in = browser.sign_in(google)

    assert notify(event).status == 202
    assert is_live(api, signed_in)


def test_an_event_about_somebody_who_is_not_here_is_accepted(google, notify):
    assert notify(ENDING[0]).status == 202


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example/"},
        {"aud": "somebody-else"},
        {"iat": 0},
        {"jti": ...},
        {"events": {}},
        {"events": "nonsense"},
    ],
    ids=str,
)
def test_an_event_that_is_not_google_s_for_us_is_refused(api, google, browser, notify, changes):
    signed_in = browser.sign_in(google)
    answer = notify(ENDING[0], **changes)

    assert (answer.status, answer["type"]) == (401, "wrong_proof")
    assert is_live(api, signed_in)


def test_an_id_token_is_no_event(api, google, browser):
    token = google.id_token({"sub": google.person["sub"], "nonce": "n"})
    answer = api.post(NOTIFICATIONS, headers={"content-type": "application/secevent+jwt"}, raw=token.encode())

    assert answer.status == 401


def test_a_death_in_the_middle_leaves_it_to_be_delivered_again(api, google, browser, notify):
    signed_in = browser.sign_in(google)
    with api.wire.broken("TransactWriteItems", "error", times=9):
        assert notify(ENDING[0]).status == 503

    assert notify(ENDING[0]).status == 202
    assert not is_live(api, signed_in)


def test_json_is_no_event_and_without_google_there_is_none(api, all_set_up, set_up, notify):
    assert api.post(NOTIFICATIONS, token="x.y.z").status == 415
    set_up()
    assert notify(ENDING[0]).status == 404
