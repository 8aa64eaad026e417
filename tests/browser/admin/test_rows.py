"""What the console shows of a deletion request."""

from playwright.sync_api import expect

from tests.browser.admin.console import PERSIAN, RECEIPT, STATUSES, TITLE, request

HOSTILE = "<img src=x onerror=\"document.title='taken'\"><b>bold</b>"


def test_each_status_has_its_badge_and_each_end_its_time(console):
    for place, status in enumerate(STATUSES):
        badge = console.rows.nth(place).locator(".badge")
        expect(badge).to_have_text(status.capitalize())
        expect(badge).to_have_class(f"badge {status}")
    expect(console.rows.nth(2).locator(".ended")).to_contain_text("Cancelled")
    expect(console.rows.nth(3).locator(".ended")).to_contain_text("Completed")
    assert len({console.rows.nth(place).locator(".badge").evaluate("each => getComputedStyle(each).color") for place in range(4)}) == 4


def test_times_are_in_the_reader_s_language_and_zone(signed_in):
    console = signed_in(locale="de-DE", timezone_id="Asia/Tehran")
    created = console.rows.first.locator(".created time")

    expect(created).to_have_text("01.02.2026, 02:00")
    expect(created).to_have_attribute("datetime", "2026-01-31T22:30:00Z")
    expect(created).to_have_attribute("lang", "de-DE")
    expect(console.page.locator("#zone")).to_have_text("Times are in the zone Asia/Tehran.")


def test_a_reason_is_shown_as_it_was_written_and_nothing_in_it_runs(signed_in, service):
    service.requests = [request(0, reason=HOSTILE), request(1, reason=PERSIAN), request(2, reason=None)]
    console = signed_in()
    reasons = console.page.locator("td.reason p")

    expect(reasons.first).to_have_text(HOSTILE)
    assert console.page.locator("#list img, #list b").count() == 0
    expect(console.page).to_have_title(f"{TITLE} · My Shop")
    assert reasons.nth(1).text_content() == PERSIAN
    assert reasons.nth(1).evaluate("each => getComputedStyle(each).direction") == "rtl"
    assert reasons.nth(1).bounding_box()["height"] > 1.8 * reasons.first.evaluate("each => parseFloat(getComputedStyle(each).lineHeight)")
    expect(console.rows.nth(2).locator(".reason")).to_contain_text("None given")


def test_a_long_reason_is_cut_until_the_operator_opens_it(signed_in, service):
    service.requests = [request(0, reason="\n".join(f"Line {line}" for line in range(30)))]
    console = signed_in()
    whole = console.page.get_by_role("button", name="Show all of it")
    cut = console.page.locator("td.reason p").bounding_box()["height"]
    whole.press("Enter")

    less = console.page.get_by_role("button", name="Show less")
    expect(less).to_have_attribute("aria-expanded", "true")
    assert console.page.locator("td.reason p").bounding_box()["height"] > 5 * cut


def test_the_receipt_of_a_completed_request_is_downloaded_unchanged(console, service, tmp_path):
    request_id = service.requests[3]["id"]
    with console.page.expect_download() as download:
        console.page.get_by_role("button", name=f"Download the receipt of {request_id}").click()

    assert download.value.suggested_filename == f"{request_id}.receipt.jws"
    download.value.save_as(tmp_path / "receipt")
    assert (tmp_path / "receipt").read_text() == RECEIPT
    assert console.page.locator("td.receipt button").count() == 5
