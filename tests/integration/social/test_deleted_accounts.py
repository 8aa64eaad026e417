"""What becomes of accounts at providers when their customer is deleted."""

import contextlib
import json

import pytest

from tests.harness import provider_faults
from tests.harness.engines import ON_DYNAMODB
from tests.harness.faults import Killed
from tests.harness.forgery import claims_of

DAY = 86_400


@pytest.fixture
def leave(api, days):
    """Deletes the account of a customer without a verified address, who has just signed in."""

    def request(token: str):
        answer = api.post("/store/customers/account-deletion/request", headers={"authorization": f"Bearer {token}"})
        assert answer.status == 200, answer.text
        days.pass_by(7)
        return answer["request"]["id"]

    return request


@pytest.fixture
def leaving(apple, browser, leave):
    """Somebody who signs in by Apple alone, and whose account is due."""
    apple.claims["email_verified"] = "false"
    return leave(browser.sign_in(apple)["sessionToken"])


def receipt(api, request_id: str) -> dict:
    [row] = [item for item in api.table("CustomersTable") if item["pk"]["S"] == f"deletion#{request_id}"]
    return claims_of(row["receipt"]["S"])["erased"]


def test_apples_token_is_revoked_and_the_receipt_says_so(tables, api, apple, leaving):
    assert api.process_deletions()["completed"] == 1

    assert len(apple.revoked) == 1
    assert receipt(api, leaving) | {"provider_accounts": 1, "provider_tokens_revoked": 1} == receipt(api, leaving)


def test_an_account_at_a_provider_opens_a_new_account_afterwards(tables, api, apple, leaving, other_browser):
    api.process_deletions()

    assert other_browser.sign_in(apple)["registered"] is True


def test_nothing_of_the_account_at_the_provider_is_left(tables, api, apple, leaving):
    api.process_deletions()

    stored = json.dumps(api.table("CustomersTable"), default=str)
    assert apple.person["email"] not in stored
    assert "provider#" not in stored


def test_a_token_is_stored_encrypted(tables, api, apple, browser):
    given = []
    issue = apple.token

    def noting(form):
        given.append(issue(form))
        return given[-1]

    apple.token = noting
    browser.sign_in(apple)

    [item] = [item for item in api.table("CustomersTable") if item["pk"]["S"].startswith("provider#")]
    assert given[0]["refresh_token"].encode() not in item["refresh_token"]["B"]


def test_a_revocation_that_fails_is_tried_again_for_a_day_and_then_recorded(tables, api, apple, leaving, days):
    apple.faults["revoke"] = provider_faults.status(500)
    first = api.process_deletions()
    days.pass_by(1)
    second = api.process_deletions()

    assert (first["failed"], first["completed"]) == (1, 0)
    assert second["completed"] == 1
    assert receipt(api, leaving)["provider_tokens_not_revoked"] == 1


def test_a_revocation_that_works_again_is_recorded(tables, api, apple, leaving):
    apple.faults["revoke"] = provider_faults.status(503)
    api.process_deletions()
    apple.faults.clear()
    api.clock.advance(3_600)

    assert api.process_deletions()["completed"] == 1
    assert receipt(api, leaving)["provider_tokens_revoked"] == 1


@ON_DYNAMODB
@pytest.mark.parametrize("mode", ["killed_before", "killed_after", "error", "throttle", "timeout", "lost"])
def test_broken_at_any_request_the_next_run_revokes_the_token_and_completes_it(tables, api, apple, leaving, mode):
    """In a container that has read nothing yet."""
    before, at, since = tables.look(), api.clock.offset, len(api.wire.calls)
    api.restart()
    assert api.process_deletions()["completed"] == 1
    calls = [(call.service, call.operation) for call in api.wire.calls[since:]]
    assert {("kms", "Decrypt"), ("secretsmanager", "GetSecretValue")} <= {*calls}
    for nth, (service, operation) in enumerate(calls):
        tables.put_back(before)
        api.clock.offset = at
        api.restart()
        apple.revoked.clear()
        alike = calls[: nth + 1].count((service, operation))
        with api.wire.broken(operation, mode, service=service, nth=alike), contextlib.suppress(Killed, Exception):
            api.process_deletions()  # whatever it ends with, the next run continues
        api.restart()
        api.clock.advance(3_600)
        api.process_deletions()

        assert apple.revoked, (nth, operation)
        assert receipt(api, leaving)["provider_tokens_revoked"] == 1, (nth, operation)


def test_without_an_endpoint_for_it_nothing_is_revoked(tables, api, apple, leaving):
    apple.document["revocation_endpoint"] = ...
    api.restart()

    assert api.process_deletions()["completed"] == 1
    assert "provider_tokens_revoked" not in receipt(api, leaving)


def test_a_provider_that_is_not_set_up_any_more_holds_no_deletion_up(tables, api, set_up, leaving):
    set_up()

    assert api.process_deletions()["completed"] == 1


def test_an_export_has_the_accounts_at_providers(api, google, browser):
    token = browser.sign_in(google)["sessionToken"]
    document = api.get("/store/customers/me/export", headers={"authorization": f"Bearer {token}"}).body

    [account] = document["provider_accounts"]
    assert (account["provider"], account["email"]) == ("google", google.person["email"])


def test_a_key_that_decrypts_nothing_holds_no_deletion_up_for_longer_than_a_day(tables, api, leaving, days):
    with api.wire.broken("Decrypt", "error", times=99, service="kms"):
        first = api.process_deletions()
        days.pass_by(1)
        second = api.process_deletions()

    assert [first["failed"], second["completed"]] == [1, 1]
    assert receipt(api, leaving)["provider_tokens_not_revoked"] == 1
