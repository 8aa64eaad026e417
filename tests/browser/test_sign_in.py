"""Signing up and in on the demo page, by phone and email, with everything that can go wrong."""

import pytest
from playwright.sync_api import expect

SIGNED_IN = "You are signed in"


def wrong(code):
    return "000000" if code != "000000" else "111111"


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


def test_a_wrong_code_is_reported_at_its_field_and_the_right_one_still_counts(demo, number):
    demo.ask(number)
    code = demo.sent(number)
    demo.code.fill(wrong(code))

    expect(demo.error).to_have_text("This code is wrong, or it has expired. Check it, or ask for a new one.")
    expect(demo.code).to_have_attribute("aria-invalid", "true")
    expect(demo.code).to_be_focused()
    assert demo.error.get_attribute("id") in demo.code.get_attribute("aria-describedby").split()

    demo.code.fill(code)
    expect(demo.title).to_have_text(SIGNED_IN)


@pytest.mark.parametrize("form", ["{0}", "{1}-{2}", "Your code is {0}. Call 14155550123.", "Your code.\n\n@shop.example.com #{0}"])
def test_a_code_is_pasted_in_any_form(device, opened, number, form):
    context = device(permissions=["clipboard-read", "clipboard-write"])
    demo = opened(context)
    demo.ask(number)
    code = demo.sent(number)
    expect(demo.code).to_be_focused()
    demo.page.evaluate("text => navigator.clipboard.writeText(text)", form.format(code, code[:3], code[3:]))

    demo.page.keyboard.press("Control+V")

    expect(demo.title).to_have_text(SIGNED_IN)


def test_persian_digits_are_digits(demo, number):
    persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    demo.ask(number.translate(persian))
    demo.code.fill(demo.sent(number).translate(persian))

    expect(demo.title).to_have_text(SIGNED_IN)


def test_the_browser_fills_the_code_in_from_the_sms(device, opened, number):
    context = device()
    context.add_init_script("""
        globalThis.OTPCredential = class {};
        if (navigator.credentials) navigator.credentials.get = (asked) => {
            const { promise, resolve } = Promise.withResolvers();
            Object.assign(globalThis, { asked, fill: (code) => resolve({ code }) });
            return promise;
        };
    """)
    demo = opened(context)
    demo.ask(number)
    expect(demo.code).to_be_focused()
    assert demo.page.evaluate("asked.otp") == {"transport": ["sms"]}

    demo.page.evaluate("code => fill(code)", demo.sent(number))

    expect(demo.title).to_have_text(SIGNED_IN)


def test_phones_recognize_the_code_field(demo, number):
    demo.ask(number)

    expect(demo.code).to_have_attribute("autocomplete", "one-time-code")
    expect(demo.code).to_have_attribute("inputmode", "numeric")


def test_a_new_code_can_be_requested_after_the_wait(demo, number, stack):
    demo.page.clock.install()
    demo.ask(number)
    expect(demo.resend).to_have_text("Send a new code in 1:29")
    demo.resend.click(force=True)  # it does nothing yet
    first = demo.sent(number)

    stack.post("/_local/clock", advance_seconds=90)
    demo.page.clock.fast_forward(90_000)
    expect(demo.resend).to_have_text("Send a new code")
    demo.resend.click()

    expect(demo.page.locator("#delivery")).to_have_text("A new code is on its way. The old one no longer works.")
    expect(demo.resend).to_have_text("Send a new code in 1:29")
    second = demo.sent(number, count=2)
    demo.code.fill(first)
    if first != second:
        expect(demo.error).not_to_be_empty()
    demo.code.fill(second)
    expect(demo.title).to_have_text(SIGNED_IN)


def test_a_throttled_code_request_counts_down_and_can_then_be_repeated(demo, number, stack):
    stack.post("/login/mobile/send", phone=number)
    demo.page.clock.install()
    demo.ask(number)

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
    demo.ask(throttled)
    expect(demo.submit).to_contain_text("Try again in")

    demo.ask(other)

    expect(demo.code).to_be_focused()


def test_without_a_connection_the_page_says_so_and_nothing_is_lost(demo, number):
    demo.page.context.set_offline(True)
    expect(demo.page.locator("#offline")).to_have_text("You are offline.")
    demo.ask(number)
    expect(demo.error).to_have_text("There is no connection. Nothing is lost: try again when you are back online.")

    demo.page.context.set_offline(False)

    expect(demo.page.locator("#offline")).to_be_hidden()
    demo.submit.click()
    expect(demo.code).to_be_focused()


def test_a_reload_continues_with_the_requested_code(demo, number):
    demo.ask(number)
    code = demo.sent(number)
    expect(demo.code).to_be_focused()

    demo.page.reload()
    demo.code.fill(code)

    expect(demo.title).to_have_text(SIGNED_IN)


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
    demo.ask(address)

    expect(demo.error).to_have_text(text)
    expect(demo.page.locator("[aria-invalid=true]")).to_be_focused()


def test_an_address_that_was_mistyped_can_be_changed(demo, numbers):
    demo.ask(next(numbers))
    demo.page.get_by_role("button", name="Change").click()

    expect(demo.phone).to_be_focused()
    right = next(numbers)
    demo.sign_in(right)


def test_a_failed_delivery_is_reported(demo, number, stack):
    stack.post("/_local/faults", sender="sms", mode="reject", for_seconds=3600)
    demo.ask(number)

    expect(demo.page.locator("#delivery")).to_have_text("The code could not be delivered. Check the address, or use another.")
    stack.post("/_local/faults", sender="sms", mode="reject", for_seconds=0)


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
    write(demo.sent(number))
    expect(demo.title).to_be_focused()
    press("Tab")
    expect(demo.page.get_by_role("button", name="Log out here")).to_be_focused()
    press("Enter")
    expect(demo.title).to_have_text("Sign in or sign up")
    expect(demo.title).to_be_focused()
