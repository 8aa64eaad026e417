"""The state of a sign-in by a provider: once, for ten minutes, for one provider, page and browser."""

import pytest

from tests.harness import provider_faults
from tests.harness.browsers import PAGE, Browser, new_person
from tests.harness.crowds import at_once


def test_the_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts(google, browser):
    [cookie] = browser.start(google).cookies

    assert cookie.startswith("__Host-")
    assert cookie.endswith("; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax")
    assert cookie.partition("=")[2].partition(";")[0] == browser.started["binding"]


def test_a_state_without_its_browser_is_refused(google, browser, other_browser):
    signed_in = browser.visit(google)

    assert other_browser.exchange(google, signed_in).status == 401
    assert browser.exchange(google, signed_in).status == 200


def test_a_client_without_cookies_sends_the_binding(api, google):
    client = Browser(api, keeps_cookies=False)
    signed_in = client.visit(google)

    assert client.exchange(google, signed_in).status == 401
    assert client.exchange(google, signed_in, binding=client.started["binding"]).status == 200


def test_a_client_without_cookies_must_send_the_state(api, google):
    client = Browser(api, keeps_cookies=False)
    signed_in = client.visit(google)

    assert client.exchange(google, signed_in._replace(state=None), binding=client.started["binding"]).status == 401


def test_with_the_cookie_the_state_may_be_left_out(google, browser):
    assert browser.exchange(google, browser.visit(google)._replace(state=None)).status == 200


def test_without_a_state_the_newest_of_this_provider_is_meant(google, apple, browser):
    browser.visit(google)
    newest = browser.visit_as_another(google)
    browser.visit(apple)

    assert browser.exchange(google, newest._replace(state=None)).status == 200
    assert browser.exchange(google, newest._replace(state=None)).status == 401


def test_facebook_needs_the_state(facebook, browser):
    answer = browser.exchange(facebook, browser.visit(facebook)._replace(state=None))

    assert (answer.status, answer["errorCode"], answer["errors"][0]["field"]) == (400, "E011002", "state")


@pytest.mark.parametrize("with_cookie", [True, False], ids=["cookie", "binding"])
def test_another_persons_code_in_ones_browser_signs_nobody_in(api, google, browser, with_cookie):
    attacker = Browser(api)
    stolen = attacker.visit_as_another(google)
    browser.keeps_cookies = with_cookie
    browser.visit(google)
    mine = {} if with_cookie else {"binding": browser.started["binding"]}

    assert browser.exchange(google, stolen, **mine).status == 401
    assert browser.exchange(google, stolen._replace(state=browser.started["state"]), **mine).status == 401
    if with_cookie:
        assert browser.exchange(google, stolen._replace(state=None)).status == 401


def test_a_state_of_one_provider_is_none_of_another(google, apple, browser):
    at_apple, at_google = browser.visit(apple), browser.visit(google)

    assert browser.exchange(google, at_google._replace(state=at_apple.state)).status == 401
    assert browser.exchange(apple, at_apple._replace(state=at_google.state)).status == 401
    assert browser.exchange(google, at_google).status == 200
    assert browser.exchange(apple, at_apple).status == 200


def test_a_state_counts_once(google, browser):
    signed_in = browser.visit(google)
    browser.exchange(google, signed_in)

    assert browser.exchange(google, google.sign_in(browser.started["authUrl"])).status == 401


@pytest.mark.parametrize(("seconds", "status"), [(599, 200), (600, 401)])
def test_a_state_lives_for_ten_minutes(api, google, browser, seconds, status):
    signed_in = browser.visit(google)
    api.clock.advance(seconds)

    assert browser.exchange(google, signed_in).status == status


def test_two_tabs_both_work(google, apple, browser):
    first, second, third = browser.visit(google), browser.visit_as_another(google), browser.visit(apple)

    assert [browser.exchange(google, each).status for each in (first, second)] == [200, 200]
    assert browser.exchange(apple, third).status == 200


def test_a_sixth_sign_in_displaces_the_oldest(google, browser):
    oldest, *others = [browser.visit_as_another(google) for _ in range(6)]

    assert browser.exchange(google, oldest).status == 401
    assert [browser.exchange(google, each).status for each in others] == [200] * 5


def test_a_sign_in_that_is_overtaken_by_others_of_its_browser_completes(api, google, browser):
    signed_in = browser.visit(google)
    issue = google.token

    def meanwhile(form):
        browser.start(google)
        browser.start(google)
        return issue(form)

    google.token = meanwhile

    assert browser.exchange(google, signed_in).status == 200


@pytest.mark.parametrize("fault", [provider_faults.status(500), provider_faults.huge], ids=["500", "huge"])
def test_a_providers_failure_does_not_spend_the_state(google, browser, fault):
    signed_in = browser.visit(google)
    google.faults["token"] = fault
    failed = browser.exchange(google, signed_in)
    google.faults.clear()

    assert (failed.status, failed["type"]) == (502, "provider_error")
    assert browser.exchange(google, signed_in).status == 200


def test_a_refused_code_spends_the_state(google, browser):
    signed_in = browser.visit(google)

    assert [browser.exchange(google, signed_in._replace(code=f"guess-{i}")).status for i in range(3)] == [401] * 3
    assert google.counts["token"] == 1
    assert browser.exchange(google, signed_in).status == 401


def test_a_spent_state_stays_spent_however_often_a_provider_fails_afterwards(google, browser):
    spent = browser.visit(google)
    url = browser.started["authUrl"]
    browser.exchange(google, spent._replace(code="refused"))
    other = browser.visit_as_another(google)
    google.faults["token"] = provider_faults.status(503)
    assert [browser.exchange(google, other).status for _ in range(6)] == [502] * 6
    google.faults.clear()

    assert browser.exchange(google, google.sign_in(url)).status == 401
    assert browser.exchange(google, other).status == 200


def test_an_accepted_code_spends_the_state_whatever_follows(google, browser):
    signed_in = browser.visit(google)
    google.claims["aud"] = "somebody-else"
    assert browser.exchange(google, signed_in).status == 401
    google.claims.clear()

    assert browser.exchange(google, google.sign_in(browser.started["authUrl"])).status == 401


def test_another_call_meanwhile_is_asked_to_try_again(google, browser):
    signed_in, during = browser.visit(google), []
    issue = google.token

    def meanwhile(form):
        during.append(browser.exchange(google, signed_in))
        return issue(form)

    google.token = meanwhile

    assert browser.exchange(google, signed_in).status == 200
    assert [(answer.status, answer.retry_after) for answer in during] == [(503, 2)]


def test_nothing_secret_of_a_sign_in_is_stored(api, google, browser):
    signed_in = browser.visit(google)
    stored = str(api.table("CodesTable"))

    for secret in (browser.started["state"], browser.started["binding"], signed_in.code):
        assert secret not in stored


def test_starts_at_once_are_all_pending(api, google, browser):
    browser.start(google)
    answers = at_once(4, lambda _: api.post("/login/google/start", headers={"cookie": browser.cookie}, redirectUrl=PAGE))

    visits = [google.sign_in(answer["authUrl"], **new_person("google")) for answer in answers]
    assert [browser.exchange(google, each).status for each in visits] == [200] * 4
