"""A verification code verifies the customer's own address: password, sessions and id stay; of several such customers the first wins."""

import pytest

from tests.harness.crowds import at_once
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.people import PASSWORD, Person, new_email, other_code

KEY = "YW4taWRlbXBvdGVuY3kta2V5"


@pytest.fixture
def unproven(ada):
    """Ada, who has registered and verified nothing."""
    ada.id_ = ada.registered()["customer"]["id"]
    return ada


@pytest.fixture
def rival(api, inbox, ada):
    """Somebody else with Ada's email and phone, unverified, whose codes Ada reads."""
    rival = Person(api, inbox, ip="203.0.113.9")
    rival.email, rival.phone = ada.email, ada.phone
    return rival


@ON_BOTH_ENGINES
def test_a_right_code_verifies_and_signs_in_where_nothing_is_left_to_verify(unproven):
    answer = unproven.prove(unproven.id_)

    assert answer.status == 200
    assert (answer["verified"], answer["email_verified"], answer["phone_verified"], answer["needs_login"]) == (True, True, False, False)
    assert answer["customer"]["id"] == unproven.id_
    assert unproven.me(answer["token"])["customer"]["email_verified"] is True
    assert unproven.log_in(PASSWORD, email=unproven.email, device=answer["device"]).status == 200


def test_it_takes_three_requests(unproven):
    assert unproven.prove(unproven.id_).aws_calls == ("UpdateItem", "BatchGetItem", "TransactWriteItems")


@pytest.mark.parametrize("login", ["email", "phone", "both"])
@pytest.mark.parametrize("first", ["email", "phone"])
def test_with_both_the_second_proof_signs_in_where_its_channel_may(setting, ada, first, login):
    setting(REGISTRATION_IDENTIFIER="both", LOGIN_IDENTIFIER=login)
    customer_id = ada.registered(phone=ada.phone)["customer"]["id"]
    second = "phone" if first == "email" else "email"

    halfway, whole = ada.prove(customer_id, first), ada.prove(customer_id, second)

    assert (halfway["token"], halfway["needs_login"], halfway[f"{first}_verified"], halfway[f"{second}_verified"]) == (
        None,
        True,
        True,
        False,
    )
    may = login in (second, "both")
    assert (whole["token"] is not None, whole["needs_login"]) == (may, not may)
    assert (whole["email_verified"], whole["phone_verified"], whole["customer"]["id"]) == (True, True, customer_id)
    assert ada.log_in(**{login: getattr(ada, login)} if login != "both" else {"phone": ada.phone}).status == 200


def test_a_wrong_code_a_used_one_and_another_customer_s_token_are_401(unproven, bob):
    challenge, code = unproven.request_verification(unproven.id_)["token"], unproven.inbox.code(unproven.email)
    of_login, login_code = bob.request_and_read_code()

    assert unproven.verify_address(challenge, other_code(code)).status == 401
    assert unproven.verify_address(of_login, login_code).status == 401
    assert unproven.verify_address("x" * 44, code).status == 401
    assert unproven.verify_address(challenge, code).status == 200
    assert unproven.verify_address(challenge, code).status == 401


def test_five_wrong_codes_use_the_code_up(unproven):
    challenge, code = unproven.request_verification(unproven.id_)["token"], unproven.inbox.code(unproven.email)

    assert [unproven.verify_address(challenge, other_code(code)).status for _ in range(5)] == [401] * 5
    assert unproven.verify_address(challenge, code).status == 401


def test_a_verification_code_signs_nobody_in_elsewhere(api, unproven):
    challenge, code = unproven.request_verification(unproven.id_)["token"], unproven.inbox.code(unproven.email)

    assert api.post("/login/email/verify", email=unproven.email, code=code).status == 401
    assert api.post("/login/email/verify", email=unproven.email, code=code, challenge=challenge).status == 401


@ON_BOTH_ENGINES
def test_a_repeat_with_its_key_gets_the_same_session(unproven):
    challenge, code = unproven.request_verification(unproven.id_)["token"], unproven.inbox.code(unproven.email)
    first, again = (unproven.verify_address(challenge, code, key=KEY) for _ in range(2))

    assert (first.status, again.status) == (200, 200)
    assert first["refresh_token"] == again["refresh_token"]
    assert unproven.verify_address(challenge, other_code(code), key=KEY).status == 401
    assert unproven.verify_address(challenge, code, key=KEY).status == 401


def test_a_repeat_with_its_key_gets_the_same_response_without_a_session(setting, ada):
    setting(REGISTRATION_IDENTIFIER="both")
    customer_id = ada.registered(phone=ada.phone)["customer"]["id"]
    challenge, code = ada.request_verification(customer_id)["token"], ada.inbox.code(ada.email)

    assert ada.verify_address(challenge, code, key=KEY).body == ada.verify_address(challenge, code, key=KEY).body


@ON_DYNAMODB
def test_of_32_concurrent_calls_one_verifies(unproven):
    challenge, code = unproven.request_verification(unproven.id_)["token"], unproven.inbox.code(unproven.email)

    answers = at_once(32, lambda _: unproven.verify_address(challenge, code))

    assert sorted(answer.status for answer in answers) == [200] + [401] * 31


