"""The pages for deletion for everyone: links, the keyboard, assistive technology, and the narrowest screen."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.deletion.deletions import CODE, OLD_SIGN_IN, Deletions, open_at


def test_pages_of_the_account_ask_to_sign_in_first_but_cancelling_does_not(demo):
    for name in ("delete", "download"):
        demo.page.goto(f"/_local/demo/#{name}")
        demo.page.reload()  # a new hash alone does not load the page
        expect(demo.title).to_have_text("Sign in or sign up")
        expect(demo.page).not_to_have_url(re.compile("#"))
    open_at(demo, "keep")


def test_an_account_can_be_deleted_by_keyboard_alone(demo, deletions, number):
    demo.sign_in(number)
    demo.page.get_by_role("button", name="Delete my account").focus()
    demo.page.keyboard.press("Enter")
    expect(demo.title).to_be_focused()
    for name in ("button", "textarea"):
        demo.page.keyboard.press("Tab")
        expect(demo.page.locator(f"#delete {name}:focus")).to_be_visible()
    demo.page.keyboard.type("bye")
    demo.page.keyboard.press("Tab")
    expect(demo.submit).to_be_focused()
    demo.page.keyboard.press("Enter")
    expect(demo.code).to_be_focused()
    demo.page.keyboard.type(CODE)

    expect(demo.title).to_have_text("Your account will be deleted")
    assert deletions.bodies("request")[0]["reason"] == "bye"


@pytest.mark.parametrize(("language", "scheme"), [("tr-TR", "light"), ("fa-IR", "dark")])
def test_every_step_is_accessible_and_fits_the_screen(device, opened, number, axe, language, scheme):
    demo = opened(device(locale=language, reduced_motion="reduce", color_scheme=scheme))
    deletions, violations = Deletions(demo.page), {}
    demo.page.route("**/store/customers/me/export", lambda route: route.fulfill(**OLD_SIGN_IN))

    def look(name):
        assert demo.page.evaluate("document.documentElement.scrollWidth") == 360, name
        violations[name] = axe(demo.page)

    expect(demo.page.locator("html")).to_have_attribute("lang", language[:2])
    demo.sign_in(number)
    look("account")
    open_at(demo, "download")
    demo.submit.click()
    expect(demo.page.locator("#download-again")).to_be_visible()
    look("download")
    open_at(demo, "delete")
    look("delete")
    deletions.answers["request"] = OLD_SIGN_IN
    demo.submit.click()
    expect(demo.page.locator("#delete-again")).to_be_visible()
    look("refused")
    del deletions.answers["request"]
    demo.submit.click()
    expect(demo.code).to_be_focused()
    look("code to delete")
    demo.code.fill(CODE)
    expect(demo.page.locator("#deleted")).to_be_visible()
    look("deleted")
    demo.page.locator("#deleted-keep").click()
    expect(demo.page.locator("#keep")).to_be_visible()
    look("keep")
    demo.submit.click()
    expect(demo.code).to_be_focused()
    look("code to keep")
    demo.code.fill(CODE)
    expect(demo.notice).not_to_be_empty()
    look("kept")

    assert {name: each for name, each in violations.items() if each} == {}
