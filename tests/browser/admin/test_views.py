"""Which deletion requests the console shows: by status, order and page."""

import re

from playwright.sync_api import expect

from tests.browser.admin.console import RECEIPT, request


def test_loading_more_appends_by_cursor_until_all_are_shown(console, service):
    service.requests = [request(number) for number in range(45)]
    console.page.get_by_role("button", name="Refresh").click()
    expect(console.count).to_have_text("1–20 of 45")
    console.more.click()
    expect(console.count).to_have_text("1–40 of 45")
    expect(console.more).to_be_focused()
    console.more.click()

    expect(console.count).to_have_text("1–45 of 45")
    expect(console.count).to_be_focused()
    expect(console.more).to_be_hidden()
    assert console.page.locator("th.id code").all_text_contents() == [each["id"] for each in service.requests]
    assert service.queries[-1] == {"limit": "20", "order": "created_at", "order_direction": "DESC", "cursor": "40"}


def test_a_request_that_moved_meanwhile_is_shown_once_in_its_current_state(console, service):
    service.requests[25] = request(2, status="completed", receipt=RECEIPT)
    console.more.click()

    expect(console.count).to_have_text("1–39 of 135")
    moved = console.rows.filter(has_text=request(2)["id"])
    expect(moved).to_have_count(1)
    expect(moved.locator(".badge")).to_have_text("Completed")


def test_pages_are_turned_by_offset(console, service):
    console.choose("Go on by", "Pages")
    expect(console.page.locator("#place")).to_have_text("Page 1 of 7")
    expect(console.previous).to_have_attribute("aria-disabled", "true")
    console.next.click()

    expect(console.count).to_have_text("21–40 of 135")
    expect(console.count).to_be_focused()
    expect(console.rows).to_have_count(20)
    expect(console.page.locator("th.id code").first).to_have_text(service.requests[20]["id"])
    assert service.queries[-1] == {"limit": "20", "offset": "20", "order": "created_at", "order_direction": "DESC"}
    console.page.reload()
    expect(console.count).to_have_text("21–40 of 135")
    console.previous.click()
    expect(console.count).to_have_text("1–20 of 135")
    console.page.go_back()
    expect(console.count).to_have_text("21–40 of 135")


def test_the_last_page_ends_the_pages(signed_in):
    console = signed_in("?paging=pages&rows=50&page=3")

    expect(console.count).to_have_text("101–135 of 135")
    expect(console.next).to_have_attribute("aria-disabled", "true")
    console.previous.click()
    expect(console.count).to_have_text("51–100 of 135")


def test_a_page_that_no_longer_exists_leads_to_the_last_one(signed_in):
    console = signed_in("?paging=pages&page=40")

    expect(console.count).to_have_text("121–135 of 135")
    expect(console.page).to_have_url(re.compile(r"page=7$"))


def test_pages_end_where_the_services_offset_does(signed_in, service):
    service.requests = [request(number) for number in range(10_300)]
    console = signed_in("?paging=pages&rows=100&page=999")

    expect(console.count).to_have_text("10,001–10,100 of 10,300")
    expect(console.page.locator("#place")).to_have_text("Page 101 of 103")
    expect(console.next).to_have_attribute("aria-disabled", "true")
    expect(console.page.locator("#reach")).to_contain_text("Pages end after 10,100 requests.")
    assert {each["offset"] for each in service.queries} == {"10000"}


def test_the_chosen_view_is_requested_and_survives_a_reload(console, service):
    console.choose("Status", "Completed")
    expect(console.count).to_have_text("1–20 of 33")
    console.choose("Order by", "Customer ID")
    console.choose("Direction", "A to Z")
    console.choose("Rows at a time", "50")
    expect(console.count).to_have_text("1–33 of 33")
    chosen = {"limit": "50", "offset": "0", "order": "customer_id", "order_direction": "ASC", "status": "completed"}
    assert service.queries[-1] == chosen
    assert console.search == "status=completed&order=customer_id&direction=ASC&rows=50"
    count = len(service.queries)
    console.page.reload()

    expect(console.count).to_have_text("1–33 of 33")
    assert service.queries[count:] == [chosen]
    expect(console.page.get_by_label("Order by")).to_have_value("customer_id")


def test_invalid_values_in_the_page_s_address_are_ignored(signed_in, service):
    console = signed_in("?status=lost&order=id&direction=asc&rows=1000&paging=no&page=-1")

    expect(console.count).to_have_text("1–20 of 135")
    assert service.queries == [{"limit": "20", "offset": "0", "order": "created_at", "order_direction": "DESC"}]