def test_a_code_that_was_used_between_its_attempt_and_its_read_is_401(wire, tables, unproven):
    challenge, code = unproven.request_verification(unproven.id_)["token"], unproven.inbox.code(unproven.email)
    between = []

    with wire.before("BatchGetItem", lambda: between.append(unproven.verify_address(challenge, code))):
        late = unproven.verify_address(challenge, code)

    assert [between[0].status, late.status] == [200, 401]
    assert len(tables.look().kinds("session")) == 1


@ON_DYNAMODB
def test_of_two_customers_with_one_unverified_address_the_first_proof_wins_and_the_second_is_409(api, unproven, rival):
    theirs = rival.registered("another password of mine")["customer"]["id"]
    assert unproven.prove(unproven.id_).status == 200

    refused = rival.request_verification(theirs)
    late = rival.verify_address(refused["token"], rival.inbox.code(rival.email))

    assert (late.status, late["type"]) == (409, "contact_taken")
    assert unproven.log_in().status == 200


def test_a_proof_by_a_sign_in_code_takes_over_a_customer_who_has_proven_nothing(api, tables, rival, ada):
    theirs = rival.registered("another password of mine", first_name="Mallory", metadata={"evil": True})["customer"]
    code_of_theirs = rival.request_verification(theirs["id"])["token"]
    api.clock.advance(90)
    api.post("/login/email/send", email=ada.email)

    entered = api.post("/login/email/verify", email=ada.email, code=ada.inbox.code(ada.email))

    assert (entered.status, entered["user"]["userId"]) == (200, theirs["id"])
    me = ada.me(entered["sessionToken"])["customer"]
    assert (me["first_name"], me["metadata"], me["email_verified"]) == (None, {}, True)
    assert rival.log_in("another password of mine").status == 401
    assert rival.verify_address(code_of_theirs, "000000").status == 401


def test_a_take_over_ends_the_sessions_and_other_unverified_addresses_of_a_customer_who_proved_nothing(setting, api, ada, rival):
    setting(REGISTRATION_IDENTIFIER="both", REQUIRE_VERIFICATION="false")
    theirs = rival.create(rival.register("another password of mine")["token"], phone="+12125550199")
    assert rival.me(theirs["token"]).status == 200
    api.post("/login/email/send", email=ada.email)

    entered = api.post("/login/email/verify", email=ada.email, code=ada.inbox.code(ada.email))

    assert entered["user"]["userId"] == theirs["customer"]["id"]
    assert (entered["user"]["phone"], entered["user"]["verifiedPhone"]) == (None, False)
    assert rival.me(theirs["token"]).status == 401
    assert rival.refresh(theirs["refresh_token"]).status == 401
    assert rival.log_in("another password of mine").status == 401


def test_a_customer_who_has_proven_something_else_loses_the_address(setting, api, ada, rival):
    setting(REGISTRATION_IDENTIFIER="both")
    rival.phone = "+12125550177"
    theirs = rival.registered("another password of mine", phone=rival.phone)["customer"]["id"]
    rival.prove(theirs, "phone")
    api.post("/login/email/send", email=ada.email)

    entered = api.post("/login/email/verify", email=ada.email, code=ada.inbox.code(ada.email))

    assert entered["user"]["userId"] != theirs
    signed_in = rival.log_in("another password of mine", phone=rival.phone)
    rival_customer = rival.me(signed_in["token"])["customer"]
    assert (rival_customer["id"], rival_customer["email"], rival_customer["phone"]) == (theirs, None, rival.phone)


def test_a_code_for_an_unverified_address_is_the_one_for_an_unknown_address(api, unproven, storefront):
    api.post("/api/v1/auth/customer/login/request-otp", phone=unproven.phone)
    response = api.post("/login/email/send", email=unproven.email)

    assert response.status == 200
    assert unproven.inbox.of(unproven.email)[-1].subject == "Your My Shop sign-up code"
    assert unproven.inbox.of(unproven.phone) == []


def test_an_account_that_is_being_deleted_is_refused_as_such_and_the_proof_stays_unused(unproven, customer_item_of):
    challenge, code = unproven.request_verification(unproven.id_)["token"], unproven.inbox.code(unproven.email)
    item = customer_item_of(unproven.id_)
    item.set("status", {"S": "deletion_confirmed"})

    refused = unproven.verify_address(challenge, code)

    assert (refused.status, refused["type"]) == (403, "account_deletion_pending")
    item.set("status", {"S": "active"})
    assert unproven.verify_address(challenge, code).status == 200


@pytest.mark.parametrize("door", ["register", "mobile"])
def test_an_unverified_phone_is_lost_too_however_its_owner_signs_up(setting, api, ada, rival, door):
    setting(REGISTRATION_IDENTIFIER="phone", REQUIRE_VERIFICATION="false")
    rival.email = new_email()
    rival.session = rival.create(rival.register("another password of mine", phone=ada.phone)["token"]).body
    challenge = rival.request_contact_change(email=rival.email)["token"]
    rival_customer = rival.change_contact(challenge, rival.inbox.code(rival.email))
    if door == "register":
        entered = ada.sign_up()["customer"]["id"]
    else:
        api.post("/login/mobile/send", phone=ada.phone)
        entered = api.post("/login/mobile/verify", phone=ada.phone, code=ada.inbox.code(ada.phone))["user"]["userId"]

    theirs = rival.me(rival_customer["token"])["customer"]

    assert entered != theirs["id"]
    assert (theirs["phone"], theirs["email"]) == (None, rival.email)
