"""What customers change and see: names, addresses, password, sessions, referrals."""

from playwright.sync_api import expect

from tests.browser.passwords.people import OTHER, PASSWORD, Person, Steps


def test_names_are_changed(steps, demo, member):
    steps.sign_in(member)
    steps.go("profile")
    steps.fill(first_name="Grace", last_name="Hopper")
    steps.submit()
    expect(demo.notice).to_have_text("Saved.")
    steps.go("account")

    expect(demo.page.locator("#who")).to_have_text("Grace Hopper")


def test_an_email_is_changed_by_the_code_sent_to_the_new_one(steps, demo, member, stack):
    steps.sign_in(member)
    steps.go("profile")
    demo.page.get_by_role("button", name="Change email").click()
    new = Person(stack).email
    steps.fill(email=new)
    steps.submit()
    expect(demo.code).to_be_focused()
    demo.code.fill(stack.messages(new)[0]["code"])

    expect(demo.notice).to_have_text("The address is changed.")
    expect(demo.page.locator("#profile-email")).to_have_text(new)
    steps.go("account")
    steps.go("sessions")  # with the session's next tokens
    expect(demo.page.locator("#sessions-list li")).to_have_count(1)


def test_an_old_sign_in_is_repeated_before_an_address_changes(steps, demo, member, stack):
    steps.sign_in(member)
    stack.post("/_local/clock", advance_seconds=6 * 60)
    steps.open("contact")
    new = Person(stack).email
    steps.fill(email=new)
    steps.submit()
    expect(demo.error).to_have_text("This needs a sign-in of just now.")
    demo.page.get_by_role("button", name="Sign in again").click()
    steps.go("password")
    steps.fill(who=member.email, password=PASSWORD)
    steps.submit()

    expect(demo.title).to_have_text("Change an address")
    steps.fill(email=new)
    steps.submit()
    expect(demo.code).to_be_focused()


def test_an_address_that_is_already_taken_is_reported(steps, demo, member, stack):
    other = Person(stack)
    other.register()
    stack.post("/_local/clock", advance_seconds=90)
    steps.sign_in(member)
    steps.open("contact")
    steps.fill(email=member.email)
    steps.submit()
    expect(demo.error).to_have_text("This address is yours already.")
    before = len(stack.messages(other.email))
    steps.fill(email=other.email)
    steps.submit()
    expect(demo.code).to_be_focused()
    demo.code.fill(other.code(other.email, newer_than=before))
    expect(demo.error).to_have_text("This address belongs to another account.")


def test_a_password_is_changed_and_logs_out_the_other_devices(steps, demo, device, opened, member):
    steps.sign_in(member)
    elsewhere = opened(device())
    Steps(elsewhere).sign_in(member)
    steps.go("new-password")
    steps.fill(old_password="not this one", new_password=OTHER, confirm_password=PASSWORD)
    steps.submit()
    expect(demo.error).to_have_text("The two new passwords differ.")
    steps.fill(confirm_password=OTHER)
    steps.submit()
    expect(demo.error).to_have_text("The current password is wrong.")
    steps.fill(old_password=PASSWORD)
    steps.submit()

    expect(demo.notice).to_have_text("Your password is changed. All other devices are logged out.")
    elsewhere.page.reload()
    expect(elsewhere.notice).to_have_text("Your session has ended. Sign in again.")


def test_another_device_is_listed_and_logged_out(steps, demo, device, opened, member, stack):
    stack.post("/_local/clock", advance_seconds=1)  # the newest session is listed first; the registration's is older by a second
    elsewhere = opened(device())
    Steps(elsewhere).sign_in(member)
    steps.sign_in(member)
    steps.go("sessions")
    rows = demo.page.locator("#sessions-list li")
    expect(rows.filter(has_text="this device")).to_have_count(1)
    before = rows.count()
    rows.filter(has_not_text="this device").first.get_by_role("button").click()

    expect(demo.notice).to_have_text("That device is logged out.")
    expect(rows).to_have_count(before - 1)
    expect(demo.title).to_be_focused()
    elsewhere.page.reload()
    expect(elsewhere.notice).to_have_text("Your session has ended. Sign in again.")


def test_the_referral_code_is_copied(device, opened, regular):
    demo = opened(device(permissions=["clipboard-read", "clipboard-write"]))
    steps = Steps(demo)
    steps.sign_in(regular)
    steps.go("referrals")
    expect(demo.page.locator("#referrals-none")).to_have_text("Nobody yet.")
    demo.page.get_by_role("button", name="Copy").click()

    expect(demo.page.get_by_role("button", name="Copied")).to_be_visible()
    assert demo.page.evaluate("navigator.clipboard.readText()") == regular.session["customer"]["referral_code"]
