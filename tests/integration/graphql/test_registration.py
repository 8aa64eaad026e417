"""Creating customers by GraphQL: register's rules, and the number that the session has proven."""

import pytest

from tests.harness.people import Person, new_number


def owner_of(api, inbox, phone: str) -> Person:
    """Whoever gets this number's codes."""
    person = Person(api, inbox)
    person.phone = phone
    return person


def test_the_owner_of_the_number_signs_in_with_a_code(api, guest, inbox):
    guest.prove()
    created = guest.sign_up()["customer"]
    api.clock.advance(90)

    assert owner_of(api, inbox, guest.number).sign_in()["customer"]["id"] == created["id"]


def test_without_a_proof_a_customer_has_no_number(guest):
    created = guest.create(firstname="John")

    assert created["success"]
    assert (created["customer"]["phone_number"], created["customer"]["phone_verified"]) == (None, False)
    assert created["customer"]["custom_attributes"] == []


@pytest.mark.parametrize("prove", [True, False])
def test_a_number_that_was_not_proven_is_refused_and_nothing_is_created(guest, prove):
    if prove:
        guest.prove()
    number = new_number()

    refused = [guest.sign_up(phone_number=number), guest.create(custom_attributes=[{"attribute_code": "phone_number", "value": number}])]

    assert [(each["success"], each["message"], each["customer"]) for each in refused] == [
        (False, "Phone number must be verified first", None)
    ] * 2
    assert guest.create()["success"]


def test_the_proven_number_may_be_spelled_in_any_way(guest):
    guest.prove()
    local = guest.number.removeprefix("+1")

    assert guest.sign_up(phone_number=f"({local[:3]}) {local[3:6]}-{local[6:]}")["customer"]["phone_verified"]


def test_a_proof_is_used_once(guest):
    guest.prove()
    first = guest.sign_up(phone_number=guest.number)
    guest.email = f"other.{guest.email}"

    assert first["success"]
    assert guest.sign_up(phone_number=guest.number)["message"] == "Phone number must be verified first"
    assert guest.sign_up()["customer"]["phone_number"] is None


def test_a_refusal_leaves_the_proof_unused(guest):
    guest.prove()
    refused = guest.sign_up(password="password123")

    assert "Password" in refused["message"]
    assert guest.sign_up(phone_number=guest.number)["success"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"password": "short"}, "Password must be 8 to 128 characters"),
        ({"password": "x" * 129}, "Password must be 8 to 128 characters"),
        ({"password": "iloveyou1"}, "Password is one of the most common ones, which are guessed first"),
        ({"email": "no address"}, "Email must be an email address"),
        ({"email": " "}, "Email is required"),
        ({"firstname": ""}, "First name is required"),
        ({"lastname": "\u200b"}, "Last name is required"),
        ({"firstname": "a\x00b"}, "First name must not contain control characters"),
        ({"lastname": "x" * 101}, "Last name must be at most 100 characters"),
        ({"phone_number": "x"}, "Invalid phone number format"),
        ({"referral_code": "NOBODYS00000"}, "Referral code is not known"),
        ({"referral_code": "x"}, "Referral code is not known"),
    ],
)
def test_an_input_that_register_refuses_is_refused_here(guest, fields, message):
    refused = guest.sign_up(**fields)

    assert (refused["success"], refused["message"], refused["customer"]) == (False, message, None)


def test_a_password_must_not_be_the_own_email_or_the_proven_number(guest):
    guest.prove()

    assert guest.sign_up(password=guest.email)["message"] == "Password must not be the address itself"
    assert guest.sign_up(password=guest.number.removeprefix("+"))["message"] == "Password must not be the address itself"


@pytest.mark.parametrize(
    "attributes",
    [
        [{"attribute_code": "is_admin", "value": "1"}],
        [{"attribute_code": "phone_number", "value": "x"}, {"attribute_code": "phone_number", "value": "y"}],
    ],
)
def test_no_other_attribute_is_taken(guest, attributes):
    assert guest.create(custom_attributes=attributes)["message"] == "Custom attributes may have phone_number alone, once"


def test_an_email_that_somebody_has_verified_exists(guest, ada):
    ada.member()
    guest.email = ada.email

    assert guest.sign_up()["message"] == "Identity already exists"


def test_an_email_that_was_only_given_can_be_given_again_and_the_newest_password_counts(guest, other_guest):
    first = guest.create(password="the first long password")
    other_guest.email = guest.email
    second = other_guest.create()

    assert (first["success"], second["success"]) == (True, True)
    assert guest.sign_in(password="the first long password")["message"] == "Invalid identifier or password"
    assert guest.sign_in()["message"] == "Verify your address first"


