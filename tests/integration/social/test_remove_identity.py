"""Removing a provider from the ways in."""

import pytest

from tests.harness.crowds import at_once
from tests.harness.engines import ON_DYNAMODB

IDENTITIES = "/store/customers/me/identities"


@pytest.fixture
def remove(api):
    def delete(provider, token: str):
        return api.request("DELETE", f"{IDENTITIES}/{provider.kind}", headers={"authorization": f"Bearer {token}"})

    return delete


def test_a_removed_account_signs_nobody_in_and_is_a_strangers(google, browser, other_browser, customer, remove, inbox):
    token = browser.sign_in(google, token=customer.session["token"])["sessionToken"]

    assert remove(google, token).status == 204
    assert "was removed from your" in inbox.of(customer.phone)[-1].body
    assert other_browser.sign_in(google)["user"]["userId"] != customer.id


def test_the_last_way_in_stays(facebook, browser, remove):
    answer = remove(facebook, browser.sign_in(facebook)["sessionToken"])

    assert (answer.status, answer["type"]) == (409, "last_identity")
    assert browser.sign_in(facebook)["registered"] is False


def test_a_verified_email_is_a_way_in(google, browser, remove):
    assert remove(google, browser.sign_in(google)["sessionToken"]).status == 204


def test_another_provider_is_a_way_in(facebook, apple, browser, remove):
    apple.claims["email_verified"] = "false"
    token = browser.sign_in(facebook)["sessionToken"]
    browser.sign_in(apple, token=token)

    assert [remove(each, token).status for each in (facebook, apple)] == [204, 409]


@ON_DYNAMODB
def test_of_two_ways_in_that_are_removed_at_once_one_stays(facebook, apple, browser, remove):
    apple.claims["email_verified"] = "false"
    token = browser.sign_in(facebook)["sessionToken"]
    browser.sign_in(apple, token=token)

    answers = at_once(2, lambda i: remove((facebook, apple)[i], token))

    assert sorted(answer.status for answer in answers) == [204, 409]


def test_a_provider_that_is_not_there_is_not_found(google, customer, remove, api):
    token = customer.session["token"]

    assert remove(google, token).status == 404
    assert api.request("DELETE", f"{IDENTITIES}/myspace", headers={"authorization": f"Bearer {token}"}).status == 404


def test_it_is_removed_within_five_minutes_of_signing_in(api, google, browser, remove):
    token = browser.sign_in(google)["sessionToken"]
    api.clock.advance(301)
    answer = remove(google, token)

    assert (answer.status, answer["type"]) == (403, "reauthentication_required")
