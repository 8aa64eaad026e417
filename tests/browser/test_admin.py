"""The admin console: who may use it, and what an operator sees of the account deletion requests."""

import json
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect

from tests.harness.local_stack import ROOT

STATUSES = ["pending", "confirmed", "cancelled", "completed"]
TITLE = "Account deletion requests"
SIGN_IN = "Sign in to the admin console"
DENIED = "This account is no administrator"
RECEIPT = "eyJhbGciOiJSUzI1NiJ9.eyJpZCI6ImFkciJ9.c2lnbmVk"
HOSTILE = "<img src=x onerror=\"document.title='taken'\"><b>bold</b>"
PERSIAN = "دیگر نیازی به حساب ندارم.\nسپاس از شما."


def request(number, **attributes):
    """The deletion request at a position of the list; the first one is the newest."""
    status = STATUSES[number % 4]
    return {
        "id": f"adr_01JZ8Q4M7X2V5N9T3B6K{number:06}",
        "customer_id": f"cus_01JZ8Q4M7X2V5N9T3B6K{number:06}",
        "reason": None if number % 3 else "I no longer shop here.",
        "status": status,
        "deletion_scheduled_at": None if status == "pending" else "2026-03-02T09:30:00Z",
        "created_at": "2026-01-31T22:30:00Z",
        "updated_at": "2026-02-01T08:00:00Z",
        "cancelled_at": "2026-02-03T12:00:00Z" if status == "cancelled" else None,
        "completed_at": "2026-03-02T09:31:00Z" if status == "completed" else None,
        "receipt": RECEIPT if status == "completed" else None,
    } | attributes


class Service:
    """The service's list of requests: it answers a query with its page or with an error, and holds back responses for some statuses."""

    def __init__(self):
        self.requests = [request(number) for number in range(135)]
        self.count = None
        self.refusal = None
        self.queries = []
        self.holds = frozenset()
        self.held = []

    def hear(self, route):
        query = dict(parse_qsl(urlsplit(route.request.url).query))
        assert route.request.headers["authorization"].startswith("Bearer ey")
        self.queries.append(query)
        if query.get("status") in self.holds:
            self.held.append((route, query))
        else:
            self.answer(route, query)

    def let_go(self):
        self.holds = frozenset()
        while self.held:
            self.answer(*self.held.pop(0))

    def refuse(self, status, error_type, **headers):
        words = {"success": False, "type": error_type, "message": "No.", "request_id": "req-7"}
        self.refusal = {"status": status, "content_type": "application/json", "headers": headers, "body": json.dumps(words)}

    def answer(self, route, query):
        if self.refusal == "lost":
            return route.abort("internetdisconnected")
        return route.fulfill(**(self.refusal or {"json": self.page_of(**query)}))

    def page_of(self, *, order, order_direction, limit, status=None, offset="0", cursor=None):
        assert (order in {"created_at", "updated_at", "customer_id"}, order_direction in {"ASC", "DESC"}) == (True, True)
        requests = [each for each in self.requests if status in {None, each["status"]}]
        start, end = int(cursor or offset), int(cursor or offset) + int(limit)
        count = len(requests) if self.count is None else self.count
        after = str(end) if end < len(requests) else None
        place = {"count": count, "offset": int(offset), "limit": int(limit), "next_cursor": after}
        return {"requests": requests[start:end], **place}


class Console:
    """The admin console as an operator uses it."""

    def __init__(self, page, stack, service, search=""):
        self.page = page
        self.stack = stack
        self.service = service
        page.route("**/admin/account-deletion-requests?*", service.hear)
        page.goto(f"/_local/admin/{search}")
        self.title = page.locator("h1:visible")
        self.said = page.locator("#said")
        self.count = page.locator("#count")
        self.rows = page.locator("#list tbody tr")
        self.failure = page.locator("#failure-text")
        self.retry = page.locator("#retry")
        self.more = page.locator("#more")
        self.previous = page.locator("#previous")
        self.next = page.locator("#next")

    def ask(self, address):
        by = "email" if "@" in address else "phone"
        self.page.get_by_role("radio", name=by.capitalize()).check()
        self.page.locator(f"#{by}").fill(address)
        self.page.locator("[type=submit]:visible").click()
        expect(self.page.locator("#code")).to_be_focused()

    def sign_in(self, address, count=1):
        self.ask(address)
        self.page.locator("#code").fill(self.stack.messages(address, count=count)[0]["code"])

    def choose(self, label, option):
        self.page.get_by_label(label, exact=True).select_option(option)

    @property
    def search(self):
        return urlsplit(self.page.url).query


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def opened(stack, service):
    """Opens the console in a browser."""
    return lambda context, search="": Console(context.new_page(), stack, service, search)


@pytest.fixture
def signed_in(device, opened, number):
    """Opens the console in a browser of its own, with a view and a session."""

    def open_(search="", **options):
        console = opened(device(**options), search)
        console.sign_in(number)
        return console

    return open_


@pytest.fixture
def console(signed_in):
    console = signed_in()
    expect(console.count).to_have_text("1–20 of 135")
    return console


def width(page):
    return page.evaluate("document.documentElement.scrollWidth")


