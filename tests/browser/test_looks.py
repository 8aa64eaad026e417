"""The pages for everyone: all languages, the narrowest screen, assistive technology, and what they load."""

import pytest
from playwright.sync_api import expect

from tests.harness.local_stack import ROOT

LANGUAGES = {
    "en": ("en-GB", "ltr", "Sign in or sign up", "Enter the code", "You are signed in", "is your"),
    "tr": ("tr-TR", "ltr", "Giriş yapın veya üye olun", "Kodu girin", "Giriş yaptınız", "kodunuz"),
    "fa": ("fa-IR", "rtl", "ورود یا ثبت‌نام", "کد را وارد کنید", "وارد شدید", "کد"),
}


def width(page):
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_the_browsers_language_and_fits_into_360_pixels(device, opened, number, stack, language):
    locale, direction, ask, enter, account, message = LANGUAGES[language]
    demo = opened(device(locale=locale))

    expect(demo.page.locator("html")).to_have_attribute("lang", language)
    expect(demo.page.locator("html")).to_have_attribute("dir", direction)
    expect(demo.title).to_have_text(ask)
    assert width(demo.page) == 360
    demo.request_code(number)
    expect(demo.title).to_have_text(enter)
    demo.code.fill("0" * 6)
    expect(demo.error).not_to_be_empty()
    assert width(demo.page) == 360
    [sms] = stack.messages(number)
    assert message in sms["body"]
    demo.code.fill(sms["code"])
    expect(demo.title).to_have_text(account)
    expect(demo.page).to_have_title(f"{account} · My Shop")
    assert width(demo.page) == 360


def test_another_language_can_be_chosen_and_is_remembered(demo, number, stack):
    demo.submit.click()
    expect(demo.error).to_have_text("Enter your phone number.")

    demo.page.get_by_label("Language").select_option("tr")

    expect(demo.title).to_have_text("Giriş yapın veya üye olun")
    expect(demo.error).to_have_text("Telefon numaranızı girin.")
    demo.page.reload()
    expect(demo.title).to_have_text("Giriş yapın veya üye olun")
    demo.request_code(number)
    expect(demo.resend).to_have_text("Yeni kod için 1:29")
    assert "kodunuz" in stack.messages(number)[0]["body"]


def test_every_text_exists_in_every_language(demo):
    shapes = demo.page.evaluate("""async () => {
        const { languages } = await import("/_local/demo/language.js");
        const shape = (texts, prefix) => Object.entries(texts).flatMap(([name, text]) =>
            typeof text === "object" ? shape(text, `${name}.`) : `${prefix}${name}: ${typeof text}`);
        return Object.values(languages).map((texts) => shape(texts, ""));
    }""")

    assert shapes[0] == shapes[1] == shapes[2]


def states(demo, number):
    """Each state of the page, one after the other."""
    yield "asking by phone"
    demo.submit.click()
    expect(demo.error).not_to_be_empty()
    yield "an error"
    demo.request_code("x")
    expect(demo.error).to_contain_text("number")
    demo.page.get_by_role("radio", name="Email").check()
    yield "asking by email"
    demo.page.get_by_role("radio", name="Phone").check()
    demo.stack.post("/login/mobile/send", phone="+12125550999")
    demo.request_code("+12125550999")
    expect(demo.submit).to_contain_text("Try again in")
    yield "throttled"
    demo.page.context.set_offline(True)
    expect(demo.page.locator("#offline")).to_be_visible()
    yield "offline"
    demo.page.context.set_offline(False)
    demo.request_code(number)
    expect(demo.code).to_be_focused()
    yield "entering the code"
    demo.code.fill("000000")
    expect(demo.error).not_to_be_empty()
    yield "a wrong code"
    demo.code.fill(demo.code_sent_to(number))
    expect(demo.page.locator("#account")).to_be_visible()
    yield "signed in"
    demo.page.locator("#log-out").click()
    expect(demo.notice).not_to_be_empty()
    yield "logged out"


def test_every_state_is_accessible_in_light_and_dark(device, opened, number, axe):
    demo = opened(device(reduced_motion="reduce"))
    violations = {}
    for state in states(demo, number):
        for scheme in ("light", "dark"):
            demo.page.emulate_media(color_scheme=scheme)
            violations[state, scheme] = axe(demo.page)
    violations["from right to left", "dark"] = demo.page.get_by_label("Language").select_option("fa") and axe(demo.page)

    assert len(violations) == 19
    assert {where: each for where, each in violations.items() if each} == {}


def test_the_inbox_is_accessible_in_light_and_dark(device, stack, axe):
    stack.post("/login/email/send", email="barrier@example.com")
    stack.messages("barrier@example.com")
    page = device(reduced_motion="reduce").new_page()
    page.goto("/_local/")
    expect(page.locator("#messages li").first).to_be_visible()

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert axe(page) == []


def test_motion_stops_where_it_is_not_wanted(device, opened):
    demo = opened(device(reduced_motion="reduce"))

    assert demo.page.locator("#ask").evaluate("card => getComputedStyle(card).animationName") == "none"


def test_opening_the_page_loads_only_its_own_files(device, stack):
    page = device().new_page()
    calls = []
    page.on("request", lambda request: calls.append((request.method, request.url)))
    page.goto("/_local/demo/", wait_until="networkidle")
    expect(page.locator("#ask")).to_be_visible()

    assert len(calls) >= 10
    for method, url in calls:
        path = url.removeprefix(f"{stack.url}/_local/")
        assert method == "GET"
        assert (ROOT / "web" / path).exists(), url
