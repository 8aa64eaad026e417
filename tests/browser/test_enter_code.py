"""Entering a code on the demo page: typed, pasted or filled in by the browser, wrong, late, or sent again."""

import pytest
from playwright.sync_api import expect

SIGNED_IN = "You are signed in"


def wrong(code):
    return "000000" if code != "000000" else "111111"


def test_a_wrong_code_is_reported_at_its_field_and_the_right_one_still_counts(demo, number):
    demo.request_code(number)
    code = demo.code_sent_to(number)
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
    demo.request_code(number)
    code = demo.code_sent_to(number)
    expect(demo.code).to_be_focused()
    demo.page.evaluate("text => navigator.clipboard.writeText(text)", form.format(code, code[:3], code[3:]))

    demo.page.keyboard.press("Control+V")

    expect(demo.title).to_have_text(SIGNED_IN)


def test_persian_digits_are_digits(demo, number):
    persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    demo.request_code(number.translate(persian))
    demo.code.fill(demo.code_sent_to(number).translate(persian))

    expect(demo.title).to_have_text(SIGNED_IN)


def test_the_browser_fills_the_code_in_from_the_sms(device, opened, number):
    context = device()
    context.add_init_script("""
        globalThis.OTPCredential = class {};
        if (navigator.credentials) navigator.credentials.get = (options) => {
            const { promise, resolve } = Promise.withResolvers();
            Object.assign(globalThis, { options, fill: (code) => resolve({ code }) });
            return promise;
        };
    """)
    demo = opened(context)
    demo.request_code(number)
    expect(demo.code).to_be_focused()
    assert demo.page.evaluate("options.otp") == {"transport": ["sms"]}

    demo.page.evaluate("code => fill(code)", demo.code_sent_to(number))

    expect(demo.title).to_have_text(SIGNED_IN)


def test_phones_recognize_the_code_field(demo, number):
    demo.request_code(number)

    expect(demo.code).to_have_attribute("autocomplete", "one-time-code")
    expect(demo.code).to_have_attribute("inputmode", "numeric")


def test_a_new_code_can_be_requested_after_the_wait(demo, number, stack):
    demo.page.clock.install()
    demo.request_code(number)
    expect(demo.resend).to_have_text("Send a new code in 1:29")
    demo.resend.click(force=True)  # it does nothing yet
    first = demo.code_sent_to(number)

    stack.post("/_local/clock", advance_seconds=90)
    demo.page.clock.fast_forward(90_000)
    expect(demo.resend).to_have_text("Send a new code")
    demo.resend.click()

    expect(demo.page.locator("#delivery")).to_have_text("A new code is on its way. The old one no longer works.")
    expect(demo.resend).to_have_text("Send a new code in 1:29")
    second = demo.code_sent_to(number, count=2)
    demo.code.fill(first)
    if first != second:
        expect(demo.error).not_to_be_empty()
    demo.code.fill(second)
    expect(demo.title).to_have_text(SIGNED_IN)


def test_a_reload_continues_with_the_requested_code(demo, number):
    demo.request_code(number)
    code = demo.code_sent_to(number)
    expect(demo.code).to_be_focused()

    demo.page.reload()
    demo.code.fill(code)

    expect(demo.title).to_have_text(SIGNED_IN)


def test_a_failed_delivery_is_reported(demo, number, stack):
    stack.post("/_local/faults", sender="sms", mode="reject", for_seconds=3600)
    demo.request_code(number)

    expect(demo.page.locator("#delivery")).to_have_text("The code could not be delivered. Check the address, or use another.")
    stack.post("/_local/faults", sender="sms", mode="reject", for_seconds=0)
