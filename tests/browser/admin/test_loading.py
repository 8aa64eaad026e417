"""What the console shows while the list is loading, empty, or cannot be loaded."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.admin.console import request


def test_an_empty_filtered_list_says_so_and_leads_to_all_requests(signed_in, service):
    service.requests = [request(1)]
    console = signed_in("?status=pending")

    expect(console.count).to_have_text("There are no pending requests.")
    expect(console.page.locator("#list table")).to_be_hidden()
    console.page.get_by_role("button", name="Show all requests").click()
    expect(console.count).to_have_text("1–1 of 1")
    expect(console.page.get_by_label("Status", exact=True)).to_be_focused()


def test_an_empty_list_says_so(signed_in, service):
    service.requests = []
    console = signed_in()

    expect(console.count).to_have_text("There are no requests.")
    expect(console.page.locator("#empty")).to_contain_text("A request appears here once a customer asks")


def test_waiting_is_shown_and_announced(signed_in, service):
    service.held_statuses = {None}
    console = signed_in()

    expect(console.count).to_have_text("Loading…")
    expect(console.page.locator("#list")).to_have_attribute("aria-busy", "true")
    expect(console.page.locator("#skeleton")).to_be_visible()
    service.release()
    expect(console.count).to_have_text("1–20 of 135")
    expect(console.page.locator("#list")).to_have_attribute("aria-busy", "false")
    expect(console.page.locator("#skeleton")).to_be_hidden()
    service.held_statuses = {None}
    console.more.click()
    expect(console.more).to_have_text("Loading…")
    expect(console.rows).to_have_count(20)
    console.more.press("Enter")
    service.release()
    expect(console.count).to_have_text("1–40 of 135")
    assert len(service.queries) == 2


def test_an_outdated_response_is_not_shown(console, service):
    service.held_statuses = {"pending"}
    console.choose("Status", "Pending")
    expect(console.count).to_have_text("Loading…")
    console.choose("Status", "Completed")
    expect(console.count).to_have_text("1–20 of 33")
    with console.page.expect_request_finished():
        service.release()

    expect(console.count).to_have_text("1–20 of 33")
    expect(console.rows.first.locator(".badge")).to_have_text("Completed")


def test_a_lost_connection_is_reported_and_can_be_retried(console, service):
    service.refusal = "lost"
    console.choose("Status", "Cancelled")
    expect(console.failure).to_have_text("There is no connection. Try again when you are back online.")
    expect(console.rows).to_have_count(0)
    service.refusal = None
    console.retry.click()

    expect(console.count).to_have_text("1–20 of 34")
    expect(console.count).to_be_focused()
    expect(console.retry).to_be_hidden()


@pytest.mark.parametrize("refusal", [(429, "throttled", "Too many requests."), (503, "unavailable", "not available")])
def test_the_service_says_when_to_try_again(device, opened, number, service, refusal):
    status, error_type, text = refusal
    context = device()
    context.clock.install()
    console = opened(context)
    console.sign_in(number)
    expect(console.count).to_have_text("1–20 of 135")
    service.refuse(status, error_type, **{"Retry-After": "30"})
    console.more.click()

    expect(console.failure).to_contain_text(text)
    expect(console.rows).to_have_count(20)
    expect(console.retry).to_have_text(re.compile(r"Try again in 0:(30|2\d)"))
    expect(console.retry).to_have_attribute("aria-disabled", "true")
    service.refusal = None
    context.clock.fast_forward(31_000)
    expect(console.retry).to_have_text("Try again")
    console.retry.click()
    expect(console.count).to_have_text("1–40 of 135")


def test_any_other_failure_shows_an_id_for_support(console, service):
    service.refuse(500, "internal")
    console.page.get_by_role("button", name="Refresh").click()

    expect(console.failure).to_contain_text("Something went wrong on our side.")
    expect(console.failure).to_contain_text("req-7")
    expect(console.rows).to_have_count(20)
    service.refusal = None
    console.retry.click()
    expect(console.failure).to_be_hidden()


def test_a_refused_cursor_starts_the_list_again(console, service):
    service.refuse(400, "bad_request")
    console.more.click()
    expect(console.failure).not_to_be_empty()
    service.refusal = None
    console.retry.click()

    expect(console.count).to_have_text("1–20 of 135")
    assert service.queries[-1]["offset"] == "0"
