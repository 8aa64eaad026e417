"""What messages cost, as an administrator sees it."""

import json

import pytest
from playwright.sync_api import expect

ROWS = [
    {"region": "", "sender": "ses", "asked": 10, "sent": 10, "delivered": 0, "verified": 5, "usd": 0.001, "usd_per_verified": 0.0002},
    {
        "region": "TR",
        "sender": "sns",
        "asked": 1200,
        "sent": 1180,
        "delivered": 990,
        "verified": 800,
        "usd": 11.8,
        "usd_per_verified": 0.01476,
    },
]


@pytest.fixture
def costs(console):
    """Opens the page of the costs; the service answers with these rows, or refuses."""

    def open_(rows=ROWS, status=200, **refusal):
        body = {"month": "2026-11", "rows": rows} if status == 200 else {"success": False, "message": "No.", "request_id": "r"} | refusal
        console.page.route("**/admin/costs?**", lambda route: route.fulfill(status=status, json=json.loads(json.dumps(body))))
        console.page.get_by_role("button", name="What messages cost").click()
        return console.page

    return open_


def cells(page) -> list[list[str]]:
    return [row.locator("th, td").all_inner_texts() for row in page.locator("#costs tr").all()]


def test_the_costs_of_a_month_are_a_table_with_its_sums_and_a_chart(costs):
    page = costs()
    expect(page.get_by_role("heading", name="What messages cost")).to_be_focused()
    expect(page.locator("#costs table")).to_be_visible()

    head, email, turkey, together = cells(page)
    assert head[:2] == ["Region", "Sender"]
    assert email == ["Email", "ses", "10", "10", "0", "5", "0.0010", "0.0002"]
    assert turkey == ["TR", "sns", "1,200", "1,180", "990", "800", "11.8000", "0.0148"]
    assert together == ["Together", "", "1,210", "1,190", "990", "805", "11.8010", "0.0147"]
    widths = [float(bar.get_attribute("width")) for bar in page.locator("#costs-chart rect").all()]
    assert widths == [pytest.approx(510 * count / 1180) for count in (10, 5, 1180, 800)]


def test_a_price_that_is_not_known_is_a_dash_and_so_is_the_sum(costs):
    page = costs([ROWS[0], ROWS[1] | {"usd": None, "usd_per_verified": None}])
    expect(page.locator("#costs table")).to_be_visible()

    assert [row[-2:] for row in cells(page)[2:]] == [["–", "–"], ["–", "–"]]


def test_a_month_without_messages_says_so(costs):
    page = costs([])

    expect(page.locator("#costs-state")).to_have_text("Nothing was sent in this month, or its hours are not added up yet.")
    expect(page.locator("#costs table")).to_be_hidden()


def test_another_month_is_asked_for_by_its_name(costs):
    page = costs()
    expect(page.locator("#costs table")).to_be_visible()
    with page.expect_request("**/admin/costs?**") as asked:
        page.get_by_label("Month").select_option(index=1)

    assert asked.value.url.endswith(f"month={page.get_by_label('Month').input_value()}")


def test_an_error_is_told_and_who_is_no_administrator_any_more_is_shown_that(costs):
    page = costs(status=503, type="unavailable")
    expect(page.locator("#costs-error")).to_have_text("The service is not available right now. Try again in a moment.")
    page.unroute("**/admin/costs?**")
    page.route(
        "**/admin/costs?**", lambda route: route.fulfill(status=403, json={"success": False, "type": "not_allowed", "message": "No."})
    )
    page.locator("#costs-refresh").click()

    expect(page.get_by_role("heading", name="This account is no administrator")).to_be_visible()
