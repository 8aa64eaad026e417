"""Sign-ins by password: counted before the comparison, alike for known and unknown addresses, and only for verified ones."""

from contextlib import ExitStack

import pytest
from argon2 import PasswordHasher

from customer_auth.passwords import hashing
from tests.harness.crowds import at_once
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.people import PASSWORD, Person, new_email, new_ip, new_number

LOGIN = "/auth/customer/emailpass"
ATTEMPT = ("UpdateItem", "UpdateItem", "BatchGetItem")


@pytest.fixture
def member(ada):
    """Ada, with a verified email and a password."""
    ada.id_ = ada.registered()["customer"]["id"]
    verified = ada.prove(ada.id_)
    assert verified.status == 200, verified.text
    ada.session = verified.body
    return ada


@ON_BOTH_ENGINES
def test_a_right_password_signs_in(member):
    answer = member.log_in()

    assert answer.status == 200
    assert set(answer.body) == {"token", "refresh_token", "expires_in", "device"}
    assert member.me(answer["token"])["customer"]["id"] == member.id_
    assert member.refresh(answer["refresh_token"]).status == 200


@ON_BOTH_ENGINES
def test_known_and_unknown_addresses_are_refused_alike_and_by_the_same_requests(api, member):
    known = member.log_in("a wrong password")
    unknown = api.post(LOGIN, email=new_email(), password="a wrong password")
    without = member.log_in("a wrong password", email=new_email())

    assert known.status == 401
    assert known["type"] == "wrong_proof"
    assert known.shape == unknown.shape == without.shape
    assert known.aws_calls == unknown.aws_calls == without.aws_calls == ATTEMPT


@ON_BOTH_ENGINES
def test_an_unknown_address_costs_one_hash_too(real_hashes, monkeypatch, member):
    compared = []
    verify = hashing._HASHER.verify

    class Counting:
        @staticmethod
        def verify(stored_hash, password):
            compared.append(stored_hash)
            return verify(stored_hash, password)

        check_needs_rehash = hashing._HASHER.check_needs_rehash

    monkeypatch.setattr(hashing, "_HASHER", Counting)
    member.log_in("a wrong password", email=new_email())
    member.log_in("a wrong password")

    assert [stored_hash.split("$")[:4] for stored_hash in compared] == [["", "argon2id", "v=19", "m=19456,t=2,p=1"]] * 2


def test_a_sign_in_by_password_takes_five_requests(member):
    assert member.log_in().aws_calls == (*ATTEMPT, "GetItem", "TransactWriteItems")


@pytest.mark.parametrize("names", [[], ["email", "phone"], ["email", "email_or_phone"], ["email", "phone", "email_or_phone"]])
def test_exactly_one_identifier_is_needed(api, member, names):
    identifiers = {"email": member.email, "phone": member.phone, "email_or_phone": member.email}

    answer = api.post(LOGIN, password=PASSWORD, **{name: identifiers[name] for name in names})

    assert (answer.status, answer["message"]) == (400, "Exactly one of email, phone, email_or_phone is needed")


def test_email_or_phone_is_an_email_if_it_has_an_at_sign(member):
    assert member.log_in(email_or_phone=member.email).status == 200
    assert member.log_in(email_or_phone=member.phone)["message"] == "Phone login is not enabled"


def test_the_query_string_may_have_the_identifier_and_never_the_password(api, member):
    assert api.post(LOGIN, query=f"email={member.email}", password=PASSWORD).status == 200
    assert api.post(LOGIN, query="email=other%40example.com", email=member.email, password=PASSWORD).status == 200
    refused = api.post(LOGIN, query=f"password={PASSWORD.replace(' ', '+')}", email=member.email)

    assert (refused.status, refused["errors"]) == (400, [{"field": "password", "message": "is required"}])


def test_a_wrong_channel_is_400_by_its_name_whether_the_address_is_known_or_not(setting, api, member):
    setting(REGISTRATION_IDENTIFIER="both", LOGIN_IDENTIFIER="phone")
    known, unknown = member.log_in(), member.log_in(email=new_email())

    assert (known.status, known["message"]) == (400, "Email login is not enabled")
    assert known.shape == unknown.shape


