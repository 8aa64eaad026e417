"""Registering with a password, and verifying the addresses."""

from playwright.sync_api import expect

from tests.browser.passwords.people import PASSWORD, Person


def test_a_stranger_registers_and_proves_both_addresses(steps, demo, person):
    demo.page.get_by_role("button", name="Create an account with a password").click()
    expect(demo.title).to_have_text("Create an account")
    expect(demo.title).to_be_focused()
    steps.fill(email=person.email, phone=person.phone, password=PASSWORD, first_name="Ada", last_name="Lovelace")
    steps.submit()

    expect(demo.code).to_be_focused()
    expect(demo.page.locator("#sent-to")).to_contain_text(person.email)
    demo.code.fill(person.code(person.email))
    expect(demo.notice).to_have_text("That one is verified. One more, please.")
    expect(demo.page.locator("#sent-to")).to_contain_text("212-555")
    demo.code.fill(person.code(person.phone))

    expect(demo.page.locator("#account")).to_be_visible()
    expect(demo.page.locator("#welcome")).to_have_text("Your account was just created.")
    expect(demo.page.locator("#who")).to_have_text("Ada Lovelace")


def test_a_reload_between_the_two_codes_continues_with_the_requested_one(steps, demo, person):
    steps.register(person)
    expect(demo.code).to_be_focused()
    demo.page.reload()
    demo.code.fill(person.code(person.email))
    expect(demo.notice).not_to_be_empty()
    demo.page.reload()
    demo.code.fill(person.code(person.phone))

    expect(demo.page.locator("#account")).to_be_visible()


WRONG = [
    ("email", "", "Enter your email address."),
    ("email", "person@", "This email address cannot be used. Check its spelling."),
    ("phone", "", "Enter your phone number."),
    ("phone", "+49 1512 3456789", "We only send codes to numbers of: United States, Türkiye, Iran."),
    ("password", "short", "Use at least 8 characters."),
    ("password", "password1", "This password is too easy to guess. Choose another."),
    ("referral_code", "nobody", "Nobody has this referral code. Check it, or leave it empty."),
]


def test_input_that_cannot_be_registered_is_reported_at_its_field(steps, demo, person):
    right = {"email": person.email, "phone": person.phone, "password": PASSWORD, "referral_code": ""}
    steps.open("register")
    for field, value, text in WRONG:
        steps.fill(**(right | {field: value}))
        steps.submit()
        expect(demo.error).to_have_text(text)
        expect(demo.page.locator("[aria-invalid=true]")).to_have_attribute("name", field)
        expect(demo.page.locator(f"#register-{field}")).to_be_focused()


def test_after_a_wrong_referral_code_the_registration_continues_with_the_right_one(steps, demo, member, stack):
    code = member.session["customer"]["referral_code"]
    friend = Person(stack)
    steps.register(friend, referral_code="nobody")
    expect(demo.error).not_to_be_empty()
    steps.fill(referral_code=code.lower())
    steps.submit()
    demo.code.fill(friend.code(friend.email))
    expect(demo.notice).not_to_be_empty()
    demo.code.fill(friend.code(friend.phone))
    expect(demo.page.locator("#account")).to_be_visible()
    steps.log_out()
    steps.sign_in(member)

    steps.go("referrals")

    expect(demo.page.locator("#referral-code")).to_have_text(code)
    expect(demo.page.locator("#referrals-list li")).to_have_count(1)
    expect(demo.page.locator("#referrals-list li")).to_contain_text("***@")


def test_a_known_address_is_not_registered_again(steps, demo, regular):
    steps.register(regular)

    expect(demo.error).to_have_text("There is an account with this address already. Sign in.")
