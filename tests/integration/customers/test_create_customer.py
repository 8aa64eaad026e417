"""The customer of a registration: created once, by its token, with an unverified address."""

import pytest

from tests.harness.crowds import at_once
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB


@ON_BOTH_ENGINES
def test_a_customer_is_created_with_an_unverified_address_and_without_a_session(ada):
    answer = ada.create(ada.register()["token"], first_name="Ada", last_name="Lovelace", company_name="Engines", metadata={"a": [1, None]})
    customer = answer["customer"]

    assert answer.status == 201
    assert (customer["email"], customer["email_verified"], customer["phone"]) == (ada.email, False, None)
    assert (customer["first_name"], customer["last_name"], customer["company_name"]) == ("Ada", "Lovelace", "Engines")
    assert customer["metadata"] == {"a": [1, None]}
    assert [answer[name] for name in ("token", "refresh_token", "expires_in", "device", "verifications")] == [None, None, None, None, []]


@ON_BOTH_ENGINES
def test_a_token_opens_one_customer(ada):
    token = ada.register()["token"]

    assert [ada.create(token).status for _ in range(3)] == [201, 401, 401]


@ON_DYNAMODB
def test_of_32_concurrent_calls_with_one_token_one_creates_the_customer(ada):
    token = ada.register()["token"]

    answers = at_once(32, lambda _: ada.create(token))

    assert sorted(answer.status for answer in answers) == [201] + [401] * 31


def test_creating_a_customer_takes_two_requests_with_a_referrer_too(ada, bob):
    first = ada.create(ada.register()["token"])
    second = ada.create(ada.register("another password of mine")["token"], referral_code=bob.me()["customer"]["referral_code"])

    assert first.aws_calls == second.aws_calls == ("BatchGetItem", "TransactWriteItems")


def test_a_registration_token_lives_for_half_an_hour(api, ada):
    first, second = ada.register()["token"], ada.register()["token"]
    api.clock.advance(30 * 60 - 1)
    assert ada.create(first).status == 201
    api.clock.advance(1)

    assert ada.create(second).status == 401


FORGED = [
    lambda token: token[:-1] + ("A" if token[-1] != "A" else "E"),
    lambda token: token.replace("reg_", "reg-"),
    lambda _: "x",
    lambda _: "a.b.c.d",
]


@pytest.mark.parametrize("spoil", FORGED, ids=["tag", "id", "no-token", "parts"])
def test_a_forged_token_opens_nothing(ada, spoil):
    assert ada.create(spoil(ada.register()["token"])).status == 401


def test_no_token_of_another_kind_opens_a_customer_and_a_registration_s_opens_nothing_else(ada, customer, doors):
    for other in (customer.session["token"], customer.session["refresh_token"], customer.session["device"]):
        assert ada.create(other).status == 401

    assert doors.me(ada.register()["token"]).status == 401


def test_the_registered_address_may_be_repeated_and_no_other_sent(ada):
    token = ada.register()["token"]

    assert ada.create(token, email="other@example.com")["message"] == "Email must be the registered one"
    assert ada.create(token, email=ada.email.upper()).status == 201


@pytest.mark.parametrize("registered", ["email", "phone"])
def test_the_address_that_registrations_do_not_collect_is_taken_as_an_unverified_one(setting, ada, bob, registered):
    setting(REGISTRATION_IDENTIFIER=registered)
    own = {registered: getattr(ada, registered)}
    other = {"phone": bob.phone} if registered == "email" else {"email": ada.email}

    created = ada.create(ada.register(**own)["token"], **other)

    customer = created["customer"]
    assert created.status == 201
    assert {name: customer[name] for name in ("email", "phone")} == own | other
    assert (customer["email_verified"], customer["phone_verified"]) == (False, False)
    [kind] = other
    assert ada.log_in(**own)["customer_id"] == customer["id"]
    assert ada.log_in(**other).status in {400, 401}  # this channel signs nobody in, and an unverified number is nobody's
    assert ada.request_verification(customer["id"], kind).status == 200


def test_an_unverified_address_still_belongs_to_its_owner(ada, bob):
    created = ada.create(ada.register()["token"], phone=bob.phone)["customer"]

    assert bob.sign_in().body["customer"]["id"] == bob.id != created["id"]
    token = ada.request_verification(created["id"], "phone")["token"]
    assert ada.verify_address(token, ada.inbox.code(bob.phone))["type"] == "contact_taken"


