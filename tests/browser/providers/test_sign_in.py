"""Signing up and in by a provider on the demo page, through the redirect there and back."""

import contextlib
import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.harness.local_providers import Visitor

EXCHANGE = "**/login/google/exchange"
NAMES = ("Google", "Apple", "Facebook")


@pytest.mark.parametrize("provider", NAMES)
def test_a_person_signs_up_by_a_provider_and_comes_back_as_the_same_customer(demo, provider):
    demo.sign_in_by(provider, f"Edsger {provider}")
    expect(demo.page.locator("#welcome")).to_have_text("Your account was just created.")
    expect(demo.page.locator("#who")).to_have_text(f"Edsger {provider}")
    customer = demo.customer_id

    demo.log_out()
    demo.sign_in_by(provider, f"Edsger {provider}")

    expect(demo.page.locator("#welcome")).to_have_text("Welcome back.")
    assert demo.customer_id == customer


def test_another_person_is_another_customer(demo):
    demo.sign_in_by("Google", "Barbara")
    customer = demo.customer_id
    demo.log_out()
    demo.sign_in_by("Google", "Frances")

    assert demo.customer_id != customer


def test_known_people_are_one_click_away(demo):
    demo.button("Continue with Apple").click()
    demo.page.get_by_label("Grace Hopper").check()
    demo.button("Continue").click()

    expect(demo.page.locator("#who")).to_have_text("Grace Hopper")


def test_neither_the_address_nor_the_history_keeps_the_code(demo):
    demo.sign_in_by("Google", "Niklaus")

    expect(demo.page).to_have_url(f"{demo.stack.url}/_local/demo/")
    demo.page.reload()
    expect(demo.title).to_have_text("You are signed in")
    assert "code" not in demo.page.evaluate("location.href + document.referrer")
    assert demo.page.evaluate("sessionStorage.length") == 0


def test_who_cancels_can_try_again_or_sign_in_another_way(demo):
    demo.button("Continue with Google").click()
    demo.button("Cancel").click()

    expect(demo.error).to_have_text("You did not continue with Google.")
    expect(demo.page).to_have_url(f"{demo.stack.url}/_local/demo/")
    demo.button("Try again").click()
    demo.button("Cancel").click()
    demo.button("Other ways to sign in").click()
    expect(demo.title).to_have_text("Sign in or sign up")


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (502, "provider_error", "The provider is out of order. Try again, or sign in another way."),
        (504, "provider_timeout", "The provider did not answer in time. Try again, or sign in another way."),
    ],
)
def test_a_provider_that_fails_is_tried_again_with_the_same_code(demo, status, kind, words):
    with demo.refusing(EXCHANGE, status, kind):
        demo.button("Continue with Google").click()
        demo.choose("Tony")
        expect(demo.error).to_have_text(words)

    with demo.page.expect_request(EXCHANGE) as exchange:
        demo.button("Try again").click()
    assert exchange.value.post_data_json.keys() == {"code", "state"}
    expect(demo.title).to_have_text("You are signed in")


def test_a_sign_in_that_has_expired_begins_anew(demo):
    with demo.refusing(EXCHANGE, 401, "wrong_proof"):
        demo.button("Continue with Google").click()
        demo.choose("Leslie")
        expect(demo.error).to_have_text("This sign-in has expired, or it began in another browser. Try again.")

    demo.button("Try again").click()
    demo.choose("Leslie")
    expect(demo.title).to_have_text("You are signed in")


def test_a_provider_that_cannot_be_reached_is_said_to_be_out_of_order_beside_its_button(demo):
    with demo.refusing("**/login/apple/start", 502, "provider_error"):
        demo.button("Continue with Apple").click()
        expect(demo.error).to_contain_text("The provider is out of order.")
    demo.button("Continue with Apple").click()
    expect(demo.page).to_have_title("Sign in with the local Apple")


def test_what_another_browser_has_begun_signs_nobody_in(demo, stack):
    with contextlib.closing(Visitor(stack)) as visitor:
        answer = visitor.answer_of(visitor.sign_in_at(visitor.start("google"), other="Mallory"))

    demo.page.goto(f"/_local/demo/?{urlencode(answer)}")

    expect(demo.notice).to_have_text("This sign-in has expired, or it began in another browser. Try again.")
    expect(demo.title).to_have_text("Sign in or sign up")
    expect(demo.page).to_have_url(re.compile(r"/_local/demo/$"))


def test_what_another_browser_has_begun_signs_nobody_in_who_has_begun_too(demo, stack):
    with contextlib.closing(Visitor(stack)) as visitor:
        answer = visitor.answer_of(visitor.sign_in_at(visitor.start("google"), other="Mallory"))
    demo.button("Continue with Google").click()
    expect(demo.page).to_have_title("Sign in with the local Google")

    demo.page.goto(f"/_local/demo/?{urlencode(answer)}")

    expect(demo.error).to_have_text("This sign-in has expired, or it began in another browser. Try again.")
    expect(demo.title).to_have_text("Sign in with Google")


def test_a_step_that_needed_a_recent_sign_in_comes_after_the_sign_in_by_a_provider(demo):
    demo.sign_in_by("Google", "Donald")
    demo.stack.post("/_local/clock", advance_seconds=301)
    demo.page.goto("/_local/demo/#download")
    demo.submit.click()
    expect(demo.error).to_have_text("This needs a sign-in of just now.")

    demo.button("Sign in again").click()
    demo.button("Continue with Google").click()
    demo.choose("Donald")

    expect(demo.title).to_have_text("Download my data")


def test_a_page_whose_service_has_no_provider_shows_none(demo):
    demo.page.route(
        "**/demo/settings.js",
        lambda route: route.fulfill(
            content_type="text/javascript", body=re.sub(r'"providers": \[[^]]*\]', '"providers": []', route.fetch().text())
        ),
    )
    demo.page.reload()

    expect(demo.page.locator("#ask")).to_be_visible()
    expect(demo.page.get_by_role("button", name="Continue with")).to_have_count(0)