def test_a_right_password_of_an_unverified_registration_learns_which_customer_to_verify(ada):
    customer_id = ada.registered()["customer"]["id"]

    refused, wrong = ada.log_in(), ada.log_in("a wrong password")

    assert (refused.status, refused["type"], refused["customer_id"]) == (403, "verification_required", customer_id)
    assert wrong.status == 401


def test_a_registration_without_its_customer_gets_a_new_token_for_a_right_password(api, ada):
    ada.register()
    api.clock.advance(31 * 60)

    refused = ada.log_in()

    assert (refused.status, refused["type"]) == (403, "registration_incomplete")
    assert ada.create(refused["token"]).status == 201


def test_an_unverified_second_address_is_401(setting, ada):
    setting(REGISTRATION_IDENTIFIER="both")
    customer_id = ada.registered(phone=ada.phone)["customer"]["id"]
    ada.prove(customer_id)

    assert ada.log_in().status == 200
    assert ada.log_in(phone=ada.phone).status == 401
    ada.prove(customer_id, "phone")
    assert ada.log_in(phone=ada.phone).status == 200


def test_a_channel_that_may_not_sign_in_says_what_is_left_to_verify(setting, ada):
    setting(REGISTRATION_IDENTIFIER="both", LOGIN_IDENTIFIER="phone")
    customer_id = ada.registered(phone=ada.phone)["customer"]["id"]
    ada.prove(customer_id)

    refused = ada.log_in()

    assert (refused.status, refused["type"], refused["customer_id"]) == (403, "verification_required", customer_id)
    ada.prove(customer_id, "phone")
    assert (ada.log_in().status, ada.log_in()["message"]) == (400, "Email login is not enabled")


def test_without_required_verification_an_unverified_registration_signs_in_and_holds_its_address(setting, ada):
    setting(REQUIRE_VERIFICATION="false")
    ada.register()
    ada.create(ada.log_in()["token"])
    answer = ada.log_in()

    assert (answer.status, answer["device"]) == (200, None)
    assert ada.register("another password of mine").status == 409


def test_after_ten_wrong_passwords_in_15_minutes_any_password_waits(api, member):
    answers = [member.log_in("a wrong password") for _ in range(11)]

    assert [answer.status for answer in answers] == [401] * 10 + [429]
    assert (member.log_in().status, member.log_in().retry_after) == (429, 900)
    api.clock.advance(900)
    assert member.log_in().status == 200


def test_thirty_wrong_passwords_a_day_are_compared(api, member):
    statuses = []
    for _ in range(4):
        statuses += [member.log_in("a wrong password").status for _ in range(10)]
        api.clock.advance(900)

    assert statuses == [401] * 30 + [429] * 10


def test_right_passwords_count_nowhere(member):
    assert [member.log_in().status for _ in range(12)] == [200] * 12


def test_fifty_wrong_passwords_of_one_client_in_15_minutes_are_compared_over_all_addresses(api):
    ip = new_ip()
    answers = [api.post(LOGIN, ip=ip, email=new_email(), password="a wrong password") for _ in range(51)]

    assert [answer.status for answer in answers] == [401] * 50 + [429]


def test_a_flood_in_the_untrusted_lane_locks_out_neither_known_devices_nor_codes(api, member):
    device = member.log_in()["device"]
    for _ in range(4):
        for _ in range(10):
            api.post(LOGIN, ip=new_ip(), email=member.email, password="a wrong password")
        api.clock.advance(900)

    assert member.log_in().status == 429
    assert member.log_in(email=member.email, device=device).status == 200
    api.post("/login/email/send", email=member.email)
    assert api.post("/login/email/verify", email=member.email, code=member.inbox.code(member.email)).status == 200


@ON_DYNAMODB
def test_of_48_concurrent_wrong_passwords_ten_are_compared(api, member):
    answers = at_once(48, lambda _: api.post(LOGIN, ip=new_ip(), email=member.email, password="a wrong password"))

    assert sorted(answer.status for answer in answers) == [401] * 10 + [429] * 38


@pytest.mark.parametrize("moment", ["TransactWriteItems"])
def test_sessions_that_ended_meanwhile_stay_ended_and_the_new_one_lives(wire, member, moment):
    before = member.log_in().body

    with wire.before(moment, lambda: member.api.post("/login/logout", refreshToken=before["refresh_token"], everywhere=True)):
        answer = member.log_in()

    assert answer.status == 200
    assert member.me(answer["token"]).status == 200
    assert member.me(before["token"]).status == 401


