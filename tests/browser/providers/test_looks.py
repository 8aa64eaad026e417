"""The pages about providers for everyone: each language, assistive technology, and the narrowest screen; and the provider's own page."""

import pytest
from playwright.sync_api import expect

CONTINUE = {"en-GB": "Continue with Apple", "tr-TR": "Apple ile devam et", "fa-IR": "ادامه با اپل"}


@pytest.mark.parametrize(("language", "scheme"), [("en-GB", "light"), ("tr-TR", "light"), ("fa-IR", "dark")])
def test_every_step_is_accessible_and_fits_the_screen(device, opened, axe, language, scheme):
    demo = opened(device(locale=language, reduced_motion="reduce", color_scheme=scheme))
    violations = {}

    def look(name):
        assert demo.page.evaluate("document.documentElement.scrollWidth") == 360, name
        violations[name] = axe(demo.page)

    expect(demo.button(CONTINUE[language])).to_be_visible()
    look("sign-in")
    demo.button(CONTINUE[language]).click()
    expect(demo.page).to_have_title("Sign in with the local Apple")
    look("the provider's own")
    demo.button("Cancel").click()
    expect(demo.error).not_to_be_empty()
    look("cancelled")
    demo.submit.click()
    demo.choose(f"Reader {language}")
    expect(demo.page.locator("#account")).to_be_visible()
    look("account")
    demo.page.goto("/_local/demo/#identities")
    expect(demo.linked).to_have_count(1)
    demo.linked.get_by_role("button").click()
    expect(demo.notice.or_(demo.error).first).not_to_be_empty()
    look("identities")

    assert violations == {name: [] for name in ("sign-in", "the provider's own", "cancelled", "account", "identities")}


def test_the_page_of_a_provider_needs_the_keyboard_alone(demo):
    demo.button("Continue with Facebook").focus()
    demo.page.keyboard.press("Enter")
    expect(demo.page).to_have_title("Sign in with the local Facebook")
    demo.page.keyboard.press("Tab")
    expect(demo.page.get_by_label("Ada Lovelace")).to_be_focused()
    demo.page.keyboard.press("ArrowDown")
    expect(demo.page.get_by_label("Grace Hopper")).to_be_checked()
    demo.page.keyboard.press("Enter")

    expect(demo.page.locator("#who")).to_have_text("Grace Hopper")
