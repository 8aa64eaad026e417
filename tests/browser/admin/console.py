"""The admin console as an operator uses it, and the list of deletion requests that the service answers with."""

import json
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import expect

STATUSES = ["pending", "confirmed", "cancelled", "completed"]
TITLE = "Account deletion requests"
SIGN_IN = "Sign in to the admin console"
DENIED = "This account is no administrator"
RECEIPT = "eyJhbGciOiJSUzI1NiJ9.eyJpZCI6ImFkciJ9.c2lnbmVk"
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
        self.held_statuses = frozenset()
        self.held_routes = []

    def respond(self, route):
        query = dict(parse_qsl(urlsplit(route.request.url).query))
        assert route.request.headers["authorization"].startswith("Bearer ey")
        self.queries.append(query)
        if query.get("status") in self.held_statuses:
            self.held_routes.append((route, query))
        else:
            self.answer(route, query)

    def release(self):
        self.held_statuses = frozenset()
        while self.held_routes:
            self.answer(*self.held_routes.pop(0))

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
        page.route("**/admin/account-deletion-requests?*", service.respond)
        page.goto(f"/_local/admin/{search}")
        self.title = page.locator("h1:visible")
        self.notice = page.locator("#said")
        self.count = page.locator("#count")
        self.rows = page.locator("#list tbody tr")
        self.failure = page.locator("#failure-text")
        self.retry = page.locator("#retry")
        self.more = page.locator("#more")
        self.previous = page.locator("#previous")
        self.next = page.locator("#next")

    def request_code(self, address):
        by = "email" if "@" in address else "phone"
        self.page.get_by_role("radio", name=by.capitalize()).check()
        self.page.locator(f"#{by}").fill(address)
        self.page.locator("[type=submit]:visible").click()
        expect(self.page.locator("#code")).to_be_focused()

    def sign_in(self, address, count=1):
        self.request_code(address)
        self.page.locator("#code").fill(self.stack.messages(address, count=count)[0]["code"])

    def choose(self, label, option):
        self.page.get_by_label(label, exact=True).select_option(option)

    @property
    def search(self):
        return urlsplit(self.page.url).query


def width(page):
    return page.evaluate("document.documentElement.scrollWidth")
