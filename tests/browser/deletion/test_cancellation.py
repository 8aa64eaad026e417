"""Cancelling a deletion on the demo's pages."""

import pytest
from playwright.sync_api import expect

from tests.browser.deletion.deletions import CODE, EMAIL, PENDING, WRONG_CODE, ask_to_delete, open_at, refusal


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
    expect(demo.notice).to_have_text("Your account stays. Sign in again.")
    assert deletions.bodies("cancel-confirm") == [{"token": "ch_1", "code": CODE}]


def test_a_sign_in_by_code_to_an_account_in_deletion_offers_to_cancel_it(demo, deletions):
    deletions.refuse_sign_in()
    address = "keeps@example.com"
    demo.request_code(address)
    expect(demo.code).to_be_focused()
    demo.code.fill(demo.code_sent_to(address))

    expect(demo.title).to_have_text("Keep my account")
    expect(demo.title).to_be_focused()
    expect(demo.notice).to_have_text("This account is to be deleted.")
    expect(demo.page.locator("[name=who]:visible")).to_have_value(address)
    demo.submit.click()
    expect(demo.page.locator("#sent-to")).to_contain_text(address)
    demo.code.fill("000000")
    expect(demo.error).to_contain_text("This code is wrong")
    demo.code.fill(CODE)

    expect(demo.notice).to_have_text("Your account stays. Sign in again.")
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
    expect(demo.notice).to_have_text("Your account stays. Sign in again.")
    expect(demo.page.locator("[name=who]:visible")).to_have_value(EMAIL)


def test_a_new_password_for_an_account_in_deletion_offers_to_cancel_it(demo, deletions):
    demo.page.route("**/auth/customer/emailpass/update", lambda route: route.fulfill(**PENDING))
    demo.page.goto(f"/reset-password?token=none&email={EMAIL}")
    demo.page.locator("#reset-password").fill("correct horse battery")
    demo.submit.click()

    expect(demo.title).to_have_text("Keep my account")
    expect(demo.page.locator("[name=who]:visible")).to_have_value(EMAIL)
    assert deletions.calls == []


def refused_without_an_address(demo, deletions):
    deletions.refuse_sign_in(refusal("account_deletion_pending", 403, cancel_token="keep_1"))
    open_at(demo, "password")
    demo.page.locator("[name=who]:visible").fill(EMAIL)
    demo.page.get_by_role("textbox", name="Password", exact=True).fill("correct horse battery")
    demo.submit.click()
    expect(demo.title).to_have_text("Keep my account")
    expect(demo.page.locator("#keep-who")).to_be_hidden()


def test_without_a_verified_address_the_deletion_is_cancelled_without_a_code(demo, deletions):
    refused_without_an_address(demo, deletions)
    demo.page.locator("#keep").get_by_role("button", name="Keep my account").click()

    expect(demo.notice).to_have_text("Your account stays. Sign in again.")
    assert deletions.bodies("cancel-confirm") == [{"token": "keep_1"}]


def test_an_expired_offer_without_a_code_is_reported(demo, deletions):
    refused_without_an_address(demo, deletions)
    deletions.answers["cancel-confirm"] = WRONG_CODE
    demo.submit.click()

    expect(demo.error).to_have_text("This took too long. Sign in again to keep your account.")


@pytest.mark.parametrize("by", ["code", "offer"])
def test_an_erasure_that_has_begun_cannot_be_cancelled(demo, deletions, by):
    deletions.answers["cancel-confirm"] = PENDING
    if by == "offer":
        refused_without_an_address(demo, deletions)
        demo.submit.click()
    else:
        open_at(demo, "keep")
        demo.page.locator("[name=who]:visible").fill(EMAIL)
        demo.submit.click()
        demo.code.fill(CODE)

    expect(demo.title).to_have_text("Sign in or sign up")
    expect(demo.notice).to_have_text("It is too late: this account is being erased.")


def test_an_invalid_address_is_reported_before_anything_is_sent(demo, deletions):
    open_at(demo, "keep")
    demo.submit.click()
    expect(demo.error).to_have_text("Enter your email or phone number.")
    demo.page.locator("[name=who]:visible").fill("1")
    demo.submit.click()

    expect(demo.error).to_have_text("This email or phone number cannot be used. Check its spelling.")
    expect(demo.page.locator("#keep-who")).to_be_focused()
    assert deletions.calls == []