def test_whoever_verifies_the_email_owns_it_and_a_customer_who_has_proven_a_number_keeps_that(api, guest, inbox, ada):
    guest.prove()
    created = guest.sign_up()["customer"]
    ada.email = guest.email
    ada.api.post("/login/email/send", email=ada.email)
    owner = ada.api.post("/login/email/verify", email=ada.email, code=inbox.code(ada.email))
    api.clock.advance(90)

    assert owner["user"]["userId"] != created["id"]
    kept = owner_of(api, inbox, guest.number).sign_in()["customer"]
    assert (kept["id"], kept["phone_verified"], kept["email"]) == (created["id"], True, None)


def test_whoever_gave_the_number_beside_another_address_keeps_the_account_and_the_owner_has_one_of_their_own(guest, ada):
    before = ada.registered(phone=guest.number, first_name="Mallory")["customer"]
    guest.prove()
    created = guest.sign_up()["customer"]

    assert created["id"] != before["id"]
    assert (created["firstname"], created["phone_verified"]) == ("John", True)


def test_the_customer_of_a_number_s_registration_is_taken_over(api, guest, ada, setting, inbox):
    setting(REGISTRATION_IDENTIFIER="phone")
    token = ada.register(phone=guest.number)["token"]
    before = ada.create(token, first_name="Mallory")["customer"]
    guest.prove()
    created = guest.create(firstname="John", email=None, password="a better horse and battery")["customer"]

    assert created["id"] == before["id"]
    assert (created["firstname"], created["lastname"], created["phone_verified"]) == ("John", None, True)
    assert guest.sign_in(guest.number, "a better horse and battery")["success"]
    assert guest.sign_in(guest.number)["message"] == "Invalid identifier or password"  # the former password


def test_a_shop_that_registers_phones_demands_a_proven_one(guest, setting):
    setting(REGISTRATION_IDENTIFIER="phone")
    refused = guest.create()
    guest.prove()
    created = guest.create()

    assert refused["message"] == "Phone number must be verified first"
    assert created["customer"]["phone_verified"]
    signed_in = guest.sign_in(guest.number)
    assert (signed_in["success"], signed_in["message"]) == (True, "Signed in successfully")
    assert signed_in["device"]


def test_a_shop_that_registers_both_demands_both(guest, setting):
    setting(REGISTRATION_IDENTIFIER="both")
    without_phone = guest.sign_up()
    guest.prove()
    without_email = guest.create(email=None)

    assert without_phone["message"] == "Phone number must be verified first"
    assert without_email["message"] == "Email is required"
    assert guest.sign_up()["success"]
    assert guest.sign_in(guest.number)["success"]


def test_a_number_that_somebody_has_proven_meanwhile_is_refused(api, guest, inbox):
    guest.prove()
    api.clock.advance(90)
    owner_of(api, inbox, guest.number).sign_up()

    refused = guest.sign_up()

    assert (refused["success"], refused["message"]) == (False, "Phone number already verified by another user")


def test_a_referral_code_counts_for_its_customer(api, guest, customer):
    code = customer.me()["customer"]["referral_code"]
    guest.prove()

    assert guest.sign_up(referral_code=code)["success"]
    assert len(api.get("/store/my-referrals", headers=customer.bearer())["children"]) == 1


def test_registrations_by_graphql_and_by_rest_are_one_window(guest, ada, setting):
    setting(IP_REGISTRATIONS_PER_HOUR=3)
    ada.ip = guest.ip
    first = [guest.create()["success"], ada.register().status, guest.create()["success"]]
    refused = guest.create()

    assert first == [True, 201, True]
    assert refused["message"] == "Too many attempts, try again later"
    assert 0 < guest.last.retry_after <= 3_600
    assert ada.register().status == 429


def test_a_customer_without_a_proof_lapses_and_one_with_a_proof_stays(api, guest, other_guest, inbox):
    guest.prove()
    kept, lapsed = guest.sign_up()["customer"], other_guest.create()["customer"]
    items = {item["id"]["S"]: item for item in api.table("CustomersTable") if item["pk"]["S"].startswith("customer#")}

    assert "expires_at" not in items[kept["id"]]
    assert "expires_at" in items[lapsed["id"]]


def test_a_new_owner_ends_the_devices_of_the_number(api, guest, inbox):
    former = owner_of(api, inbox, guest.number)
    former.sign_up()
    device = former.device
    former.leave()
    api.clock.advance(8 * 86_400)
    api.process_deletions()
    guest.prove()
    assert guest.sign_up()["success"]
    api.clock.advance(90)

    in_lane = [former.api.post("/login/mobile/send", phone=guest.number, device=each).status for each in (device, None)]

    assert in_lane == [200, 429]  # one lane: the former owner's device counts as none


# ── repeated with its key ──


