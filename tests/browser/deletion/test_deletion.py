"""Deleting an account on the demo's pages."""

from playwright.sync_api import expect

from tests.browser.deletion.deletions import (
    CODE,
    EMAIL,
    ENDED,
    OLD_SIGN_IN,
    PENDING,
    ask_to_delete,
    deletion,
    open_at,
    refusal,
    sign_in_again,
)


def prove(page, **proven):
    """Let the sign-in by phone return a customer with these members."""

    def respond(route):
        answer = route.fetch()
        body = answer.json()
        body["user"] |= proven
        route.fulfill(response=answer, json=body)

    page.route("**/login/mobile/verify", respond)


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

    step = demo.page.locator("#delete")
    for text in ("goes: names, addresses, password", "logged out on every device", "For 7 days you can change your mind", "erased"):
        expect(step).to_contain_text(text)
    expect(step).to_contain_text("We send you a code first")
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
    deletions.answers["request"] = OLD_SIGN_IN
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
    expect(demo.notice).to_be_empty()
    demo.page.reload()
    expect(demo.title).to_have_text("Sign in or sign up")


def test_the_other_tab_is_signed_out_with_the_deletion(demo, opened, deletions, number):
    demo.sign_in(number)
    other_tab = opened(demo.page.context)
    expect(other_tab.title).to_have_text("You are signed in")
    ask_to_delete(demo)
    demo.code.fill(CODE)

    expect(demo.title).to_have_text("Your account will be deleted")
    expect(other_tab.notice).to_have_text("Your session has ended. Sign in again.")


def test_another_device_learns_of_the_deletion_at_its_next_call(demo, deletions, number):
    demo.sign_in(number)
    demo.page.route("**/store/customers/me", lambda route: route.fulfill(**PENDING))
    demo.page.route("**/login/refresh", lambda route: route.fulfill(**ENDED))
    demo.page.reload()

    expect(demo.notice).to_have_text("Your session has ended. Sign in again.")
