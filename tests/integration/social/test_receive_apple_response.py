"""Apple's answer by a form, and where it sends the browser."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from customer_auth.base import ids
from tests.harness.browsers import FORM, OTHER_PAGE, PAGE

CALLBACK = "/login/apple/callback"


@pytest.fixture
def post_form(api):
    return lambda **fields: api.post(CALLBACK, headers=FORM, raw=urlencode(fields).encode())


@pytest.mark.parametrize("page", [PAGE, OTHER_PAGE])
def test_the_browser_goes_on_with_the_state_and_the_code_alone(apple, browser, post_form, page):
    state = browser.start(apple, page)["state"]
    answer = post_form(state=state, code="c5a", user='{"name":{}}', iss="https://appleid.apple.com", id_token="x.y.z")
    location = urlsplit(answer.headers["location"])

    assert (answer.status, answer.text, answer.headers["cache-control"]) == (303, "", "no-store")
    assert answer.headers["location"].startswith(page)
    assert {name: value for name, [value] in parse_qs(location.query).items() if name != "tab"} == {"state": state, "code": "c5a"}


@pytest.mark.parametrize(("sent", "passed_on"), [("user_cancelled_authorize", "user_cancelled_authorize"), ('"\x01', "server_error")])
def test_an_error_is_passed_on(apple, browser, post_form, sent, passed_on):
    state = browser.start(apple)["state"]
    answer = post_form(state=state, error=sent)

    if answer.status == 303:
        assert parse_qs(urlsplit(answer.headers["location"]).query) == {"state": [state], "error": [passed_on]}
    else:
        assert (answer.status, answer["errors"][0]["field"]) == (400, "error")


@pytest.mark.parametrize("state", ["x", "A" * 54, "https://evil.example", ids.base64url(bytes(32) + ids.sha256(PAGE.encode())[:8])])
def test_a_state_that_is_not_ours_sends_nobody_anywhere(apple, post_form, state):
    answer = post_form(state=state, code="c5a")

    assert (answer.status, answer["type"]) == (401, "wrong_proof")
    assert "location" not in answer.headers


def test_a_form_without_a_state_is_refused(apple, post_form):
    answer = post_form(state="", code="c5a")

    assert (answer.status, answer["errors"][0]["field"]) == (400, "state")


def test_line_ends_in_a_code_begin_no_header(apple, browser, post_form):
    answer = post_form(state=browser.start(apple)["state"], code="c5a\r\nset-cookie: x=1")

    assert answer.status == 400


def test_the_names_of_the_first_form_count(apple, browser, post_form):
    signed_in = browser.visit(apple)
    post_form(state=signed_in.state, code="c5a", user='{"name":{"firstName":"Mallory","lastName":"M"}}')

    assert browser.exchange(apple, signed_in)["user"]["name"] == "Ada Lovelace"


@pytest.mark.parametrize("user", ["", "nonsense", "[]", '{"name": 7}', '{"name": {"firstName": ["Ada"]}}', "[" * 2000])
def test_a_form_with_nonsense_for_names_is_passed_on(apple, browser, post_form, user):
    assert post_form(state=browser.start(apple)["state"], code="c5a", user=user).status == 303


def test_a_form_costs_no_request_without_names_and_one_with_them(apple, browser, post_form):
    state = browser.start(apple)["state"]

    assert post_form(state=state, code="c5a").aws_calls == ()
    assert post_form(state=state, code="c5a", user='{"name":{"firstName":"Ada"}}').aws_calls == ("PutItem",)


def test_json_is_no_form(api, apple, browser):
    assert api.post(CALLBACK, state=browser.start(apple)["state"], code="c5a").status == 415
