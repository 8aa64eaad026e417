"""The demo's pages for passwords: registering, verifying, signing in, a forgotten password, and changes that customers make."""

import re
import time
from itertools import count

import pytest
from playwright.sync_api import expect

from tests.harness.local_stack import started

PASSWORD = "correct horse battery"
OTHER = "another fine phrase"
LINK = re.compile(r"http\S+/reset-password\S+")
_ADDRESSES = count(1000)


@pytest.fixture(scope="session")
def stack():
    """A stack that registers customers with both addresses; the browser fixtures here use it."""
    with started("--set", "REGISTRATION_IDENTIFIER=both", "--set", "IP_SENDS_PER_HOUR=0", "--set", "ALLOWED_REGIONS=US,TR,IR") as stack:
        yield stack


class Person:
    """A person with an email, a phone and a password, and no account yet."""

    def __init__(self, stack):
        number = next(_ADDRESSES)
        self.stack = stack
        self.email = f"person{number}@example.com"
        self.phone = f"+1212555{number}"
        self.password = PASSWORD

    def code(self, address, newer_than=0):
        messages = self.stack.messages(address, count=newer_than + 1)
        return messages[0]["code"]

    def link(self):
        """Wait for the newest link to a new password."""
        while not (links := LINK.findall(" ".join(each["body"] for each in self.stack.messages(self.email)))):
            time.sleep(0.02)
        return links[0]

    def register(self, **more):
        """Register over HTTP; returns the response to the last verification, with its session."""
        token = self.stack.post("/auth/customer/emailpass/register", email=self.email, password=self.password).json()["token"]
        body = {"email": self.email, "phone": self.phone, **more}
        bearer = {"authorization": f"Bearer {token}"}
        customer = self.stack.request("POST", "/store/customers", json=body, headers=bearer).json()["customer"]
        for by in ("email", "phone"):
            challenge = self.stack.post("/store/customers/otp/send", customer_id=customer["id"], type=f"{by}_verification").json()
            session = self.stack.post("/store/customers/otp/verify", token=challenge["token"], code=self.code(getattr(self, by))).json()
        return session


@pytest.fixture
def person(stack):
    stack.post("/_local/clock", advance_seconds=1_800)  # at most ten registrations an hour from one IP address
    return Person(stack)


@pytest.fixture
def member(person):
    """The same, registered and verified."""
    person.session = person.register(first_name="Ada", last_name="Lovelace")
    return person


@pytest.fixture(scope="session")
def regular(stack):
    """A member whom no test changes."""
    person = Person(stack)
    person.session = person.register(first_name="Ada", last_name="Lovelace")
    return person


class Steps:
    """The demo's steps as a person uses them."""

    def __init__(self, demo):
        self.page = demo.page
        self.demo = demo

    def go(self, name):
        self.page.locator(f"section:visible [data-show={name}]").click()

    def fill(self, **values):
        for name, value in values.items():
            self.page.locator(f"section:visible [name={name}]").fill(value)

    def submit(self):
        self.demo.submit.click()

    def open(self, name):
        self.page.goto(f"/_local/demo/#{name}")

    def sign_in(self, person, password=None):
        self.open("password")
        self.fill(who=person.email, password=password or person.password)
        self.submit()
        expect(self.page.locator("#account")).to_be_visible()

    def log_out(self):
        self.page.locator("#log-out").click()
        expect(self.page.locator("#ask")).to_be_visible()

    def register(self, person, **more):
        self.open("register")
        self.fill(**({"email": person.email, "phone": person.phone, "password": person.password} | more))
        self.submit()


@pytest.fixture
def steps(demo):
    return Steps(demo)


def test_a_stranger_registers_and_proves_both_addresses(steps, demo, person):
    demo.page.get_by_role("button", name="Create an account with a password").click()
    expect(demo.title).to_have_text("Create an account")
    expect(demo.title).to_be_focused()
    steps.fill(email=person.email, phone=person.phone, password=PASSWORD, first_name="Ada", last_name="Lovelace")
    steps.submit()

    expect(demo.code).to_be_focused()
    expect(demo.page.locator("#sent-to")).to_contain_text(person.email)
    demo.code.fill(person.code(person.email))
    expect(demo.said).to_have_text("That one is verified. One more, please.")
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
    expect(demo.said).not_to_be_empty()
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
    expect(demo.said).not_to_be_empty()
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


