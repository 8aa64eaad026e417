"""The pages for passwords for everyone: password managers, the keyboard, the history, and assistive technology."""

import pytest
from playwright.sync_api import expect

from tests.browser.passwords.people import PASSWORD, Steps


def test_fields_say_what_a_password_manager_may_fill_in(demo):
    fields = demo.page.locator("input[autocomplete]").evaluate_all(
        "all => Object.fromEntries(all.map((each) => [each.id, each.autocomplete]))"
    )

    for name in ("password-who", "register-email", "reset-username", "new-password-username"):
        assert fields[name] == "username"
    assert fields["password-password"] == fields["new-password-old_password"] == "current-password"
    for name in ("register-password", "reset-password", "new-password-new_password", "new-password-confirm_password"):
        assert fields[name] == "new-password"
    assert fields["code"] == "one-time-code"


def test_a_password_is_shown_and_hidden_by_the_keyboard_and_never_stored(steps, demo):
    steps.open("password")
    field = demo.page.locator("#password-password")
    field.fill(PASSWORD)
    demo.page.keyboard.press("Tab")
    demo.page.keyboard.press("Space")
    expect(field).to_have_attribute("type", "text")
    expect(demo.page.get_by_role("button", name="Hide: Password")).to_be_focused()

    steps.go("register")
    demo.page.go_back()

    expect(field).to_have_value("")
    expect(field).to_have_attribute("type", "password")


def test_the_way_back_leads_through_the_steps(steps, demo):
    steps.go("password")
    steps.go("forgot")
    expect(demo.title).to_have_text("Forgot your password?")
    demo.page.go_back()
    expect(demo.title).to_have_text("Sign in with a password")
    demo.page.go_back()

    expect(demo.title).to_have_text("Sign in or sign up")


def test_a_page_of_the_account_asks_to_sign_in_first(steps, demo):
    steps.open("sessions")
    demo.page.reload()

    expect(demo.title).to_have_text("Sign in or sign up")


SIGNED_OUT = ("password", "register", "forgot")
LOADED = {"sessions": "#sessions-list li:first-child", "referrals": "#referrals-none:not(:empty)"}
SIGNED_IN = ("profile", "contact", "new-password", "sessions", "referrals")


@pytest.mark.parametrize(("language", "scheme"), [("tr-TR", "light"), ("fa-IR", "dark")])
def test_every_step_is_accessible_and_fits_the_screen(device, opened, regular, axe, language, scheme):
    demo = opened(device(locale=language, reduced_motion="reduce", color_scheme=scheme))
    steps, violations = Steps(demo), {}

    def look(name):
        if name != "signed in":
            expect(demo.page.locator(f"#{name}")).to_be_visible()
        assert demo.page.evaluate("document.documentElement.scrollWidth") == 360, name
        violations[name] = axe(demo.page)

    expect(demo.page.locator("html")).to_have_attribute("dir", "rtl" if language == "fa-IR" else "ltr")
    for name in SIGNED_OUT:
        steps.open(name)
        steps.submit()
        expect(demo.error).not_to_be_empty()
        look(name)
    demo.page.goto(f"/reset-password?token=none&email={regular.email}")
    look("reset")
    steps.sign_in(regular)
    look("account")
    for name in SIGNED_IN:
        steps.open(name)
        expect(demo.page.locator(LOADED.get(name, "h1:visible"))).to_be_visible()
        look(name)

    assert {name: each for name, each in violations.items() if each} == {}
