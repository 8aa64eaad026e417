"""The service's side of deletions, and what a person does on the demo's pages for them."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

DELETION = "**/store/customers/account-deletion"
CODE = "246810"
UNTIL = "2030-03-04T05:06:07Z"
EXPORTED_DATA = {"customer": {"id": "cus_1", "first_name": "Ada"}, "sessions": []}
EMAIL = "ada@example.com"


def refusal(kind, status, **more):
    return {"status": status, "json": {"success": False, "type": kind, "message": kind, "request_id": "r", **more}}


WRONG_CODE = refusal("wrong_proof", 401)
PENDING = refusal("account_deletion_pending", 403)
OLD_SIGN_IN = refusal("reauthentication_required", 403)
ENDED = refusal("not_authenticated", 401)


def deletion(status="confirmed"):
    times = {"created_at": UNTIL, "updated_at": UNTIL, "cancelled_at": None, "completed_at": None}
    return {"id": "adr_1", "customer_id": "cus_1", "reason": None, "status": status, "deletion_scheduled_at": UNTIL, **times}


class Deletions:
    """The service's side of deletions: its responses, and the calls that it got."""

    def __init__(self, page):
        self.page = page
        self.calls = []
        self.answers = {}
        expires_at = (datetime.now(UTC) + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.code_sent = {"json": {"token": "ch_1", "expires_at": expires_at, "request": None}}
        self._by_code("request", self.code_sent)
        self._by_code("confirm", {"json": {"request": deletion()}})
        self._by_code("cancel-request", self.code_sent)
        self._by_code("cancel-confirm", {"json": {"cancelled": True, "request": deletion("cancelled")}})
        page.route("**/login/refresh", lambda route: route.fulfill(**ENDED) if self.has_ended else route.fallback())

    @property
    def has_ended(self):
        return ("confirm", CODE) in [(name, body.get("code")) for name, body in self.calls]

    def _by_code(self, name, answer):
        def respond(route):
            body = route.request.post_data_json
            self.calls.append((name, body))
            is_wrong = "code" in body and body["code"] != CODE
            route.fulfill(**(WRONG_CODE if is_wrong else self.answers.get(name, answer)))

        self.page.route(f"{DELETION}/{name}", respond)

    def bodies(self, name):
        return [body for each, body in self.calls if each == name]

    def refuse_sign_in(self, answer=PENDING):
        """Refuse sign-ins, as the service does for an account that is to be deleted."""
        for path in ("**/login/*/verify", "**/auth/customer/emailpass"):
            self.page.route(path, lambda route: route.fulfill(**answer))


def open_at(demo, name):
    demo.page.goto(f"/_local/demo/#{name}")
    expect(demo.page.locator(f"#{name}")).to_be_visible()


def sign_in_again(demo, number):
    """Sign in with a code that is newer than all earlier ones."""
    before = len(demo.stack.messages(number))
    demo.stack.post("/_local/clock", advance_seconds=90)
    demo.page.get_by_role("button", name="Sign in again").click()
    demo.request_code(number)
    expect(demo.code).to_be_focused()
    demo.code.fill(demo.code_sent_to(number, before + 1))


def ask_to_delete(demo, reason=""):
    open_at(demo, "delete")
    demo.page.get_by_label("Why do you leave?").fill(reason)
    demo.submit.click()
