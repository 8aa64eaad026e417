"""Apple's events about accounts."""

import json
import secrets

import pytest

from customer_auth.base import clock
from tests.harness.hostile_provider import changed

NOTIFICATIONS = "/login/apple/notifications"


@pytest.fixture
def notify(api, apple):
    """Delivers an event about Apple's person, or whatever the changes make of it."""

    one_event = secrets.token_urlsafe(16)

    def deliver(kind: str, jti: str = one_event, **changes):
        event = {"type": kind, "sub": apple.person["sub"], "event_time": clock.now() * 1000}
        claims = {"iss": apple.issuer, "aud": apple.client_id, "iat": clock.now(), "exp": clock.now() + 3600, "jti": jti}
        payload = apple.signed(changed(claims | {"events": json.dumps(event)}, changes))
        return api.post(NOTIFICATIONS, payload=payload)

    return deliver


def is_live(api, answer) -> bool:
    return api.post("/login/validate", sessionToken=answer["sessionToken"]).status == 200


def stored(api, answer) -> dict:
    [item] = [
        item
        for item in api.table("CustomersTable")
        if item["pk"]["S"].startswith("provider#") and item["customer_id"]["S"] == answer["user"]["userId"]
    ]
    return item


@pytest.mark.parametrize("kind", ["consent-revoked", "account-delete", "account-deleted"])
def test_sessions_and_token_end_and_the_account_stays_the_customers(api, apple, browser, notify, kind):
    signed_in = browser.sign_in(apple)
    assert "refresh_token" in stored(api, signed_in)
    answer = notify(kind)

    assert (answer.status, answer["success"]) == (200, True)
    assert not is_live(api, signed_in)
    assert "refresh_token" not in stored(api, signed_in)
    assert browser.sign_in(apple)["registered"] is False
    assert "refresh_token" in stored(api, signed_in)  # of the new consent


@pytest.mark.parametrize("kind", ["email-disabled", "email-enabled", "something-new"])
def test_other_events_are_counted_alone(api, apple, browser, notify, kind):
    signed_in = browser.sign_in(apple)

    assert notify(kind).status == 200
    assert is_live(api, signed_in)


def test_an_event_that_comes_again_ends_no_later_session(api, apple, browser, notify):
    browser.sign_in(apple)
    notify("consent-revoked")
    later = browser.sign_in(apple)

    assert notify("consent-revoked").status == 200
    assert is_live(api, later)


def test_an_event_for_another_id_of_the_shop_counts(api, all_set_up, set_up, apple, browser, notify):
    set_up(*all_set_up.values(), APPLE_AUDIENCES="com.example.shop, com.example.other")
    signed_in = browser.sign_in(apple)

    assert notify("consent-revoked", aud="com.example.shop").status == 200
    assert not is_live(api, signed_in)


@pytest.mark.parametrize("changes", [{"iss": "https://evil.example"}, {"aud": "other"}, {"exp": 0}, {"events": "{"}, {"jti": ...}], ids=str)
def test_an_event_that_is_not_apple_s_for_us_is_refused(api, apple, browser, notify, changes):
    signed_in = browser.sign_in(apple)

    assert notify("consent-revoked", **changes).status == 401
    assert is_live(api, signed_in)


def test_without_apple_there_is_none(set_up, notify):
    set_up()

    assert notify("consent-revoked").status == 404
