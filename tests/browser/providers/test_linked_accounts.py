"""The page of linked accounts: adding a provider, removing one, and what both need."""

import time

import requests
from playwright.sync_api import expect

OLD = "This needs a sign-in of just now."


def test_apple_is_added_to_a_customer_of_google_and_signs_in_as_the_same(demo):
    demo.sign_in_by("Google", "Alan")
    customer = demo.customer_id

    demo.add("Apple", "Alan")

    expect(demo.notice).to_have_text("Added. You can sign in with it from now on.")
    expect(demo.linked).to_have_count(2)
    expect(demo.linked.filter(has_text="Google")).to_contain_text("alan@gmail.com")
    expect(demo.linked.filter(has_text="Apple")).to_contain_text("alan@privaterelay.appleid.com")
    expect(demo.button("Add Apple")).to_have_count(0)
    expect(demo.button("Add Facebook")).to_be_visible()
    demo.log_out()
    demo.sign_in_by("Apple", "Alan")
    assert demo.customer_id == customer


def test_a_provider_is_removed_and_no_longer_signs_in_to_the_account(demo):
    demo.sign_in_by("Google", "Kurt")
    customer = demo.customer_id
    demo.add("Apple", "Kurt")
    expect(demo.linked).to_have_count(2)

    demo.button("Remove: Apple").click()

    expect(demo.notice).to_have_text("Removed. It no longer signs in to your account.")
    expect(demo.linked).to_have_count(1)
    expect(demo.title).to_be_focused()
    demo.log_out()
    demo.sign_in_by("Apple", "Kurt")
    assert demo.customer_id != customer


def test_the_last_way_in_is_not_removed(demo):
    demo.sign_in_by("Facebook", "Emmy")  # whose email counts for nothing
    demo.open_identities()

    demo.button("Remove: Facebook").click()

    expect(demo.error).to_have_text("This is your only way to sign in. Add another one first.")
    expect(demo.linked).to_have_count(1)


def test_the_account_of_another_customer_is_not_added(demo):
    demo.sign_in_by("Apple", "Sophie")
    demo.log_out()
    demo.sign_in_by("Google", "Sofia")

    demo.add("Apple", "Sophie")

    expect(demo.error).to_have_text("This Apple account belongs to another customer.")
    demo.button("Back").click()
    expect(demo.linked).to_have_count(1)


def test_removing_and_adding_need_a_recent_sign_in_and_come_after_it(demo):
    demo.sign_in_by("Google", "Ada")
    demo.stack.post("/_local/clock", advance_seconds=301)
    demo.open_identities()
    demo.button("Remove: Google").click()
    expect(demo.error).to_have_text(OLD)
    demo.button("Sign in again").click()
    demo.button("Continue with Google").click()
    demo.choose("Ada")
    expect(demo.title).to_have_text("Linked accounts")

    demo.stack.post("/_local/clock", advance_seconds=301)
    demo.button("Add Apple").click()
    demo.choose("Ada")
    expect(demo.error).to_have_text(OLD)
    demo.button("Sign in again").click()
    demo.button("Continue with Google").click()
    demo.choose("Ada")

    expect(demo.title).to_have_text("Linked accounts")
    expect(demo.linked).to_have_count(1)
    demo.button("Add Apple").click()
    demo.choose("Ada")
    expect(demo.linked).to_have_count(2)


def test_a_session_that_has_ended_adds_nothing_and_signs_nobody_up(demo):
    demo.sign_in_by("Google", "Maryam")
    demo.open_identities()
    demo.button("Add Apple").click()
    expect(demo.page).to_have_title("Sign in with the local Apple")
    other = demo.page.context.new_page()
    other.goto("/_local/demo/")
    other.get_by_role("button", name="Log out here").click()
    expect(other.locator("h1:visible")).to_have_text("Sign in or sign up")

    demo.choose("Maryam Apple")

    expect(demo.error).to_have_text("Your session has ended. Sign in again.")
    assert demo.page.evaluate("localStorage.getItem('customer-auth')") is None


def test_a_customer_by_phone_adds_google(demo, number):
    demo.sign_in(number)
    demo.add("Google", "Katherine")

    expect(demo.linked).to_have_count(1)
    expect(demo.linked).to_contain_text("katherine@gmail.com")


# ── the end of an account ──


def apple_tokens(stack):
    """The refresh tokens that Apple has issued: whose, and whether it was revoked."""
    url = stack.post("/login/apple/start", redirectUrl=f"{stack.url}/_local/demo/").json()["authUrl"]
    tokens = requests.get(f"{url.partition('/auth?')[0]}/tokens", timeout=10).json()
    return {each["person"]: each["revoked"] for each in tokens}


def test_apples_refresh_token_is_revoked_when_the_account_is_deleted(demo):
    demo.sign_in_by("Google", "Hypatia")
    demo.add("Apple", "Hypatia")
    expect(demo.linked).to_have_count(2)
    assert apple_tokens(demo.stack)["Hypatia"] is False

    demo.page.goto("/_local/demo/#delete")
    demo.submit.click()
    expect(demo.code).to_be_focused()
    demo.code.fill(demo.code_sent_to("hypatia@gmail.com", count=2))  # after the notification of the new way in
    expect(demo.title).to_have_text("Your account will be deleted")
    demo.stack.post("/_local/clock", advance_seconds=7 * 86_400)

    ends_at = time.monotonic() + 10
    while not apple_tokens(demo.stack)["Hypatia"] and time.monotonic() < ends_at:
        time.sleep(0.1)
    assert apple_tokens(demo.stack)["Hypatia"] is True
