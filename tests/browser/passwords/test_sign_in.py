"""Signing in with a password, and setting a new one by a link."""

import pytest
from playwright.sync_api import expect

from tests.browser.passwords.people import OTHER, PASSWORD


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
    expect(demo.notice).to_have_text("That one is verified. One more, please.")


def test_a_registration_without_a_customer_is_completed_at_sign_in(steps, demo, person, stack):
    stack.post("/auth/customer/emailpass/register", email=person.email, password=PASSWORD)
    steps.open("password")
    steps.fill(who=person.email, password=PASSWORD)
    steps.submit()
    expect(demo.notice).to_have_text("Your registration is not complete yet. Check what is missing.")
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
    expect(demo.notice).to_have_text("Your new password is set, and you are logged out on every device. Sign in.")
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
