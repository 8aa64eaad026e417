"""Who may use the admin console, and how its sessions begin and end."""

from playwright.sync_api import expect

from tests.browser.admin.console import DENIED, SIGN_IN, TITLE


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
    expect(console.notice).to_have_text("You are logged out.")
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
    expect(console.notice).to_have_text("Your sign-in is more than 12 hours old. Sign in again to go on.")
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
    expect(console.notice).to_have_text("Your session has ended. Sign in again.")


def test_logging_out_ends_the_console_in_the_other_tab_too(console, opened):
    other = opened(console.page.context)
    expect(other.count).to_have_text("1–20 of 135")
    console.page.get_by_role("button", name="Log out").click()

    expect(console.notice).to_have_text("You are logged out.")
    expect(other.title).to_have_text(SIGN_IN)
    expect(other.rows).to_have_count(0)


def test_logging_out_without_a_response_says_so_and_keeps_the_session(console):
    console.page.route("**/login/logout", lambda route: route.abort("internetdisconnected"))
    console.page.get_by_role("button", name="Log out").click()

    expect(console.page.locator("#log-out-error")).to_contain_text("There is no connection.")
    expect(console.title).to_have_text(TITLE)