@pytest.mark.parametrize("by", ["email", "phone"])
def test_a_member_signs_in_by_either_address(steps, demo, regular, by):
    steps.open("password")
    steps.fill(who=getattr(regular, by), password="wrong password")
    steps.submit()
    expect(demo.error).to_have_text("Email, phone number or password is wrong.")
    steps.fill(password=PASSWORD)
    steps.submit()

    expect(demo.page.locator("#welcome")).to_have_text("Welcome back.")
    expect(demo.page.locator("#who")).to_have_text("Ada Lovelace")
    expect(demo.page.locator("[data-claim=amr]")).to_have_text("pwd")


@pytest.mark.parametrize(("step", "who"), [("password", "phone"), ("forgot", "email")])
def test_errors_of_the_service_are_shown_in_the_page_s_own_words(steps, demo, person, step, who):
    message, errors = f"{who.capitalize()} login is not enabled", [{"field": who, "message": "is not enabled"}]
    refusal = {"success": False, "type": "bad_request", "message": message, "request_id": "r", "errors": errors}
    demo.page.route("**/auth/customer/emailpass**", lambda route: route.fulfill(status=400, json=refusal))
    demo.page.get_by_label("Language").select_option("tr")
    steps.open(step)
    steps.fill(who=getattr(person, who), **({"password": PASSWORD} if step == "password" else {}))
    steps.submit()

    texts = {"phone": "Burada telefon ve parolayla giriş yapılamaz.", "email": "Burada e-posta ve parolayla giriş yapılamaz."}
    expect(demo.error).to_have_text(texts[who])


def test_a_customer_with_an_unverified_address_is_sent_a_code_at_sign_in(steps, demo, person, stack):
    steps.register(person)
    expect(demo.code).to_be_focused()
    stack.post("/_local/clock", advance_seconds=90)
    steps.open("password")
    demo.page.reload()
    steps.fill(who=person.email, password=PASSWORD)
    steps.submit()

    expect(demo.code).to_be_focused()
    demo.code.fill(person.code(person.email, newer_than=1))
    expect(demo.said).to_have_text("That one is verified. One more, please.")


def test_a_registration_without_a_customer_is_completed_at_sign_in(steps, demo, person, stack):
    stack.post("/auth/customer/emailpass/register", email=person.email, password=PASSWORD)
    steps.open("password")
    steps.fill(who=person.email, password=PASSWORD)
    steps.submit()
    expect(demo.said).to_have_text("Your registration is not complete yet. Check what is missing.")
    steps.fill(phone=person.phone)
    steps.submit()

    expect(demo.code).to_be_focused()


def test_a_forgotten_password_is_replaced_by_the_link(steps, demo, member, stack):
    stack.post("/_local/clock", advance_seconds=90)
    steps.open("password")
    steps.go("forgot")
    steps.fill(who=member.email)
    steps.submit()
    expect(demo.page.locator("#forgot-sent")).to_have_text("If there is an account with this address, the link is on its way.")

    link = member.link()
    demo.page.goto(link)
    expect(demo.title).to_have_text("Set a new password")
    assert "token" not in demo.page.url
    expect(demo.page.locator("#reset-who")).to_have_text(member.email)
    steps.fill(password=OTHER)
    steps.submit()
    expect(demo.said).to_have_text("Your new password is set, and you are logged out on every device. Sign in.")
    expect(demo.page.locator("#password-who")).to_have_value(member.email)
    steps.fill(password=OTHER)
    steps.submit()
    expect(demo.page.locator("#account")).to_be_visible()

    steps.log_out()
    demo.page.goto(link)
    steps.fill(password=PASSWORD)
    steps.submit()
    expect(demo.error).to_have_text("This link has been used or has expired. Ask for a new one.")


def test_an_unknown_address_gets_the_same_page_for_a_forgotten_password(steps, demo, person):
    steps.open("forgot")
    steps.fill(who=person.email)
    steps.submit()

    expect(demo.page.locator("#forgot-sent")).to_have_text("If there is an account with this address, the link is on its way.")


