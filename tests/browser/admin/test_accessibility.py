"""The console for everyone: the keyboard, assistive technology, every window, and what it loads."""

import pytest
from playwright.sync_api import expect

from tests.browser.admin.console import DENIED, PERSIAN, SIGN_IN, TITLE, request, width
from tests.harness.local_stack import ROOT


def test_everything_works_by_keyboard(device, opened, number, stack):
    console = opened(device(viewport={"width": 1280, "height": 800}))
    keyboard = console.page.keyboard
    for _ in range(2):
        keyboard.press("Tab")
    keyboard.type(number)
    keyboard.press("Enter")
    expect(console.page.locator("#code")).to_be_focused()
    keyboard.type(stack.messages(number)[0]["code"])
    expect(console.title).to_have_text(TITLE)
    expect(console.count).to_have_text("1–20 of 135")
    seen = []
    for key in ["Tab"] * 12:
        keyboard.press(key)
        seen.append(console.page.evaluate("document.activeElement.name || document.activeElement.id || document.activeElement.ariaLabel"))
    assert seen[:7] == ["status", "order", "direction", "rows", "paging", "refresh", "list"]
    assert [each.split()[0] for each in seen[7:]] == ["Download"] * 5
    keyboard.press("Tab")
    expect(console.more).to_be_focused()
    keyboard.press("Enter")
    expect(console.count).to_have_text("1–40 of 135")
    expect(console.more).to_be_focused()


def states(console, service, number):
    """Each state of the console, one after the other."""
    yield "signing in"
    service.held_statuses = {None}
    console.request_code(number)
    yield "entering the code"
    console.page.locator("#code").fill(console.stack.messages(number)[0]["code"])
    expect(console.page.locator("#skeleton")).to_be_visible()
    yield "loading"
    service.requests[:3] = [request(0, reason="x" * 300), request(1, reason=f"{PERSIAN}\n" * 4), request(2, reason="w " * 40)]
    service.release()
    expect(console.count).to_have_text("1–20 of 135")
    yield "requests"
    console.choose("Go on by", "Pages")
    expect(console.page.locator("#place")).to_be_visible()
    yield "pages"
    service.refuse(503, "unavailable", **{"Retry-After": "30"})
    console.page.get_by_role("button", name="Refresh").click()
    expect(console.failure).not_to_be_empty()
    yield "refused"
    service.refusal, service.requests = None, []
    console.choose("Status", "Pending")
    expect(console.count).to_have_text("There are no pending requests.")
    yield "none"
    service.refuse(403, "not_allowed")
    console.choose("Status", "All")
    expect(console.title).to_have_text(DENIED)
    yield "denied"


@pytest.mark.parametrize("window", [(360, "dark"), (1280, "light")])
def test_every_state_is_accessible_and_fits_its_window(device, opened, number, service, axe, window):
    pixels, scheme = window
    console = opened(device(reduced_motion="reduce", color_scheme=scheme, viewport={"width": pixels, "height": 800}))
    violations = {}
    for state in states(console, service, number):
        assert width(console.page) <= pixels, state
        violations[state] = axe(console.page)

    assert len(violations) == 8
    assert {where: each for where, each in violations.items() if each} == {}


def test_a_window_of_medium_width_scrolls_only_its_table(signed_in):
    console = signed_in(viewport={"width": 1040, "height": 800})
    expect(console.count).to_have_text("1–20 of 135")

    assert width(console.page) == 1040
    assert console.page.locator("#list").evaluate("each => getComputedStyle(each).overflowX") == "auto"


def test_opening_the_console_loads_only_its_own_files(device, stack):
    page = device().new_page()
    calls = []
    page.on("request", lambda request: calls.append((request.method, request.url)))
    page.goto("/_local/admin/", wait_until="networkidle")
    expect(page.locator("#ask")).to_be_visible()

    assert len(calls) >= 10
    for method, url in calls:
        assert method == "GET"
        path = url.removeprefix(f"{stack.url}/_local/")
        assert path.partition("/")[0] in {"customer-auth.js", "customer-auth", "demo", "admin"}, url
        assert (ROOT / "web" / path).exists(), url


def test_the_page_has_the_same_path_as_the_grant_of_the_role(device, stack):
    page = device().new_page()
    page.goto("/_local/")
    page.get_by_role("link", name="Admin console").click()
    expect(page.locator("h1:visible")).to_have_text(SIGN_IN)

    moved = stack.request("GET", "/_local/admin?status=pending", allow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (308, "/_local/admin/?status=pending")
    assert stack.post("/_local/admin", phone="+12125550000").status_code == 404
    assert (stack.request("PUT", "/_local/admin").status_code, stack.request("PUT", "/_local/admin").headers["allow"]) == (405, "GET, POST")
