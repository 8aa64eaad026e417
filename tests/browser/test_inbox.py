"""The local stack's inbox: it is live, can be filtered, and copies codes."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def inbox(device):
    page = device(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto("/_local/")
    return page


def card(page, address):
    return page.get_by_role("listitem").filter(has_text=address)


def test_a_message_appears_by_itself_above_the_older_ones(inbox, numbers, stack):
    older, newer = next(numbers), next(numbers)
    for number in (older, newer):
        stack.post("/login/mobile/send", phone=number)
        stack.messages(number)
        expect(inbox.get_by_role("listitem").first).to_contain_text(number)

    expect(inbox.get_by_role("listitem").nth(1)).to_contain_text(older)


def test_a_code_is_copied_by_one_button(inbox, number, stack):
    stack.post("/login/mobile/send", phone=number)
    [message] = stack.messages(number)
    copy = card(inbox, number).get_by_role("button")
    copy.click()

    expect(copy).to_have_text("Copied")
    assert inbox.evaluate("navigator.clipboard.readText()") == message["code"]


def test_an_address_in_any_spelling_filters(inbox, numbers, stack):
    sought, other = next(numbers), next(numbers)
    for number in (sought, other):
        stack.post("/login/mobile/send", phone=number)
        stack.messages(number)
    expect(card(inbox, other)).to_be_visible()

    inbox.get_by_role("searchbox").fill(f"({sought[2:5]}) {sought[5:8]}-{sought[8:]}")

    expect(inbox.get_by_role("listitem")).to_have_count(1)
    expect(card(inbox, sought)).to_be_visible()
    inbox.get_by_role("searchbox").fill("nobody@example.com")
    expect(inbox.locator("#empty")).to_have_text("Nothing was sent to this address.")


def test_the_inbox_links_to_the_demo_and_the_documentation(inbox):
    expect(inbox.get_by_role("link", name="API documentation")).to_have_attribute("href", "/docs")
    inbox.get_by_role("link", name="Sign-in demo").click()

    expect(inbox.get_by_role("heading", name="Sign in or sign up")).to_be_visible()
    inbox.get_by_role("link", name="Open the local inbox").click()
    expect(inbox.get_by_role("heading", name="Inbox")).to_be_visible()
