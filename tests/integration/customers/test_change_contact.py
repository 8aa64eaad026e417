"""A new address replaces the old one: verified by its code, in one transaction, which ends all other sessions."""

import pytest

from tests.harness.crowds import at_once
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.people import PASSWORD, Person, new_email, new_number, other_code

KEY = "YW4taWRlbXBvdGVuY3kta2V5"


@pytest.fixture
def phone():
    return new_number()


@pytest.fixture
def pending(customer, phone):
    """A customer who has requested another phone, and read its code."""
    return customer.request_contact_change(phone=phone)["token"], customer.inbox.code(phone)


@ON_BOTH_ENGINES
def test_the_new_number_signs_in_and_the_old_one_is_nobody_s(api, customer, phone, pending):
    old = customer.phone

    answer = customer.change_contact(*pending)

    assert answer.status == 200
    assert (answer["customer"]["id"], answer["customer"]["phone"], answer["customer"]["phone_verified"]) == (customer.id, phone, True)
    customer.phone = phone
    api.clock.advance(90)
    assert customer.sign_in()["customer"]["id"] == customer.session["customer"]["id"]
    newcomer = Person(api, customer.inbox)
    newcomer.phone = old
    assert newcomer.sign_up()["customer"]["id"] != customer.id


@ON_BOTH_ENGINES
def test_the_caller_continues_with_the_new_token_pair_and_every_other_session_ends(api, customer, pending):
    before = customer.session
    answer = customer.change_contact(*pending)

    assert customer.me(answer["token"]).status == 200
    assert customer.me(before["token"]).status == 401
    assert customer.refresh(before["refresh_token"]).status == 401
    assert customer.refresh(answer["refresh_token"]).status == 200


def test_a_contact_change_takes_four_requests(customer, pending):
    assert customer.change_contact(*pending).aws_calls == ("BatchGetItem", "UpdateItem", "BatchGetItem", "TransactWriteItems")


def test_the_old_address_is_notified(customer, pending):
    customer.change_contact(*pending)

    assert "was changed" in customer.inbox.of(customer.phone)[-1].body


def test_the_phone_is_notified_of_a_first_email_which_signs_in(api, customer):
    email = new_email()
    challenge = customer.request_contact_change(email=email)["token"]

    answer = customer.change_contact(challenge, customer.inbox.code(email))

    assert (answer["customer"]["email"], answer["customer"]["email_verified"], answer["customer"]["phone_verified"]) == (email, True, True)
    assert "was added" in customer.inbox.of(customer.phone)[-1].body
    api.clock.advance(90)
    api.post("/login/email/send", email=email)
    entered = api.post("/login/email/verify", email=email, code=customer.inbox.code(email))
    assert entered["user"]["userId"] == customer.id


@ON_BOTH_ENGINES
def test_an_address_that_somebody_took_meanwhile_is_409(api, customer, phone, pending):
    rival = Person(api, customer.inbox)
    rival.phone = phone
    api.clock.advance(90)
    rival.sign_up()

    api.clock.advance(-180)
    refused = customer.change_contact(*pending)

    assert (refused.status, refused["type"]) == (409, "contact_taken")
    assert customer.me()["customer"]["phone"] == customer.phone


def test_another_customer_cannot_use_the_code_and_the_right_one_still_can(customer, bob, pending):
    assert bob.change_contact(*pending).status == 401
    assert customer.change_contact(*pending).status == 200


def test_the_code_changes_the_address_once(customer, pending):
    answer = customer.change_contact(*pending)

    assert customer.change_contact(*pending, token=answer["token"]).status == 401


@ON_BOTH_ENGINES
def test_a_repeat_with_its_key_succeeds_with_the_token_that_the_change_ended(customer, pending):
    first, again = (customer.change_contact(*pending, key=KEY) for _ in range(2))

    assert (first.status, again.status) == (200, 200)
    assert first["refresh_token"] == again["refresh_token"]
    assert customer.change_contact(pending[0], other_code(pending[1]), key=KEY).status == 401


def test_a_repeat_by_another_customer_is_refused(customer, bob, pending):
    customer.change_contact(*pending, key=KEY)

    assert bob.change_contact(*pending, key=KEY).status == 401


def test_a_wrong_code_is_401_and_five_use_the_code_up(customer, pending):
    challenge, code = pending

    assert [customer.change_contact(challenge, other_code(code)).status for _ in range(5)] == [401] * 5
    assert customer.change_contact(challenge, code).status == 401


@ON_DYNAMODB
def test_of_32_concurrent_changes_one_succeeds(customer, pending):
    answers = at_once(32, lambda _: customer.change_contact(*pending))

    assert sorted(answer.status for answer in answers) == [200] + [401] * 31


