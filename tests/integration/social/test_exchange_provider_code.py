"""Signing in and up by the code of a provider."""

import pytest

from tests.harness.crowds import at_once
from tests.harness.engines import ON_DYNAMODB
from tests.harness.faults import Killed
from tests.harness.forgery import claims_of

KEY = "k" * 20


def accounts(api) -> int:
    """How many customers there are."""
    return sum(item["pk"]["S"].startswith("customer#") for item in api.table("CustomersTable"))


def test_a_person_signs_up_and_signs_in_again_as_the_same_customer(provider, browser, other_browser):
    first = browser.sign_in(provider)
    again = other_browser.sign_in(provider)

    assert (first.status, first["registered"]) == (200, True), first.text
    assert (again.status, again["registered"]) == (200, False), again.text
    assert first["message"] == f"{provider.kind.capitalize()} login successful"
    assert first["user"]["userId"] == again["user"]["userId"]
    assert first["user"]["name"] == "Ada Lovelace"


def test_the_session_is_one_like_any_other(api, google, browser):
    answer = browser.sign_in(google)
    refreshed = api.post("/login/refresh", refreshToken=answer["refreshToken"])

    assert api.post("/login/validate", sessionToken=refreshed["sessionToken"]).status == 200
    claims = claims_of(refreshed["sessionToken"])
    assert (claims["sub"], claims["amr"]) == (answer["user"]["userId"], ["fed"])


def test_an_email_that_google_vouches_for_is_the_customers_and_makes_the_device_known(google, browser):
    answer = browser.sign_in(google)

    assert (answer["user"]["email"], answer["user"]["verifiedEmail"]) == (google.person["email"], True)
    assert answer["device"] is not None


def test_a_picture_is_shown_once_and_stored_nowhere(api, google, browser):
    assert browser.sign_in(google)["user"]["picture"] == "https://pictures.example/ada.jpg"
    assert "pictures.example" not in str(api.table("CustomersTable")) + str(api.table("CodesTable"))


def test_apples_relay_address_is_kept_as_it_is(apple, browser):
    assert browser.sign_in(apple)["user"]["email"] == apple.person["email"]


def test_apples_names_of_the_first_form_are_the_customers(apple, browser, other_browser):
    first, again = browser.sign_in(apple), other_browser.sign_in(apple)

    assert [answer["user"]["name"] for answer in (first, again)] == ["Ada Lovelace"] * 2


@pytest.mark.parametrize("email", [{"email_verified": False}, {"email_verified": "false"}, {"email": "ada@example.com"}, {"email": ...}])
def test_an_email_that_google_does_not_vouch_for_is_nobodys(api, google, browser, email):
    google.claims |= email
    answer = browser.sign_in(google)
    token = {"authorization": f"Bearer {answer['sessionToken']}"}

    assert (answer.status, answer["user"]["email"], answer["device"]) == (200, None, None)
    [identity] = api.get("/store/customers/me/identities", headers=token)["identities"]
    assert identity["email"] == (None if email.get("email") is ... else email.get("email", google.person["email"]))


def test_facebooks_email_is_never_verified(facebook, browser):
    answer = browser.sign_in(facebook)

    assert (answer.status, answer["user"]["email"], answer["user"]["verifiedEmail"]) == (200, None, False)


def test_a_repeated_call_with_its_key_gets_the_same_session(google, browser):
    signed_in = browser.visit(google)
    first, again = (browser.exchange(google, signed_in, key=KEY) for _ in range(2))

    assert (first.status, again.status) == (200, 200), again.text
    assert first["refreshToken"] == again["refreshToken"]
    assert first["user"]["userId"] == again["user"]["userId"]
    assert google.counts["token"] == 1


@pytest.mark.parametrize("key", [None, "another-key-of-20-chars"])
def test_a_repeated_call_without_its_key_is_refused(google, browser, key):
    signed_in = browser.visit(google)
    browser.exchange(google, signed_in, key=KEY)

    assert browser.exchange(google, signed_in, key=key).status == 401


def test_a_repeat_with_the_key_and_another_code_ends_the_kept_response(google, browser):
    signed_in = browser.visit(google)
    browser.exchange(google, signed_in, key=KEY)

    assert browser.exchange(google, signed_in._replace(code="guessed"), key=KEY).status == 401
    assert browser.exchange(google, signed_in, key=KEY).status == 401


