"""Whose an account at a provider is: linked by a verified email, by its customer, or an account of its own."""

from urllib.parse import urlencode

import pytest

from tests.harness.browsers import FORM
from tests.harness.engines import ON_DYNAMODB

IDENTITIES = "/store/customers/me/identities"


def identities(api, token: str) -> list[dict]:
    return api.get(IDENTITIES, headers={"authorization": f"Bearer {token}"})["identities"]


@pytest.fixture
def gmail(ada, google):
    """Ada's address is the one that Google vouches for."""
    ada.email = google.person["email"]
    return ada


def test_a_verified_email_that_google_vouches_for_is_the_same_customer(api, google, browser, gmail, inbox):
    gmail.member()
    api.clock.advance(60)
    answer = browser.sign_in(google)

    assert (answer.status, answer["registered"]) == (200, False), answer.text
    assert answer["user"]["userId"] == gmail.id
    assert answer["device"] is not None
    assert [each["provider"] for each in identities(api, answer["sessionToken"])] == ["google"]
    assert "Google, Facebook or Apple was just added" in inbox.of(gmail.email)[-1].body


def test_the_password_of_a_verified_address_lives_on(google, browser, gmail):
    gmail.member()
    browser.sign_in(google)

    assert gmail.log_in().status == 200


@pytest.mark.parametrize("unproven", [{"email_verified": False}, {"email_verified": "false"}])
def test_an_email_that_google_does_not_vouch_for_links_nobody(google, browser, gmail, unproven):
    gmail.member()
    google.claims |= unproven
    answer = browser.sign_in(google)

    assert (answer["registered"], answer["user"]["email"]) == (True, None)
    assert answer["user"]["userId"] != gmail.id


def test_facebooks_email_links_nobody(facebook, browser, ada):
    ada.email = facebook.person["email"]
    ada.member()

    assert browser.sign_in(facebook)["user"]["userId"] != ada.id


def test_whoever_registered_the_address_before_keeps_nothing(api, google, browser, gmail):
    squatter = gmail.registered(first_name="Mallory")["customer"]
    answer = browser.sign_in(google)

    assert (answer["registered"], answer["user"]["name"], answer["user"]["verifiedEmail"]) == (True, "Ada Lovelace", True)
    assert answer["user"]["userId"] == squatter["id"]
    assert gmail.log_in().status == 401


def test_an_address_that_a_customer_merely_gave_is_taken_off_them(api, google, browser, gmail):
    giver = gmail.prove(gmail.registered(phone=gmail.phone)["customer"]["id"], "phone")["customer"]
    answer = browser.sign_in(google)
    gmail.sign_in()

    assert (answer["registered"], answer["user"]["email"]) == (True, gmail.email)
    assert answer["user"]["userId"] != giver["id"] == gmail.id
    assert gmail.session["customer"]["email"] is None


def test_a_customer_adds_a_provider(api, provider, browser, customer, inbox):
    answer = browser.sign_in(provider, token=customer.session["token"])

    assert (answer.status, answer["user"]["userId"], answer["registered"]) == (200, customer.id, False), answer.text
    assert [each["provider"] for each in identities(api, answer["sessionToken"])] == [provider.kind]
    assert "was added to your" in inbox.of(customer.phone)[-1].body
    assert browser.sign_in(provider)["user"]["userId"] == customer.id


def test_adding_a_provider_gives_no_address(facebook, google, browser, customer):
    for each in (facebook, google):
        assert browser.sign_in(each, token=customer.session["token"])["user"]["email"] is None


def test_a_provider_is_added_within_five_minutes_of_signing_in(api, google, browser, customer):
    api.clock.advance(300 - 90 + 1)
    answer = browser.sign_in(google, token=customer.session["token"])

    assert (answer.status, answer["type"]) == (403, "reauthentication_required")


def test_another_customers_account_is_not_added(google, browser, other_browser, customer):
    browser.sign_in(google)
    answer = other_browser.sign_in(google, token=customer.session["token"])

    assert (answer.status, answer["type"]) == (409, "identity_exists")