@pytest.mark.parametrize("prove", [True, False])
def test_a_creation_is_repeated_with_its_key_and_is_one_customer(api, guest, prove):
    if prove:
        guest.prove()
    guest.headers = {"idempotency-key": "k" * 20}
    first, again = guest.sign_up(), guest.sign_up()

    assert first["success"]
    assert again == first
    assert sum(guest.email in str(item) for item in api.table("CustomersTable") if item["pk"]["S"].startswith("customer#")) == 1


def test_a_key_with_another_password_or_after_two_minutes_is_another_call_s(api, guest):
    guest.prove()
    guest.headers = {"idempotency-key": "k" * 20}
    guest.sign_up()
    refused = [guest.sign_up(password="another long password")["message"]]
    api.clock.advance(120)
    refused.append(guest.sign_up()["message"])

    assert refused == ["Idempotency-Key was used for another call"] * 2


def test_one_key_with_another_address_is_another_call(guest):
    guest.headers = {"idempotency-key": "k" * 20}
    first, second = guest.create(), guest.create(email=f"other.{guest.email}")

    assert first["customer"]["id"] != second["customer"]["id"]


# ── signing in and out ──


def test_a_password_signs_in_and_the_token_signs_out(guest, ada):
    ada.member()
    guest.email = ada.email
    signed_in = guest.sign_in()
    guest.as_customer(signed_in["token"])

    assert (signed_in["success"], signed_in["expires_in"]) == (True, 900)
    assert ada.refresh(signed_in["refresh_token"]).status == 200
    assert guest.run("{ customer { email } }") == {"email": ada.email}
    assert guest.run("mutation { revokeCustomerToken { result } }") == {"result": True}
    assert guest.post("{ customer { email } }")["data"] == {"customer": None}
    assert ada.me().status == 200  # another session


@pytest.mark.parametrize("password", ["wrong", " ", "x" * 513])
def test_a_wrong_password_is_refused_without_a_token(guest, ada, password):
    ada.member()
    guest.email = ada.email
    refused = guest.sign_in(password=password)

    assert (refused["success"], refused["token"], refused["device"]) == (False, None, None)


def test_a_known_device_in_the_header_has_a_lane_of_its_own(guest, ada, setting):
    setting(PASSWORD_FAILURES_PER_QUARTER_HOUR=2, IP_PASSWORD_FAILURES_PER_QUARTER_HOUR=0)
    ada.member()
    guest.email = ada.email
    device = guest.sign_in()["device"]
    refused = [guest.sign_in(password="wrong")["message"] for _ in range(3)]
    guest.headers = {"x-device": device}

    assert refused == ["Invalid identifier or password"] * 2 + ["Too many attempts, try again later"]
    assert guest.sign_in()["success"]


@pytest.mark.parametrize("proof", ["a code", "a reset"])
def test_a_repeated_call_shows_nothing_of_the_owner_who_has_taken_the_customer_over(api, inbox, guest, ada, proof):
    guest.email, guest.headers = ada.email, {"idempotency-key": "k" * 20}
    first = guest.create()
    if proof == "a code":
        api.post("/login/email/send", email=ada.email)
        assert api.post("/login/email/verify", email=ada.email, code=inbox.code(ada.email)).status == 200
    else:
        ada.forget_password(email=ada.email)
        assert ada.reset(ada.reset_token(ada.email), "a password of its owner").status == 200

    again = guest.create()

    assert first["success"]
    assert (again["success"], again["customer"], again["message"]) == (False, None, "Idempotency-Key was used for another call")


def test_passwords_of_repeated_calls_count_against_their_client(guest, setting):
    setting(IP_PASSWORD_FAILURES_PER_QUARTER_HOUR=3)
    guest.headers = {"idempotency-key": "k" * 20}
    assert guest.create()["success"]

    right = [guest.create()["success"] for _ in range(5)]
    wrong = [guest.create(password="another long password")["message"] for _ in range(4)]

    assert right == [True] * 5
    assert wrong == ["Idempotency-Key was used for another call"] * 3 + ["Too many attempts, try again later"]


def test_a_proof_of_a_number_that_got_an_owner_opens_nothing_after_the_owner_has_left_it(api, inbox, guest):
    guest.prove()
    owner = owner_of(api, inbox, guest.number)
    api.clock.advance(90)
    owner.sign_up()
    refused = guest.sign_up()
    other = new_number()
    challenge = owner.request_contact_change(phone=other)["token"]
    assert owner.change_contact(challenge, inbox.code(other)).status == 200

    assert refused["message"] == "Phone number already verified by another user"
    assert guest.sign_up(phone_number=guest.number)["message"] == "Phone number must be verified first"


def test_a_customer_sees_what_the_rest_api_shows(signed_in, customer):
    shown, me = signed_in.run("{ customer { id email phone_number phone_verified } }"), customer.me()["customer"]

    assert shown == {
        "id": me["id"],
        "email": None,
        "phone_number": customer.phone.removeprefix("+1"),
        "phone_verified": True,
    }
