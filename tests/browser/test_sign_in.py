"""Signing up and in with a code on the demo page, by phone and email."""

import pytest
from playwright.sync_api import expect

SIGNED_IN = "You are signed in"


@pytest.mark.parametrize("by", ["phone", "email"])
def test_a_stranger_signs_up_and_comes_back(demo, number, stack, by):
    address = number if by == "phone" else f"ada{number[-4:]}@example.com"
    demo.sign_in(address)

    expect(demo.title).to_have_text(SIGNED_IN)
    expect(demo.title).to_be_focused()
    expect(demo.page.locator("#welcome")).to_have_text("Your account was just created.")
    demo.page.get_by_role("button", name="Log out here").click()
    stack.post("/_local/clock", advance_seconds=90)
    demo.sign_in(address, count=2)
    expect(demo.page.locator("#welcome")).to_have_text("Welcome back.")


def test_a_throttled_code_request_counts_down_and_can_then_be_repeated(demo, number, stack):
    stack.post("/login/mobile/send", phone=number)
    demo.page.clock.install()
    demo.request_code(number)

    expect(demo.error).to_have_text("Too many attempts. You can try again when the time below is over.")
    expect(demo.submit).to_have_text("Try again in 1:29")
    expect(demo.submit).to_have_attribute("aria-disabled", "true")

    stack.post("/_local/clock", advance_seconds=90)
    demo.page.clock.fast_forward(90_000)
    expect(demo.submit).to_have_text("Send code")
    expect(demo.error).to_have_count(0)
    demo.submit.click()
    expect(demo.code).to_be_focused()


def test_another_address_need_not_wait(demo, numbers, stack):
    throttled, other = next(numbers), next(numbers)
    stack.post("/login/mobile/send", phone=throttled)
    demo.request_code(throttled)
    expect(demo.submit).to_contain_text("Try again in")

    demo.request_code(other)

    expect(demo.code).to_be_focused()


def test_without_a_connection_the_page_says_so_and_nothing_is_lost(demo, number):
    demo.page.context.set_offline(True)
    expect(demo.page.locator("#offline")).to_have_text("You are offline.")
    demo.request_code(number)
    expect(demo.error).to_have_text("There is no connection. Nothing is lost: try again when you are back online.")

    demo.page.context.set_offline(False)

    expect(demo.page.locator("#offline")).to_be_hidden()
    demo.submit.click()
    expect(demo.code).to_be_focused()


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("", "Enter your phone number."),
        ("12", "This number cannot be used. Check that it is complete and can receive SMS."),
        ("4155550", "This number cannot be used. Check that it is complete and can receive SMS."),
        ("+49 1512 3456789", "We only send codes to numbers of: United States, Türkiye, Iran."),
        ("ada@", "This email address cannot be used. Check its spelling."),
    ],
)
def test_an_address_that_cannot_be_used_is_reported_at_its_field(demo, address, text):
    demo.request_code(address)

    expect(demo.error).to_have_text(text)
    expect(demo.page.locator("[aria-invalid=true]")).to_be_focused()


def test_an_address_that_was_mistyped_can_be_changed(demo, numbers):
    demo.request_code(next(numbers))
    demo.page.get_by_role("button", name="Change").click()

    expect(demo.phone).to_be_focused()
    right = next(numbers)
    demo.sign_in(right)


def test_the_keyboard_alone_is_enough(demo, number):
    press, write = demo.page.keyboard.press, demo.page.keyboard.type
    press("Tab")
    expect(demo.page.locator("#language")).to_be_focused()
    press("Tab")
    expect(demo.page.get_by_role("radio", name="Phone")).to_be_focused()
    press("Tab")
    expect(demo.phone).to_be_focused()
    write(number)
    press("Enter")
    expect(demo.code).to_be_focused()
    write(demo.code_sent_to(number))
    expect(demo.title).to_be_focused()
    press("Tab")
    expect(demo.page.get_by_role("button", name="Log out here")).to_be_focused()
    press("Enter")
    expect(demo.title).to_have_text("Sign in or sign up")
    expect(demo.title).to_be_focused()
