"""The demo page with a session: the token's content, its renewal, and the end of the session here and elsewhere."""

from playwright.sync_api import expect

ENDED = "Your session has ended. Sign in again."
SIGN_IN = "Sign in or sign up"


def log_out(demo, where):
    demo.page.get_by_role("button", name=f"Log out {where}").click()


def test_the_claims_are_shown(demo, number, stack):
    demo.sign_in(number)
    claim = demo.page.locator

    expect(claim("#who")).to_contain_text("+1 212-555-")
    expect(claim("[data-claim=sub]")).to_contain_text("cus_")
    expect(claim("[data-claim=amr]")).to_have_text("otp, sms")
    expect(claim("[data-claim=roles]")).to_have_text("none")
    expect(claim("[data-claim=iss]")).to_have_text(stack.url)


def test_the_token_renews_itself_before_it_ends(demo, number, stack):
    demo.page.clock.install()
    demo.sign_in(number)
    expect(demo.time_left).to_contain_text("14:5")
    subject, issued = (demo.page.locator(f"[data-claim={name}]").text_content() for name in ("sub", "iat"))

    passed_seconds = 14 * 60 + 35
    stack.post("/_local/clock", advance_seconds=passed_seconds)
    demo.page.clock.fast_forward(passed_seconds * 1000)

    expect(demo.page.locator("#renewed")).to_have_text("Renewed once.")
    expect(demo.time_left).to_contain_text("14:5")
    expect(demo.page.locator("[data-claim=sub]")).to_have_text(subject)
    expect(demo.page.locator("[data-claim=iat]")).not_to_have_text(issued)


def test_a_token_that_could_not_be_renewed_is_renewed_when_the_connection_is_back(demo, number):
    demo.page.clock.install()
    demo.sign_in(number)
    demo.page.context.set_offline(True)
    demo.page.clock.fast_forward(16 * 60_000)
    expect(demo.time_left).to_contain_text("0:00")
    expect(demo.title).to_have_text("You are signed in")

    demo.page.context.set_offline(False)

    expect(demo.page.locator("#renewed")).to_have_text("Renewed once.")


def test_a_session_survives_a_reload(demo, number):
    demo.sign_in(number)
    demo.page.reload()

    expect(demo.title).to_have_text("You are signed in")
    expect(demo.page.locator("#welcome")).to_have_text("Welcome back.")


def test_logging_out_here_signs_out_the_other_tab_and_no_other_device(demo, device, opened, number, stack):
    demo.sign_in(number)
    other_tab = opened(demo.page.context)
    expect(other_tab.title).to_have_text("You are signed in")
    stack.post("/_local/clock", advance_seconds=90)
    elsewhere = opened(device())
    elsewhere.sign_in(number, count=2)

    log_out(demo, "here")

    expect(demo.notice).to_have_text("You are logged out on this device.")
    expect(other_tab.notice).to_have_text(ENDED)
    with elsewhere.page.expect_response("**/store/customers/me") as checked:
        elsewhere.page.reload()
    assert checked.value.status == 200
    expect(elsewhere.title).to_have_text("You are signed in")


def test_logging_out_everywhere_signs_out_the_other_device(demo, device, opened, number, stack):
    demo.sign_in(number)
    stack.post("/_local/clock", advance_seconds=90)
    elsewhere = opened(device())
    elsewhere.sign_in(number, count=2)

    log_out(demo, "everywhere")

    expect(demo.notice).to_have_text("You are logged out on every device.")
    elsewhere.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as if the person came back to the tab
    expect(elsewhere.notice).to_have_text(ENDED)
    expect(elsewhere.title).to_have_text(SIGN_IN)
    expect(elsewhere.title).to_be_focused()


def test_logging_out_without_a_connection_says_so_and_keeps_the_session(demo, number):
    demo.sign_in(number)
    demo.page.context.set_offline(True)
    log_out(demo, "here")

    expect(demo.error).to_contain_text("There is no connection.")
    demo.page.context.set_offline(False)
    log_out(demo, "here")
    expect(demo.title).to_have_text(SIGN_IN)