def test_a_second_account_at_one_provider_is_not_added(google, browser, customer):
    browser.sign_in(google, token=customer.session["token"])
    second = browser.exchange(google, browser.visit_as_another(google), token=customer.session["token"])

    assert (second.status, second["type"]) == (409, "identity_exists")


def test_another_account_with_the_same_address_is_not_the_same_person(google, browser):
    browser.sign_in(google)
    second = browser.sign_in(google, sub="a new account under an old address")

    assert (second.status, second["type"]) == (409, "identity_exists")


def test_a_token_that_is_not_valid_is_refused_and_spends_nothing(google, browser):
    signed_in = browser.visit(google)

    assert browser.exchange(google, signed_in, token="nonsense").status == 401
    assert browser.exchange(google, signed_in).status == 200


def test_a_customer_who_is_being_deleted_is_refused_and_may_stay(api, google, browser, customer):
    token = customer.session["token"]
    browser.sign_in(google, token=token)
    deletion = api.post("/store/customers/account-deletion/request", headers={"authorization": f"Bearer {token}"})
    api.post("/store/customers/account-deletion/confirm", token=deletion["token"], code=customer.inbox.code(customer.phone))
    answer = browser.sign_in(google)

    assert (answer.status, answer["type"]) == (403, "account_deletion_pending")
    kept = api.post("/store/customers/account-deletion/cancel-confirm", token=answer["cancel_token"])
    assert kept["request"]["status"] == "cancelled"
    assert browser.sign_in(google).status == 200


@ON_DYNAMODB
def test_an_exchange_is_at_most_four_requests_and_apples_first_five(api, google, apple, facebook, browser):
    api.get("/.well-known/jwks.json")
    for each in (google, apple, facebook):
        browser.exchange(each, browser.visit_as_another(each))
    first = [browser.sign_in(each).aws_calls for each in (google, apple, facebook)]
    again = [browser.sign_in(each).aws_calls for each in (google, apple, facebook)]

    assert [len(calls) for calls in first] == [3, 4, 3], first
    assert [len(calls) for calls in again] == [4, 4, 4], again


def test_a_session_that_ends_meanwhile_adds_no_provider(api, google, browser, customer):
    signed_in, issue = browser.visit(google), google.token

    def meanwhile(form):
        assert api.post("/login/logout", refreshToken=customer.session["refresh_token"]).status == 200
        return issue(form)

    google.token = meanwhile
    answer = browser.exchange(google, signed_in, token=customer.session["token"])
    google.token = issue

    assert (answer.status, answer["type"]) == (401, "not_authenticated")
    assert browser.sign_in(google)["user"]["userId"] != customer.id


def test_two_tabs_add_two_providers(google, facebook, browser, customer):
    token, first, issue = customer.session["token"], browser.visit(google), google.token

    def meanwhile(form):
        assert browser.sign_in(facebook, token=token).status == 200
        return issue(form)

    google.token = meanwhile
    answer = browser.exchange(google, first, token=token)

    assert (answer.status, answer["user"]["userId"]) == (200, customer.id)
    google.token = issue
    assert {browser.sign_in(each)["user"]["userId"] for each in (google, facebook)} == {customer.id}


@pytest.mark.parametrize("spelled", ["mailto:{}", "\u200b{}", "a\u00adda{}"])
def test_an_address_that_is_only_like_the_customers_links_nobody(google, browser, gmail, spelled):
    gmail.member()
    google.claims |= {"email": spelled.format(gmail.email), "hd": "example.com"}
    answer = browser.sign_in(google)

    assert answer["user"]["userId"] != gmail.id


def test_names_of_apples_form_are_nobodys_at_another_provider(api, google, browser):
    signed_in = browser.visit(google)
    form = urlencode({"state": signed_in.state, "code": "x", "user": '{"name":{"firstName":"Mallory","lastName":"M"}}'})
    api.post("/login/apple/callback", headers=FORM, raw=form.encode())

    assert browser.exchange(google, signed_in)["user"]["name"] == "Ada Lovelace"


def test_a_device_is_known_where_the_customer_has_a_verified_address(facebook, browser, customer):
    assert browser.sign_in(facebook, token=customer.session["token"])["device"] is not None
    assert browser.sign_in(facebook)["device"] is not None