def test_an_older_session_that_did_not_request_the_code_cannot_use_it(api, customer, phone):
    older = dict(customer.session)
    customer.sign_in()
    challenge = customer.request_contact_change(phone=phone)["token"]

    assert customer.change_contact(challenge, customer.inbox.code(phone), token=older["token"]).status == 401
    assert customer.change_contact(challenge, customer.inbox.code(phone)).status == 200


def test_a_newer_sign_in_can_use_it(api, customer, phone, pending):
    customer.sign_in()
    api.clock.advance(-90)

    assert customer.change_contact(*pending).status == 200


def test_a_password_reset_meanwhile_invalidates_the_code(ada, phone):
    ada.member()
    challenge = ada.request_contact_change(phone=phone)["token"]
    code = ada.inbox.code(phone)
    ada.forget_password()
    ada.reset(ada.reset_token(), "a better horse and battery")

    assert ada.change_contact(challenge, code).status == 401
    signed_in = ada.log_in("a better horse and battery")
    assert ada.change_contact(challenge, code, token=signed_in["token"]).status == 401


def test_a_contact_change_ends_resets_to_the_other_address_and_to_the_old_one(setting, api, ada, phone):
    setting(REGISTRATION_IDENTIFIER="both")
    customer = ada.registered(phone=ada.phone)["customer"]
    ada.prove(customer["id"])
    ada.session = ada.prove(customer["id"], "phone").body
    ada.forget_password(email=ada.email)
    by_email = ada.reset_token()
    ada.forget_password(phone=ada.phone)
    by_phone = ada.reset_token(ada.phone)
    challenge = ada.request_contact_change(phone=phone)["token"]

    assert ada.change_contact(challenge, ada.inbox.code(phone)).status == 200
    assert ada.reset(by_email, "a better horse and battery").status == 401
    assert ada.reset(by_phone, "a better horse and battery", phone=ada.phone).status == 401
    assert ada.log_in(PASSWORD, phone=phone).status == 200
    assert ada.log_in(PASSWORD, phone=ada.phone).status == 401


def is_known(customer, device, kind="mobile", **address) -> bool:
    """Whether a code request with this device is in the trusted lane."""
    customer.api.clock.advance(90)
    assert customer.api.post(f"/login/{kind}/send", **address).status == 200
    return customer.api.post(f"/login/{kind}/send", **address, device=device).status == 200


def test_a_contact_change_ends_devices_of_the_old_address_and_of_the_one_that_stays(setting, api, customer, phone):
    setting(IP_SENDS_PER_HOUR=0)
    email, old = new_email(), customer.phone
    challenge = customer.request_contact_change(email=email)["token"]
    customer.session |= customer.change_contact(challenge, customer.inbox.code(email)).body
    of_the_email = customer.device
    assert is_known(customer, of_the_email, "email", email=email)
    customer.sign_in()
    of_the_old_phone = customer.device
    assert is_known(customer, of_the_old_phone, phone=old)
    challenge = customer.request_contact_change(phone=phone)["token"]
    api.clock.advance(1)
    device = customer.change_contact(challenge, customer.inbox.code(phone))["device"]

    assert not is_known(customer, of_the_email, "email", email=email)
    assert not is_known(customer, of_the_old_phone, phone=old)
    assert is_known(customer, device, phone=phone)


def test_a_customer_who_has_it_unverified_loses_the_address(api, customer):
    rival = Person(api, customer.inbox, ip="203.0.113.9")
    theirs = rival.registered()["customer"]["id"]
    challenge = customer.request_contact_change(email=rival.email)["token"]

    assert customer.change_contact(challenge, customer.inbox.code(rival.email)).status == 200
    assert rival.log_in(PASSWORD).status == 401
    late = rival.request_verification(theirs)
    assert late.status == 200
    assert rival.register().status == 409


def test_an_unverified_address_that_its_customer_replaces_opens_nothing_any_more(setting, ada):
    setting(REGISTRATION_IDENTIFIER="both", REQUIRE_VERIFICATION="false")
    created = ada.create(ada.register()["token"], phone=ada.phone)
    ada.session = created.body
    other = new_email()
    challenge = ada.request_contact_change(email=other)["token"]
    changed = ada.change_contact(challenge, ada.inbox.code(other))

    assert changed.status == 200
    assert ada.log_in(PASSWORD, email=ada.email).status == 401
    assert ada.log_in(PASSWORD, email=other).status == 200
    assert ada.register("another password of mine").status == 201
