"""Pre-hijacking and providers: who has proven an account at a provider owns something, and who has not owns nothing."""

import pytest

IDENTITIES = "/store/customers/me/identities"


@pytest.fixture
def unverified(ada, setting):
    """Somebody who has registered with a password, signed in, and proven nothing."""
    setting(REQUIRE_VERIFICATION="false")
    ada.registered()
    ada.session = ada.log_in().body | {"customer": {}}
    return ada


def test_a_customer_who_signs_in_by_a_provider_is_not_taken_over_for_an_address_that_they_gave(api, facebook, browser, unverified, inbox):
    theirs = browser.sign_in(facebook, token=unverified.session["token"])
    assert theirs.status == 200, theirs.text
    api.post("/login/email/send", email=unverified.email)
    owner = api.post("/login/email/verify", email=unverified.email, code=inbox.code(unverified.email))

    assert owner["registered"] is True
    assert owner["user"]["userId"] != theirs["user"]["userId"]
    assert browser.sign_in(facebook)["user"]["userId"] == theirs["user"]["userId"]


def test_a_customer_who_adds_a_provider_in_the_moment_of_a_take_over_is_not_taken_over(api, facebook, browser, unverified, inbox):
    signed_in = browser.visit(facebook)
    api.post("/login/email/send", email=unverified.email)
    code, theirs = inbox.code(unverified.email), []
    with api.wire.before(
        "TransactWriteItems", lambda: theirs.append(browser.exchange(facebook, signed_in, token=unverified.session["token"]))
    ):
        owner = api.post("/login/email/verify", email=unverified.email, code=code)

    assert [answer.status for answer in theirs] == [200]
    assert owner["user"]["userId"] != theirs[0]["user"]["userId"]


def test_a_squatter_who_added_a_provider_before_the_owner_came_keeps_only_what_is_theirs(api, google, browser, other_browser, unverified):
    unverified_id = browser.sign_in(google, token=unverified.session["token"])["user"]["userId"]
    api.clock.advance(90)
    google.person |= {"sub": "of the owner", "email": unverified.email}
    google.claims["hd"] = "example.com"
    owner = other_browser.sign_in(google)

    assert (owner["registered"], owner["user"]["email"]) == (True, unverified.email)
    assert owner["user"]["userId"] != unverified_id


def test_two_people_with_one_unverified_address_are_told_apart_by_their_providers(facebook, browser, other_browser):
    first = browser.sign_in(facebook, id="1", email="shared@example.com")
    second = other_browser.sign_in(facebook, id="2", email="shared@example.com")

    assert first["user"]["userId"] != second["user"]["userId"]
