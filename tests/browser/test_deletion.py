"""The demo's pages for deletion: downloading the data, deleting the account with a code, and cancelling the deletion."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from customer_auth.deletion import receipts

DELETION = "**/store/customers/account-deletion"
CODE = "246810"
UNTIL = "2030-03-04T05:06:07Z"
HELD = {"customer": {"id": "cus_1", "first_name": "Ada"}, "sessions": []}
EMAIL = "ada@example.com"


def refusal(kind, status, **more):
    return {"status": status, "json": {"success": False, "type": kind, "message": kind, "request_id": "r", **more}}


WRONG = refusal("wrong_proof", 401)
PENDING = refusal("account_deletion_pending", 403)
OLD = refusal("reauthentication_required", 403)
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
        self.sent = {"json": {"token": "ch_1", "expires_at": expires_at, "request": None}}
        self._by_code("request", self.sent)
        self._by_code("confirm", {"json": {"request": deletion()}})
        self._by_code("cancel-request", self.sent)
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
            route.fulfill(**(WRONG if is_wrong else self.answers.get(name, answer)))

        self.page.route(f"{DELETION}/{name}", respond)

    def bodies(self, name):
        return [body for each, body in self.calls if each == name]

    def refuse_sign_in(self, answer=PENDING):
        """Refuse sign-ins, as the service does for an account that is to be deleted."""
        for path in ("**/login/*/verify", "**/auth/customer/emailpass"):
            self.page.route(path, lambda route: route.fulfill(**answer))


@pytest.fixture
def deletions(demo):
    return Deletions(demo.page)


def open_at(demo, name):
    demo.page.goto(f"/_local/demo/#{name}")
    expect(demo.page.locator(f"#{name}")).to_be_visible()


def prove(page, **proven):
    """Let the sign-in by phone return a customer with these members."""

    def respond(route):
        answer = route.fetch()
        body = answer.json()
        body["user"] |= proven
        route.fulfill(response=answer, json=body)

    page.route("**/login/mobile/verify", respond)


def sign_in_again(demo, number):
    """Sign in with a code that is newer than all earlier ones."""
    before = len(demo.stack.messages(number))
    demo.stack.post("/_local/clock", advance_seconds=90)
    demo.page.get_by_role("button", name="Sign in again").click()
    demo.ask(number)
    expect(demo.code).to_be_focused()
    demo.code.fill(demo.sent(number, before + 1))


def ask_to_delete(demo, reason=""):
    open_at(demo, "delete")
    demo.page.get_by_label("Why do you leave?").fill(reason)
    demo.submit.click()


def test_an_account_is_deleted_by_a_code_and_its_owner_sees_until_when_to_cancel(demo, deletions, number):
    demo.sign_in(number)
    demo.page.get_by_role("button", name="Delete my account").click()
    expect(demo.title).to_have_text("Delete my account")
    expect(demo.title).to_be_focused()
    demo.page.get_by_label("Why do you leave?").fill("too many emails")
    demo.submit.click()

    expect(demo.code).to_be_focused()
    expect(demo.page.locator("#sent-to")).to_contain_text("212-555-")
    demo.code.fill(CODE)

    expect(demo.title).to_have_text("Your account will be deleted")
    expect(demo.title).to_be_focused()
    expect(demo.page.locator("#deleted-until")).to_contain_text("2030")
    assert deletions.bodies("request")[0]["reason"] == "too many emails"
    assert deletions.bodies("confirm") == [{"token": "ch_1", "code": CODE}]
    demo.page.reload()
    expect(demo.title).to_have_text("Sign in or sign up")


def test_the_consequences_are_shown_before_the_code_is_requested(demo, deletions, number):
    demo.sign_in(number)
    open_at(demo, "delete")

    said = demo.page.locator("#delete")
    for text in ("goes: names, addresses, password", "logged out on every device", "For 7 days you can change your mind", "erased"):
        expect(said).to_contain_text(text)
    expect(said).to_contain_text("We send you a code first")
    assert deletions.calls == []


def test_with_two_verified_addresses_the_code_may_have_gone_to_either(demo, deletions, number):
    prove(demo.page, email=EMAIL, verifiedEmail=True)
    demo.sign_in(number)
    ask_to_delete(demo)

    expect(demo.page.locator("#sent-to")).to_have_text("We sent it to your email or phone.")


def test_a_wrong_code_deletes_nothing(demo, deletions, number):
    demo.sign_in(number)
    ask_to_delete(demo)
    demo.code.fill("000000")

    expect(demo.error).to_have_text("This code is wrong, or it has expired. Check it, or ask for a new one.")
    demo.page.get_by_role("button", name="Back").click()
    expect(demo.title).to_have_text("Delete my account")
    demo.page.locator("#delete [data-show=account]").click()
    expect(demo.title).to_have_text("You are signed in")


def test_the_way_back_from_the_code_keeps_the_reason_and_leaving_forgets_it(demo, deletions, number):
    demo.sign_in(number)
    ask_to_delete(demo, "too many emails")
    expect(demo.code).to_be_focused()
    demo.page.get_by_role("button", name="Back").click()
    reason = demo.page.get_by_label("Why do you leave?")
    expect(reason).to_have_value("too many emails")
    demo.page.locator("#delete [data-show=account]").click()
    demo.page.get_by_role("button", name="Delete my account").click()

    expect(reason).to_have_value("")


def test_another_code_for_the_deletion_is_requested_with_the_same_reason(demo, deletions, number):
    demo.page.clock.install()
    demo.sign_in(number)
    ask_to_delete(demo, "too many emails")
    expect(demo.resend).to_contain_text("Send a new code in")
    demo.page.clock.fast_forward(90_000)
    demo.resend.click()

    expect(demo.page.locator("#delivery")).to_have_text("A new code is on its way. The old one no longer works.")
    assert [each["reason"] for each in deletions.bodies("request")] == ["too many emails"] * 2
    demo.page.get_by_role("button", name="Back").click()
    expect(demo.title).to_have_text("Delete my account")


def test_a_reload_before_the_code_continues_with_the_deletion(demo, deletions, number):
    demo.sign_in(number)
    ask_to_delete(demo)
    expect(demo.code).to_be_focused()
    demo.page.reload()
    demo.code.fill(CODE)

    expect(demo.title).to_have_text("Your account will be deleted")


def test_too_many_code_requests_are_reported_with_their_wait(demo, deletions, number):
    deletions.answers["request"] = refusal("throttled", 429) | {"headers": {"retry-after": "60"}}
    demo.sign_in(number)
    ask_to_delete(demo)

    expect(demo.error).to_contain_text("Too many attempts.")
    expect(demo.submit).to_contain_text("Try again in")


def test_a_reason_is_at_most_a_thousand_characters(demo, deletions, number):
    demo.sign_in(number)
    open_at(demo, "delete")
    reason = demo.page.get_by_label("Why do you leave?")
    reason.focus()
    demo.page.keyboard.insert_text("x" * 1_001)
    demo.submit.click()
    expect(demo.code).to_be_focused()

    assert deletions.bodies("request")[0]["reason"] == "x" * 1_000


def test_without_a_verified_address_the_account_is_deleted_at_once_after_a_recent_sign_in(demo, deletions, number):
    prove(demo.page, verifiedPhone=False)
    deletions.answers["request"] = OLD
    demo.sign_in(number)
    ask_to_delete(demo, "too many emails")
    expect(demo.page.locator("#delete-by-code")).to_be_hidden()
    expect(demo.error).to_have_text("This needs a sign-in of just now.")
    deletions.answers["request"] = {"json": {"token": None, "expires_at": None, "request": deletion()}}
    sign_in_again(demo, number)
    expect(demo.title).to_have_text("Delete my account")
    expect(demo.page.get_by_label("Why do you leave?")).to_have_value("too many emails")
    demo.page.route("**/login/refresh", lambda route: route.fulfill(**ENDED))
    demo.submit.click()

    expect(demo.title).to_have_text("Your account will be deleted")
    expect(demo.said).to_be_empty()
    demo.page.reload()
    expect(demo.title).to_have_text("Sign in or sign up")


def test_the_other_tab_is_signed_out_with_the_deletion(demo, opened, deletions, number):
    demo.sign_in(number)
    other_tab = opened(demo.page.context)
    expect(other_tab.title).to_have_text("You are signed in")
    ask_to_delete(demo)
    demo.code.fill(CODE)

    expect(demo.title).to_have_text("Your account will be deleted")
    expect(other_tab.said).to_have_text("Your session has ended. Sign in again.")


def test_another_device_learns_of_the_deletion_at_its_next_call(demo, deletions, number):
    demo.sign_in(number)
    demo.page.route("**/store/customers/me", lambda route: route.fulfill(**PENDING))
    demo.page.route("**/login/refresh", lambda route: route.fulfill(**ENDED))
    demo.page.reload()

    expect(demo.said).to_have_text("Your session has ended. Sign in again.")


def test_a_deletion_is_cancelled_from_the_page_that_confirmed_it(demo, deletions, number):
    demo.sign_in(number)
    ask_to_delete(demo)
    demo.code.fill(CODE)
    demo.page.get_by_role("button", name="Keep my account").click()
    expect(demo.title).to_have_text("Keep my account")
    expect(demo.title).to_be_focused()
    expect(demo.page.locator("[name=who]:visible")).to_have_value(f"+1 {number[2:5]}-{number[5:8]}-{number[8:]}")
    demo.submit.click()
    expect(demo.page.locator("#sent-to")).to_contain_text("is to be deleted, the code is on its way there.")
    demo.code.fill(CODE)

    expect(demo.title).to_have_text("Sign in or sign up")
    expect(demo.said).to_have_text("Your account stays. Sign in again.")
    assert deletions.bodies("cancel-confirm") == [{"token": "ch_1", "code": CODE}]


def test_a_sign_in_by_code_to_an_account_in_deletion_offers_to_cancel_it(demo, deletions):
    deletions.refuse_sign_in()
    address = "keeps@example.com"
    demo.ask(address)
    expect(demo.code).to_be_focused()
    demo.code.fill(demo.sent(address))

    expect(demo.title).to_have_text("Keep my account")
    expect(demo.title).to_be_focused()
    expect(demo.said).to_have_text("This account is to be deleted.")
    expect(demo.page.locator("[name=who]:visible")).to_have_value(address)
    demo.submit.click()
    expect(demo.page.locator("#sent-to")).to_contain_text(address)
    demo.code.fill("000000")
    expect(demo.error).to_contain_text("This code is wrong")
    demo.code.fill(CODE)

    expect(demo.said).to_have_text("Your account stays. Sign in again.")
    assert [each["email"] for each in deletions.bodies("cancel-request")] == [address]


def test_a_sign_in_by_password_continues_with_the_password_after_the_cancellation(demo, deletions):
    deletions.refuse_sign_in()
    open_at(demo, "password")
    demo.page.locator("[name=who]:visible").fill(EMAIL)
    demo.page.get_by_role("textbox", name="Password", exact=True).fill("correct horse battery")
    demo.submit.click()
    expect(demo.title).to_have_text("Keep my account")
    demo.submit.click()
    expect(demo.code).to_be_focused()
    demo.page.get_by_role("button", name="Change").click()
    expect(demo.page.locator("[name=who]:visible")).to_have_value(EMAIL)
    demo.submit.click()
    demo.code.fill(CODE)

    expect(demo.title).to_have_text("Sign in with a password")
    expect(demo.said).to_have_text("Your account stays. Sign in again.")
    expect(demo.page.locator("[name=who]:visible")).to_have_value(EMAIL)


def test_a_new_password_for_an_account_in_deletion_offers_to_cancel_it(demo, deletions):
    demo.page.route("**/auth/customer/emailpass/update", lambda route: route.fulfill(**PENDING))
    demo.page.goto(f"/reset-password?token=none&email={EMAIL}")
    demo.page.locator("#reset-password").fill("correct horse battery")
    demo.submit.click()

    expect(demo.title).to_have_text("Keep my account")
    expect(demo.page.locator("[name=who]:visible")).to_have_value(EMAIL)
    assert deletions.calls == []


def refused_with_a_token(demo, deletions):
    deletions.refuse_sign_in(refusal("account_deletion_pending", 403, cancel_token="keep_1"))
    open_at(demo, "password")
    demo.page.locator("[name=who]:visible").fill(EMAIL)
    demo.page.get_by_role("textbox", name="Password", exact=True).fill("correct horse battery")
    demo.submit.click()
    expect(demo.title).to_have_text("Keep my account")
    expect(demo.page.locator("#keep-who")).to_be_hidden()


def test_the_token_of_a_refused_sign_in_cancels_the_deletion_without_a_code(demo, deletions):
    refused_with_a_token(demo, deletions)
    demo.page.locator("#keep").get_by_role("button", name="Keep my account").click()

    expect(demo.said).to_have_text("Your account stays. Sign in again.")
    assert deletions.bodies("cancel-confirm") == [{"token": "keep_1"}]


def test_an_expired_offer_without_a_code_is_reported(demo, deletions):
    refused_with_a_token(demo, deletions)
    deletions.answers["cancel-confirm"] = WRONG
    demo.submit.click()

    expect(demo.error).to_have_text("This took too long. Sign in again to keep your account.")


@pytest.mark.parametrize("by", ["code", "offer"])
def test_an_erasure_that_has_begun_cannot_be_cancelled(demo, deletions, by):
    deletions.answers["cancel-confirm"] = PENDING
    if by == "offer":
        refused_with_a_token(demo, deletions)
        demo.submit.click()
    else:
        open_at(demo, "keep")
        demo.page.locator("[name=who]:visible").fill(EMAIL)
        demo.submit.click()
        demo.code.fill(CODE)

    expect(demo.title).to_have_text("Sign in or sign up")
    expect(demo.said).to_have_text("It is too late: this account is being erased.")


def test_an_invalid_address_is_reported_before_anything_is_sent(demo, deletions):
    open_at(demo, "keep")
    demo.submit.click()
    expect(demo.error).to_have_text("Enter your email or phone number.")
    demo.page.locator("[name=who]:visible").fill("1")
    demo.submit.click()

    expect(demo.error).to_have_text("This email or phone number cannot be used. Check its spelling.")
    expect(demo.page.locator("#keep-who")).to_be_focused()
    assert deletions.calls == []


def test_the_customer_s_data_is_downloaded_as_a_file(demo, number):
    demo.page.route("**/store/customers/me/export", lambda route: route.fulfill(json=HELD))
    demo.sign_in(number)
    demo.page.get_by_role("button", name="Download my data").click()
    with demo.page.expect_download() as download:
        demo.submit.click()

    assert download.value.suggested_filename == "my-data.json"
    assert json.loads(download.value.path().read_text(encoding="utf-8")) == HELD
    expect(demo.said).to_have_text("The file is in your downloads.")


def test_an_old_sign_in_is_repeated_before_the_download(demo, number):
    answers = iter([OLD, {"json": HELD}])
    demo.page.route("**/store/customers/me/export", lambda route: route.fulfill(**next(answers)))
    demo.sign_in(number)
    open_at(demo, "download")
    demo.submit.click()
    expect(demo.error).to_have_text("This needs a sign-in of just now.")
    sign_in_again(demo, number)

    expect(demo.title).to_have_text("Download my data")
    with demo.page.expect_download():
        demo.submit.click()


def test_pages_of_the_account_ask_to_sign_in_first_but_cancelling_does_not(demo):
    for name in ("delete", "download"):
        demo.page.goto(f"/_local/demo/#{name}")
        demo.page.reload()  # a new hash alone does not load the page
        expect(demo.title).to_have_text("Sign in or sign up")
        expect(demo.page).not_to_have_url(re.compile("#"))
    open_at(demo, "keep")


def test_an_account_can_be_deleted_by_keyboard_alone(demo, deletions, number):
    demo.sign_in(number)
    demo.page.get_by_role("button", name="Delete my account").focus()
    demo.page.keyboard.press("Enter")
    expect(demo.title).to_be_focused()
    for name in ("button", "textarea"):
        demo.page.keyboard.press("Tab")
        expect(demo.page.locator(f"#delete {name}:focus")).to_be_visible()
    demo.page.keyboard.type("bye")
    demo.page.keyboard.press("Tab")
    expect(demo.submit).to_be_focused()
    demo.page.keyboard.press("Enter")
    expect(demo.code).to_be_focused()
    demo.page.keyboard.type(CODE)

    expect(demo.title).to_have_text("Your account will be deleted")
    assert deletions.bodies("request")[0]["reason"] == "bye"


@pytest.mark.parametrize(("language", "scheme"), [("tr-TR", "light"), ("fa-IR", "dark")])
def test_every_step_is_accessible_and_fits_the_screen(device, opened, number, axe, language, scheme):
    demo = opened(device(locale=language, reduced_motion="reduce", color_scheme=scheme))
    deletions, violations = Deletions(demo.page), {}
    demo.page.route("**/store/customers/me/export", lambda route: route.fulfill(**OLD))

    def look(name):
        assert demo.page.evaluate("document.documentElement.scrollWidth") == 360, name
        violations[name] = axe(demo.page)

    expect(demo.page.locator("html")).to_have_attribute("lang", language[:2])
    demo.sign_in(number)
    look("account")
    open_at(demo, "download")
    demo.submit.click()
    expect(demo.page.locator("#download-again")).to_be_visible()
    look("download")
    open_at(demo, "delete")
    look("delete")
    deletions.answers["request"] = OLD
    demo.submit.click()
    expect(demo.page.locator("#delete-again")).to_be_visible()
    look("refused")
    del deletions.answers["request"]
    demo.submit.click()
    expect(demo.code).to_be_focused()
    look("code to delete")
    demo.code.fill(CODE)
    expect(demo.page.locator("#deleted")).to_be_visible()
    look("deleted")
    demo.page.locator("#deleted-keep").click()
    expect(demo.page.locator("#keep")).to_be_visible()
    look("keep")
    demo.submit.click()
    expect(demo.code).to_be_focused()
    look("code to keep")
    demo.code.fill(CODE)
    expect(demo.said).not_to_be_empty()
    look("kept")

    assert {name: each for name, each in violations.items() if each} == {}


def enter_code(demo, number, before):
    """The code in the message after this number of messages."""
    expect(demo.code).to_be_focused()
    demo.code.fill(demo.sent(number, before + 1))


def leave(demo, number):
    later(demo)
    before = len(demo.stack.messages(number))
    ask_to_delete(demo, "moved")
    enter_code(demo, number, before)
    expect(demo.title).to_have_text("Your account will be deleted")


def later(demo, seconds=90):
    demo.stack.post("/_local/clock", advance_seconds=seconds)


def start_to_sign_in(demo, number):
    demo.page.goto("/_local/demo/")
    later(demo)
    before = len(demo.stack.messages(number))
    demo.ask(number)
    enter_code(demo, number, before)


def test_the_pages_alone_can_cancel_a_deletion_delete_verify_the_receipt_and_register_again(demo, device, stack, number, numbers):
    operator = next(numbers)
    stack.sign_up(operator)
    assert stack.post("/_local/admin", phone=operator).json()["roles"] == ["admin"]
    demo.sign_in(number)
    leave(demo, number)

    start_to_sign_in(demo, number)
    expect(demo.title).to_have_text("Keep my account")
    demo.submit.click()
    expect(demo.said).to_have_text("Your account stays. Sign in again.")

    later(demo, 3600)
    start_to_sign_in(demo, number)
    expect(demo.page.locator("#account")).to_be_visible()
    leave(demo, number)
    later(demo, 7 * 86_400)
    assert "was deleted" in stack.messages(number)[0]["body"]  # on the way, when the hourly run was due

    console = device(viewport={"width": 1280, "height": 800}, accept_downloads=True).new_page()
    console.goto("/_local/admin/?status=completed")
    before = len(stack.messages(operator))
    console.locator("#phone").fill(operator)
    console.locator("[type=submit]:visible").click()
    expect(console.locator("#code")).to_be_focused()
    console.locator("#code").fill(stack.messages(operator, count=before + 1)[0]["code"])
    row = console.locator("#list tbody tr").first
    expect(row).to_contain_text("completed", ignore_case=True)
    with console.expect_download() as download:
        row.get_by_role("button").click()
    receipt = receipts.check(download.value.path().read_text(), stack.request("GET", "/_local/receipts-key").text)
    assert receipt["request_id"] == download.value.suggested_filename.partition(".")[0]

    start_to_sign_in(demo, number)
    expect(demo.page.locator("#welcome")).to_have_text("Your account was just created.")