def test_an_account_that_is_being_deleted_is_refused_as_such_if_the_password_is_right(api, member, customer_item_of):
    customer_item_of(member.id_).set("status", {"S": "deletion_confirmed"})

    refused = member.log_in()

    assert (refused.status, refused["type"]) == (403, "account_deletion_pending")
    assert member.log_in("a wrong password").status == 401


def test_a_password_hashed_with_older_parameters_is_rehashed_at_the_next_sign_in(real_hashes, monkeypatch, setting, tables, ada):
    setting(REGISTRATION_IDENTIFIER="both")
    with monkeypatch.context() as then:
        then.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1))
        customer_id = ada.registered(phone=ada.phone)["customer"]["id"]
        ada.prove(customer_id)
        ada.prove(customer_id, "phone")
    assert stored_parameters(tables) == {"m=8192,t=1,p=1"}

    assert ada.log_in().status == 200

    assert stored_parameters(tables) == {"m=19456,t=2,p=1"}
    assert [ada.log_in(**who).status for who in ({"email": ada.email}, {"phone": ada.phone})] == [200, 200]


def stored_parameters(tables) -> set[str]:
    """The parameters of every hash that opens something."""
    items = [*tables.look().kinds("customer"), *tables.look().kinds("identity")]
    return {item["password_hash"]["S"].split("$")[3] for item in items if "password_hash" in item}


def test_the_dummy_hash_costs_as_much_as_a_password(real_hashes):
    assert not hashing.needs_rehash(hashing._DUMMY_HASH)


def test_after_a_first_session_a_customer_and_the_referral_code_no_longer_lapse(setting, days, api, ada, inbox):
    code = ada.registered()["customer"]["referral_code"]
    setting(REQUIRE_VERIFICATION="false")
    assert ada.log_in().status == 200

    days.pass_by(31)
    friend = Person(api, inbox, ip="203.0.113.7")

    assert ada.log_in().status == 200
    assert friend.sign_up(referral_code=code).status == 201


# ── newer parameters of the hash, while the addresses change ──


def moves_in(person) -> None:
    """Another phone, verified by a contact change."""
    answer = person.change_contact(*person.by_contact)
    assert answer.status in (200, 401), answer.text  # 401: the account is not as it was when the call began


def is_verified(person) -> None:
    """The phone of the registration, verified by its code."""
    assert person.verify_address(*person.by_code).status == 200


@pytest.fixture
def unverified_member(setting, ada, inbox):
    """Signed in with nothing verified, with the codes in hand that verify a phone in two ways."""
    setting(REGISTRATION_IDENTIFIER="both", LOGIN_IDENTIFIER="both", REQUIRE_VERIFICATION="false")
    ada.session = ada.registered(phone=ada.phone)
    challenge = ada.request_verification(ada.id, "phone")["token"]
    ada.by_code = challenge, inbox.code(ada.phone)
    ada.moved = new_number()
    challenge = ada.request_contact_change(phone=ada.moved)["token"]
    ada.by_contact = challenge, inbox.code(ada.moved)
    return ada


@ON_DYNAMODB
@pytest.mark.parametrize("change", [moves_in, is_verified])
@pytest.mark.parametrize("first", ["the change", "the rehash"])
def test_a_rehash_racing_a_change_of_addresses_leaves_no_address_with_the_old_hash(monkeypatch, wire, unverified_member, change, first):
    member = unverified_member
    newer = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    monkeypatch.setattr(hashing, "_HASHER", newer)
    with ExitStack() as meanwhile:
        if first == "the change":  # between the rehash's reads and its commit
            commits = wire.before("TransactWriteItems", lambda: change(member))
            meanwhile.enter_context(wire.before("BatchGetItem", lambda: meanwhile.enter_context(commits)))
            assert member.log_in().status == 200
        else:  # between the change's reads and its commit
            meanwhile.enter_context(wire.before("TransactWriteItems", lambda: member.log_in().status))
            change(member)

    entered = member.log_in()
    assert entered.status == 200
    shown = member.me(entered["token"])["customer"]
    assert shown["phone_verified"] or (first, change) == ("the rehash", moves_in)
    if shown["phone_verified"]:
        assert member.log_in(phone=shown["phone"]).status == 200