def test_an_unverified_second_address_is_verified_like_any_other(ada):
    customer = ada.create(ada.register()["token"], phone=ada.phone)["customer"]

    assert ada.prove(customer["id"])["needs_login"] is True
    assert ada.log_in().status == 200
    assert ada.prove(customer["id"], "phone")["customer"]["phone_verified"] is True


def test_where_both_are_collected_the_phone_is_required_here(setting, ada):
    setting(REGISTRATION_IDENTIFIER="both")
    token = ada.register()["token"]

    missing = ada.create(token)
    created = ada.create(token, phone=ada.phone)["customer"]

    assert (missing.status, missing["message"]) == (400, "Phone is required")
    assert (created["phone"], created["phone_verified"], created["email_verified"]) == (ada.phone, False, False)


def test_without_required_verification_there_is_a_session_at_once(setting, ada):
    setting(REQUIRE_VERIFICATION="false")

    answer = ada.create(ada.register()["token"])

    assert answer.status == 201
    assert answer["device"] is None
    assert ada.me(answer["token"])["customer"]["id"] == answer["customer"]["id"]


def test_codes_are_sent_automatically_where_that_is_on(setting, api, ada):
    setting(REGISTRATION_IDENTIFIER="both", AUTO_SEND_ON_REGISTRATION="true")
    answer = ada.create(ada.register()["token"], phone=ada.phone)
    by_type = {each["type"]: each["token"] for each in answer["verifications"]}

    assert set(by_type) == {"email_verification", "phone_verification"}
    assert ada.verify_address(by_type["email_verification"], ada.inbox.code(ada.email))["needs_login"] is True
    verified = ada.verify_address(by_type["phone_verification"], ada.inbox.code(ada.phone))
    assert (verified["needs_login"], verified["email_verified"], verified["phone_verified"]) == (False, True, True)


def test_codes_that_cannot_be_sent_do_not_prevent_the_customer(setting, api, ada):
    setting(AUTO_SEND_ON_REGISTRATION="true")
    api.post("/login/email/send", email=ada.email)

    answer = ada.create(ada.register()["token"])

    assert (answer.status, answer["verifications"]) == (201, [])


@pytest.mark.parametrize("place", ["body", "metadata"])
def test_a_referral_code_is_taken_from_the_body_or_out_of_the_metadata(tables, ada, bob, place):
    code = bob.me()["customer"]["referral_code"]
    fields = {"referral_code": code} if place == "body" else {"metadata": {"referral_code": code, "newsletter": True}}

    created = ada.create(ada.register()["token"], **fields)

    assert created.status == 201
    assert created["customer"]["metadata"] == ({} if place == "body" else {"newsletter": True})
    [item] = [each for each in tables.look().kinds("customer") if each["id"]["S"] == created["customer"]["id"]]
    assert item["referrer"]["S"] == bob.id


@pytest.mark.parametrize("code", ["7K2M9XQ4R8TD", "cus_4fj0k2p9v7q1m8r3t6a5c0dn", "no code", "cus_x"])
def test_an_unknown_referrer_is_400_and_nothing_is_created(ada, tables, code):
    token = ada.register()["token"]
    before = tables.look()

    answer = ada.create(token, referral_code=code)

    assert (answer.status, answer["errors"]) == (400, [{"field": "referral_code", "message": "is not known"}])
    assert tables.look() == before
    assert ada.create(token).status == 201


@pytest.mark.parametrize("fields", [{"referral_code": ""}, {"metadata": {"referral_code": ""}}, {"metadata": {"referral_code": "\u200b "}}])
def test_an_empty_referral_code_is_none(ada, fields):
    created = ada.create(ada.register()["token"], **fields)

    assert (created.status, created["customer"]["metadata"]) == (201, {})


def test_an_empty_referral_code_gives_way_to_that_of_the_metadata(tables, ada, bob):
    code = bob.me()["customer"]["referral_code"]

    created = ada.create(ada.register()["token"], referral_code="", metadata={"referral_code": code})

    [item] = [each for each in tables.look().kinds("customer") if each["id"]["S"] == created["customer"]["id"]]
    assert item["referrer"]["S"] == bob.id


def test_metadata_has_bounds(ada):
    token = ada.register()["token"]

    assert ada.create(token, metadata={str(n): n for n in range(51)}).status == 400
    assert ada.create(token, metadata="text").status == 400
    assert ada.create(token, metadata={str(n): n for n in range(50)}).status == 201