def test_a_repeat_is_answered_for_two_minutes(api, google, browser):
    signed_in = browser.visit(google)
    browser.exchange(google, signed_in, key=KEY)
    api.clock.advance(120)

    assert browser.exchange(google, signed_in, key=KEY).status == 401


def test_a_repeat_whose_session_has_ended_is_refused(api, google, browser):
    signed_in = browser.visit(google)
    first = browser.exchange(google, signed_in, key=KEY)
    api.post("/login/logout", refreshToken=first["refreshToken"])

    assert browser.exchange(google, signed_in, key=KEY).status == 401


@ON_DYNAMODB
def test_of_32_concurrent_exchanges_of_one_state_one_starts_a_session(api, google, browser):
    signed_in = browser.visit(google)

    answers = at_once(32, lambda _: browser.exchange(google, signed_in))

    statuses = [answer.status for answer in answers]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 401, 503}
    assert google.counts["token"] == 1


@ON_DYNAMODB
def test_two_first_sign_ins_of_one_person_at_once_are_one_customer(api, provider, browser, other_browser):
    before = accounts(api)
    visits = [(each, each.visit(provider)) for each in (browser, other_browser)]

    answers = at_once(2, lambda i: visits[i][0].exchange(provider, visits[i][1]))

    assert [answer.status for answer in answers] == [200, 200], answers
    assert len({answer["user"]["userId"] for answer in answers}) == 1
    assert sorted(answer["registered"] for answer in answers) == [False, True]
    assert accounts(api) == before + 1


@pytest.mark.parametrize("died", ["killed_before", "killed_after"])
def test_a_call_that_died_at_its_commit_leaves_a_whole_account_or_none(api, google, browser, other_browser, died):
    signed_in, before = browser.visit(google), accounts(api)
    with api.wire.broken("TransactWriteItems", died, times=1), pytest.raises(Killed):
        browser.exchange(google, signed_in, key=KEY)

    assert accounts(api) == before + (died == "killed_after")
    assert other_browser.sign_in(google)["registered"] is (died == "killed_before")


def test_a_lost_answer_of_dynamodb_is_one_session(api, google, browser):
    signed_in = browser.visit(google)
    with api.wire.broken("TransactWriteItems", "answer_lost", times=1):
        answer = browser.exchange(google, signed_in)

    assert answer.status == 200
    sessions = [item for item in api.table("SessionsTable") if item["pk"]["S"] == answer["user"]["userId"]]
    assert len(sessions) == 1


def test_a_referral_code_counts_for_a_new_account_alone(api, google, browser, other_browser, customer):
    code = customer.session["customer"]["referral_code"]
    new = browser.exchange(google, browser.visit(google), referralCode=code)
    old = other_browser.exchange(google, other_browser.visit(google), referralCode=code)

    assert [new["referral"], old["referral"]] == [None, None]
    headers = {"authorization": f"Bearer {customer.session['token']}"}
    assert len(api.get("/store/my-referrals", headers=headers)["children"]) == 1


@pytest.mark.parametrize("code", ["7K2M9XQ4R8TD", "nonsense"])
def test_a_referral_code_that_is_nobodys_is_ignored(google, browser, code):
    answer = browser.exchange(google, browser.visit(google), referralCode=code)

    assert (answer.status, answer["registered"], answer["referral"]) == (200, True, "ignored"), answer.text


def test_a_provider_that_is_not_set_up_is_not_found(all_set_up, set_up, browser, provider):
    signed_in = browser.visit(provider)
    set_up()

    assert browser.exchange(provider, signed_in).status == 404
    assert browser.start(provider).status == 404


def test_an_unknown_provider_is_not_found(api, all_set_up):
    for path in ("/login/myspace/start", "/login/__proto__/start"):
        assert api.post(path, redirectUrl="https://shop.example.com/auth/callback").status == 404


def test_a_private_key_that_is_none_is_ours_to_mend_and_spends_no_state(all_set_up, set_up, apple, browser):
    set_up(*all_set_up.values(), APPLE_PRIVATE_KEY="-----BEGIN PRIVATE KEY-----")
    signed_in = browser.visit(apple)
    refused = browser.exchange(apple, signed_in)
    set_up(*all_set_up.values())

    assert (refused.status, refused["type"]) == (503, "unavailable")
    assert browser.exchange(apple, signed_in).status == 200
