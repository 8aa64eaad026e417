"""Beginning a sign-in by a provider."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.harness import provider_faults
from tests.harness.browsers import OTHER_PAGE, PAGE, Browser

# What looks like the allowed page, and is another.
MUTANTS = [
    "https://shop.example.com/auth/callback/",
    "https://shop.example.com/auth/callback?",
    "https://shop.example.com/auth/callback?next=/",
    "https://shop.example.com/auth/callback#",
    "https://shop.example.com/auth/callback#fragment",
    "https://shop.example.com/auth/callbackx",
    "https://shop.example.com/auth/callback/../evil",
    "https://shop.example.com/auth/./callback",
    "https://shop.example.com/auth/x/../callback",
    "https://shop.example.com//auth/callback",
    "https://shop.example.com/auth//callback",
    "https://shop.example.com/auth/%63allback",
    "https://shop.example.com/auth%2Fcallback",
    "https://shop.example.com/auth/%2e%2e/callback",
    "https://shop.example.com/auth/callback%00",
    "https://shop.example.com/auth/callback%0d%0aset-cookie:x=1",
    "https://shop.example.com/auth/callback\\@evil.example",
    "https://shop.example.com\\auth\\callback",
    "https:\\\\shop.example.com/auth/callback",
    "https:/shop.example.com/auth/callback",
    "https:shop.example.com/auth/callback",
    "//shop.example.com/auth/callback",
    "/auth/callback",
    "http://shop.example.com/auth/callback",
    "HTTPS://shop.example.com/auth/callback",
    "https://Shop.example.com/auth/callback",
    "https://shop.example.com./auth/callback",
    "https://shop.example.com:443/auth/callback",
    "https://shop.example.com:8443/auth/callback",
    "https://shop.example.com@evil.example/auth/callback",
    "https://ada:secret@shop.example.com/auth/callback",
    "https://shop.example.com.evil.example/auth/callback",
    "https://evilshop.example.com/auth/callback",
    "https://evil.shop.example.com/auth/callback",
    "https://shop.example.co/auth/callback",
    "https://ѕhop.example.com/auth/callback",
    "https://xn--hop-2ed.example.com/auth/callback",
    "https://shop。example.com/auth/callback",
    " https://shop.example.com/auth/callback",
    "javascript:location='https://shop.example.com/auth/callback'",
]


@pytest.mark.parametrize("page", MUTANTS)
def test_a_page_that_is_not_exactly_an_allowed_one_is_refused(api, google, page):
    answer = api.post("/login/google/start", redirectUrl=page)

    assert (answer.status, answer["errorCode"], answer["errors"][0]["field"]) == (400, "E011001", "redirectUrl")
    assert page not in answer.text
    assert not answer.cookies


@pytest.mark.parametrize("page", [PAGE, OTHER_PAGE])
def test_an_allowed_page_is_where_the_browser_returns(google, browser, page):
    answer = browser.start(google, page)
    query = parse_qs(urlsplit(answer["authUrl"]).query)

    assert (answer.status, answer["message"]) == (200, "Google OAuth started")
    assert query["redirect_uri"] == [page]
    assert query["state"] == [answer["state"]]


def test_apple_answers_to_this_service(apple, browser):
    query = parse_qs(urlsplit(browser.start(apple)["authUrl"]).query)

    assert query["redirect_uri"] == ["https://auth.shop.example/login/apple/callback"]
    assert query["response_mode"] == ["form_post"]


def test_every_start_has_another_state_nonce_and_challenge(google, browser):
    starts = [parse_qs(urlsplit(browser.start(google)["authUrl"]).query) for _ in range(3)]

    for name in ("state", "nonce", "code_challenge"):
        assert len({query[name][0] for query in starts}) == 3


def test_a_browser_keeps_its_cookie(google, apple, browser):
    first = browser.start(google)["binding"]

    assert browser.start(apple)["binding"] == first


@pytest.mark.parametrize("value", ["", "x", "A" * 44, "not/base64+url" + "A" * 29])
def test_a_cookie_that_is_not_ours_is_replaced(api, google, value):
    name = Browser(api).start(google).cookies[0].partition("=")[0]
    answer = api.post("/login/google/start", headers={"cookie": f"{name}={value}"}, redirectUrl=PAGE)

    assert answer.status == 200
    assert answer["binding"] != value


def test_a_start_is_one_write(google, browser):
    browser.start(google)

    assert browser.start(google).aws_calls == ("UpdateItem",)


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [(provider_faults.status(500), 502, "provider_error"), (provider_faults.nonsense, 502, "provider_error")],
    ids=["500", "nonsense"],
)
def test_a_provider_that_cannot_say_where_it_is_fails(google, browser, fault, status, kind):
    google.faults["discovery"] = fault
    answer = browser.start(google)

    assert (answer.status, answer["type"]) == (status, kind)
    assert "secret" not in answer.text
