"""A registration holds nothing: it stores an address with a password, and returns a token that creates its customer once."""

import pytest

from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.people import PASSWORD, Person

REGISTRATION = "/auth/customer/emailpass/register"


@pytest.fixture
def rival(api, inbox, ada):
    """Somebody with Ada's address, unverified."""
    rival = Person(api, inbox, ip="203.0.113.9")
    rival.email = ada.email
    return rival


@ON_BOTH_ENGINES
def test_a_registration_answers_with_a_token_that_opens_its_customer(ada):
    answer = ada.register()

    assert answer.status == 201
    assert set(answer.body) == {"token"}
    assert ada.create(answer["token"])["customer"]["email"] == ada.email


@ON_BOTH_ENGINES
def test_an_address_that_can_be_signed_in_with_is_409(ada, inbox, api):
    customer = ada.registered()["customer"]
    ada.prove(customer["id"])

    again = ada.register()

    assert (again.status, again["type"]) == (409, "identity_exists")


@ON_BOTH_ENGINES
def test_an_address_proven_by_a_code_is_409_too(api, ada, inbox):
    api.post("/login/email/send", email=ada.email)
    api.post("/login/email/verify", email=ada.email, code=inbox.code(ada.email))

    assert ada.register().status == 409


def test_an_unverified_address_may_be_registered_again_and_the_newest_password_counts(ada, rival):
    ada.registered()
    rival.register("another password of mine")

    assert ada.log_in().status == 401
    assert rival.log_in("another password of mine").status == 403


def test_an_older_registration_keeps_its_token_customer_and_codes(ada, rival):
    token = ada.register()["token"]
    rival.registered("another password of mine")
    created = ada.create(token)

    assert created.status == 201
    assert ada.prove(created["customer"]["id"]).status == 200
    assert ada.log_in().status == 200
    assert rival.log_in("another password of mine").status == 401


def test_once_the_address_is_verified_the_tokens_of_its_other_registrations_are_409(ada, rival):
    theirs = rival.register("another password of mine")["token"]
    ada.prove(ada.registered()["customer"]["id"])

    assert (rival.create(theirs).status, rival.create(theirs)["type"]) == (409, "identity_exists")


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("seven77", "must be 8 to 128 characters"),
        ("e\u0301" * 7, "must be 8 to 128 characters"),
        ("x" * 129, "must be 8 to 128 characters"),
        ("password1", "is one of the most common ones, which are guessed first"),
        ("PassWord1", "is one of the most common ones, which are guessed first"),
        ("\uff50assword1", "is one of the most common ones, which are guessed first"),
        ("", "is required"),
    ],
)
def test_a_password_that_may_not_be_chosen_is_refused_with_why(ada, password, message):
    answer = ada.register(password)

    assert answer.status == 400
    assert answer["errors"] == [{"field": "password", "message": message}]


def test_a_password_is_not_the_address_itself(ada):
    for password in (ada.email, ada.email.upper(), ada.email.partition("@")[0] + "@example.com"):
        assert ada.register(password)["errors"][0]["message"] == "must not be the address itself"


def test_a_password_of_128_characters_of_any_script_is_taken_and_is_one_in_all_its_spellings(ada):
    ada.prove(ada.registered("\u00e9" * 128)["customer"]["id"])

    assert ada.log_in("e\u0301" * 128).status == 200


def test_an_eleventh_registration_of_a_client_within_the_hour_waits(ada, api):
    answers = [ada.register(email=f"ada.{n}@example.com") for n in range(11)]

    assert [answer.status for answer in answers] == [201] * 10 + [429]
    assert 1 <= answers[-1].retry_after <= 3600


@pytest.mark.parametrize(
    ("setting_", "channel", "missing"),
    [("email", "phone", "email"), ("both", "phone", "email"), ("phone", "email", "phone")],
)
def test_the_setting_says_which_address_is_registered(setting, ada, setting_, channel, missing):
    setting(REGISTRATION_IDENTIFIER=setting_, LOGIN_IDENTIFIER="")

    answer = ada.register(**{channel: getattr(ada, channel)})

    assert (answer.status, answer["message"]) == (400, f"{missing.capitalize()} is required")
    assert ada.register(**{missing: getattr(ada, missing)}).status == 201


def test_registering_costs_three_writes_and_reads_nothing(ada):
    ada.register()

    assert ada.register().aws_calls == ("UpdateItem", "PutItem", "PutItem")


def test_the_password_is_stored_only_as_a_hash(real_hashes, api, ada):
    ada.registered()
    stored = str([api.table(table) for table in ("CodesTable", "SessionsTable", "CustomersTable")])

    assert PASSWORD not in stored
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in stored


def test_a_lapsed_registration_creates_no_customer_though_its_token_lives(api, ada):
    ada.register()
    api.clock.advance(30 * 86_400 - 1)
    token = ada.log_in()["token"]
    api.clock.advance(1)

    assert ada.create(token).status == 401


def test_a_registration_has_lapsed_after_30_days_though_its_item_is_still_stored(api, ada):
    created = ada.registered()["customer"]
    api.clock.advance(30 * 86_400 - 1)
    assert ada.log_in().status == 403
    api.clock.advance(1)

    assert ada.log_in().status == 401
    response = ada.request_verification(created["id"])
    assert (response.status, ada.inbox.of(ada.email)) == (200, [])
    assert ada.register("another password of mine").status == 201