def test_an_operator_signs_in_by_phone_and_sees_the_requests(device, opened, number):
    console = opened(device())
    expect(console.title).to_have_text(SIGN_IN)
    console.sign_in(number)

    expect(console.title).to_have_text(TITLE)
    expect(console.title).to_be_focused()
    expect(console.page).to_have_title(f"{TITLE} · My Shop")
    expect(console.page.locator("#who")).to_have_text(number)
    expect(console.count).to_have_text("1–20 of 135")
    expect(console.rows).to_have_count(20)
    assert console.service.queries == [{"limit": "20", "offset": "0", "order": "created_at", "order_direction": "DESC"}]


def test_an_operator_signs_in_by_email_and_stays_signed_in_after_a_reload(device, opened):
    console = opened(device())
    console.sign_in("operator@example.com")
    expect(console.page.locator("#who")).to_have_text("operator@example.com")
    console.page.reload()

    expect(console.title).to_have_text(TITLE)
    expect(console.count).to_have_text("1–20 of 135")


def test_an_account_without_the_role_sees_that_and_can_log_out(signed_in, service):
    service.refuse(403, "not_allowed")
    console = signed_in()
    expect(console.title).to_have_text(DENIED)
    expect(console.title).to_be_focused()
    expect(console.rows).to_have_count(0)

    console.page.locator("#denied-log-out").click()

    expect(console.title).to_have_text(SIGN_IN)
    expect(console.title).to_be_focused()
    expect(console.said).to_have_text("You are logged out.")
    assert console.page.evaluate("localStorage.getItem('customer-auth.admin')") is None


def test_a_role_that_was_granted_meanwhile_counts_after_another_check(signed_in, service):
    service.refuse(403, "not_allowed")
    console = signed_in()
    expect(console.title).to_have_text(DENIED)
    service.refusal = None

    with console.page.expect_response("**/login/refresh"):
        console.page.get_by_role("button", name="Check again").click()

    expect(console.title).to_have_text(TITLE)
    expect(console.count).to_have_text("1–20 of 135")


def test_an_old_sign_in_is_repeated_and_leads_back_to_the_same_view(signed_in, service, number, stack):
    console = signed_in("?status=confirmed")
    expect(console.count).to_have_text("1–20 of 34")
    service.refuse(403, "reauthentication_required")
    console.page.get_by_role("button", name="Refresh").click()

    expect(console.title).to_have_text(SIGN_IN)
    expect(console.title).to_be_focused()
    expect(console.said).to_have_text("Your sign-in is more than 12 hours old. Sign in again to go on.")
    service.refusal = None
    stack.post("/_local/clock", advance_seconds=90)
    console.sign_in(number, count=2)
    expect(console.title).to_have_text(TITLE)
    expect(console.count).to_have_text("1–20 of 34")
    expect(console.page.get_by_label("Status", exact=True)).to_have_value("confirmed")


def test_a_session_that_has_ended_leads_to_the_sign_in(console, service):
    service.refuse(401, "not_authenticated")
    console.page.get_by_role("button", name="Refresh").click()

    expect(console.title).to_have_text(SIGN_IN)
    expect(console.said).to_have_text("Your session has ended. Sign in again.")


def test_logging_out_ends_the_console_in_the_other_tab_too(console, opened):
    other = opened(console.page.context)
    expect(other.count).to_have_text("1–20 of 135")
    console.page.get_by_role("button", name="Log out").click()

    expect(console.said).to_have_text("You are logged out.")
    expect(other.title).to_have_text(SIGN_IN)
    expect(other.rows).to_have_count(0)


def test_logging_out_without_a_response_says_so_and_keeps_the_session(console):
    console.page.route("**/login/logout", lambda route: route.abort("internetdisconnected"))
    console.page.get_by_role("button", name="Log out").click()

    expect(console.page.locator("#log-out-error")).to_contain_text("There is no connection.")
    expect(console.title).to_have_text(TITLE)


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
    service.holds = {None}
    console = signed_in()

    expect(console.count).to_have_text("Loading…")
    expect(console.page.locator("#list")).to_have_attribute("aria-busy", "true")
    expect(console.page.locator("#skeleton")).to_be_visible()
    service.let_go()
    expect(console.count).to_have_text("1–20 of 135")
    expect(console.page.locator("#list")).to_have_attribute("aria-busy", "false")
    expect(console.page.locator("#skeleton")).to_be_hidden()
    service.holds = {None}
    console.more.click()
    expect(console.more).to_have_text("Loading…")
    expect(console.rows).to_have_count(20)
    console.more.press("Enter")
    service.let_go()
    expect(console.count).to_have_text("1–40 of 135")
    assert len(service.queries) == 2


def test_an_outdated_response_is_not_shown(console, service):
    service.holds = {"pending"}
    console.choose("Status", "Pending")
    expect(console.count).to_have_text("Loading…")
    console.choose("Status", "Completed")
    expect(console.count).to_have_text("1–20 of 33")
    with console.page.expect_request_finished():
        service.let_go()

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
    service.holds = {None}
    console.ask(number)
    yield "entering the code"
    console.page.locator("#code").fill(console.stack.messages(number)[0]["code"])
    expect(console.page.locator("#skeleton")).to_be_visible()
    yield "loading"
    service.requests[:3] = [request(0, reason="x" * 300), request(1, reason=f"{PERSIAN}\n" * 4), request(2, reason="w " * 40)]
    service.let_go()
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