def test_names_are_changed(steps, demo, member):
    steps.sign_in(member)
    steps.go("profile")
    steps.fill(first_name="Grace", last_name="Hopper")
    steps.submit()
    expect(demo.said).to_have_text("Saved.")
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

    expect(demo.said).to_have_text("The address is changed.")
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

    expect(demo.said).to_have_text("Your password is changed. All other devices are logged out.")
    elsewhere.page.reload()
    expect(elsewhere.said).to_have_text("Your session has ended. Sign in again.")


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

    expect(demo.said).to_have_text("That device is logged out.")
    expect(rows).to_have_count(before - 1)
    expect(demo.title).to_be_focused()
    elsewhere.page.reload()
    expect(elsewhere.said).to_have_text("Your session has ended. Sign in again.")


def test_the_referral_code_is_copied(device, opened, regular):
    demo = opened(device(permissions=["clipboard-read", "clipboard-write"]))
    steps = Steps(demo)
    steps.sign_in(regular)
    steps.go("referrals")
    expect(demo.page.locator("#referrals-none")).to_have_text("Nobody yet.")
    demo.page.get_by_role("button", name="Copy").click()

    expect(demo.page.get_by_role("button", name="Copied")).to_be_visible()
    assert demo.page.evaluate("navigator.clipboard.readText()") == regular.session["customer"]["referral_code"]


def test_fields_say_what_a_password_manager_may_fill_in(demo):
    said = demo.page.locator("input[autocomplete]").evaluate_all(
        "all => Object.fromEntries(all.map((each) => [each.id, each.autocomplete]))"
    )

    assert said["password-who"] == said["register-email"] == said["reset-username"] == said["new-password-username"] == "username"
    assert said["password-password"] == said["new-password-old_password"] == "current-password"
    for name in ("register-password", "reset-password", "new-password-new_password", "new-password-confirm_password"):
        assert said[name] == "new-password"
    assert said["code"] == "one-time-code"


def test_a_password_is_shown_and_hidden_by_the_keyboard_and_never_stored(steps, demo):
    steps.open("password")
    field = demo.page.locator("#password-password")
    field.fill(PASSWORD)
    demo.page.keyboard.press("Tab")
    demo.page.keyboard.press("Space")
    expect(field).to_have_attribute("type", "text")
    expect(demo.page.get_by_role("button", name="Hide: Password")).to_be_focused()

    steps.go("register")
    demo.page.go_back()

    expect(field).to_have_value("")
    expect(field).to_have_attribute("type", "password")


def test_the_way_back_leads_through_the_steps(steps, demo):
    steps.go("password")
    steps.go("forgot")
    expect(demo.title).to_have_text("Forgot your password?")
    demo.page.go_back()
    expect(demo.title).to_have_text("Sign in with a password")
    demo.page.go_back()

    expect(demo.title).to_have_text("Sign in or sign up")


def test_a_page_of_the_account_asks_to_sign_in_first(steps, demo):
    steps.open("sessions")
    demo.page.reload()

    expect(demo.title).to_have_text("Sign in or sign up")


SIGNED_OUT = ("password", "register", "forgot")
LOADED = {"sessions": "#sessions-list li:first-child", "referrals": "#referrals-none:not(:empty)"}
SIGNED_IN = ("profile", "contact", "new-password", "sessions", "referrals")


@pytest.mark.parametrize(("language", "scheme"), [("tr-TR", "light"), ("fa-IR", "dark")])
def test_every_step_is_accessible_and_fits_the_screen(device, opened, regular, axe, language, scheme):
    demo = opened(device(locale=language, reduced_motion="reduce", color_scheme=scheme))
    steps, violations = Steps(demo), {}

    def look(name):
        if name != "signed in":
            expect(demo.page.locator(f"#{name}")).to_be_visible()
        assert demo.page.evaluate("document.documentElement.scrollWidth") == 360, name
        violations[name] = axe(demo.page)

    expect(demo.page.locator("html")).to_have_attribute("dir", "rtl" if language == "fa-IR" else "ltr")
    for name in SIGNED_OUT:
        steps.open(name)
        steps.submit()
        expect(demo.error).not_to_be_empty()
        look(name)
    demo.page.goto(f"/reset-password?token=none&email={regular.email}")
    look("reset")
    steps.sign_in(regular)
    look("account")
    for name in SIGNED_IN:
        steps.open(name)
        expect(demo.page.locator(LOADED.get(name, "h1:visible"))).to_be_visible()
        look(name)

    assert {name: each for name, each in violations.items() if each} == {}
