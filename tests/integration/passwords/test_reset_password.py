"""A reset's token sets a new password once, ends what the old one opened, and proves its address like any other proof."""

import pytest

from tests.harness.crowds import at_once
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.people import PASSWORD, Person

NEW = "a better horse and battery"
FORGED = [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: t[:44], lambda _: "x" * 87]
KEY = "YW4taWRlbXBvdGVuY3kta2V5"


@pytest.fixture
def member(ada):
    return ada.member()


@pytest.fixture
def token(member):
    member.forget_password()
    return member.reset_token()


@pytest.fixture
def rival(api, inbox, ada):
    """Somebody with Ada's address, unverified; Ada reads its messages."""
    rival = Person(api, inbox, ip="203.0.113.9")
    rival.email = ada.email
    return rival


@ON_BOTH_ENGINES
def test_the_new_password_counts_and_every_session_has_ended(member, token):
    answer = member.reset(token, NEW)

    assert answer.status == 200
    assert (answer["message"], answer["success"]) == ("Password reset successfully", True)
    assert member.log_in(PASSWORD).status == 401
    assert member.log_in(NEW, email=member.email, device=answer["device"]).status == 200
    assert member.me().status == 401
    assert member.refresh().status == 401


def test_the_customer_is_notified_of_the_reset(member, token):
    member.reset(token, NEW)

    assert member.inbox.of(member.email)[-1].subject == "Your My Shop password was changed"


@ON_BOTH_ENGINES
def test_a_token_opens_once(member, token):
    assert [member.reset(token, NEW).status for _ in range(2)] == [200, 401]


@ON_DYNAMODB
def test_of_16_concurrent_uses_one_counts(member, token):
    answers = at_once(16, lambda n: member.reset(token, f"{NEW} {n}"))

    assert sorted(answer.status for answer in answers) == [200] + [401] * 15
    [winner] = [n for n, answer in enumerate(answers) if answer.status == 200]
    assert member.log_in(f"{NEW} {winner}").status == 200


def test_a_repeat_with_its_key_gets_the_same_response(member, token):
    first, again = (member.reset(token, NEW, key=KEY) for _ in range(2))

    assert (first.status, first.body) == (again.status, again.body)
    assert member.reset(token, NEW, key=KEY[::-1]).status == 401


def test_a_reset_token_lives_for_15_minutes_to_the_second(api, member, token):
    api.clock.advance(15 * 60)

    assert member.reset(token, NEW).status == 401


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: t[:44], lambda t: "x" * 87], ids=["last", "half", "x"]
)
def test_a_forged_token_is_401(member, token, spoil):
    assert member.reset(spoil(token), NEW).status == 401
    assert member.log_in(PASSWORD).status == 200


def test_a_reset_token_is_valid_for_its_address_alone(member, token, bob):
    assert member.reset(token, NEW, email="other@example.com").status == 401
    assert member.reset(token, NEW).status == 200


def test_a_token_of_another_kind_sets_no_password(member, doors, token):
    for other in (member.session["token"], member.session["refresh_token"], member.session["device"]):
        assert member.reset(other, NEW).status == 401
    assert doors.me(token).status == 401


def test_an_invalid_password_is_refused_and_the_token_stays_unused(member, token):
    refused = member.reset(token, "short")

    assert (refused.status, refused["errors"][0]["field"]) == (400, "password")
    assert member.reset(token, NEW).status == 200


def test_a_changed_password_ends_the_token(member, token):
    member.change_password("another password of mine")

    assert member.reset(token, NEW).status == 401


def test_a_reset_ends_the_tokens_of_other_addresses_and_lanes(api, setting, ada):
    setting(REGISTRATION_IDENTIFIER="both")
    customer = ada.registered(phone=ada.phone)["customer"]
    ada.prove(customer["id"])
    device = ada.prove(customer["id"], "phone")["device"]
    ada.forget_password(email=ada.email)
    first = ada.reset_token()
    ada.forget_password(phone=ada.phone)
    second = ada.reset_token(ada.phone)
    api.clock.advance(90)
    ada.forget_password(phone=ada.phone, device=device)
    third = ada.reset_token(ada.phone)

    assert ada.reset(first, NEW).status == 200
    assert ada.reset(second, NEW, phone=ada.phone).status == 401
    assert ada.reset(third, NEW, phone=ada.phone).status == 401


def test_a_reset_ends_every_earlier_device(api, member, token):
    device = member.session["device"]
    api.clock.advance(1)
    new_device = member.reset(token, NEW)["device"]
    for _ in range(10):
        api.post("/auth/customer/emailpass", email=member.email, password="a wrong password")

    assert member.log_in(NEW, email=member.email, device=device).status == 429
    assert member.log_in(NEW, email=member.email, device=new_device).status == 200


def test_a_reset_requested_from_a_known_device_ends_that_device_too(api, member):
    device = member.session["device"]
    member.forget_password(email=member.email, device=device)
    token = member.reset_token()
    api.clock.advance(1)
    new_device = member.reset(token, NEW)["device"]
    for _ in range(10):
        api.post("/auth/customer/emailpass", email=member.email, password="a wrong password")

    assert member.log_in(NEW, email=member.email, device=device).status == 429
    assert member.log_in(NEW, email=member.email, device=new_device).status == 200


def test_a_customer_without_a_password_sets_the_first_one_by_a_reset(api, ada):
    api.post("/login/email/send", email=ada.email)
    entered = api.post("/login/email/verify", email=ada.email, code=ada.inbox.code(ada.email))
    api.clock.advance(90)

    ada.forget_password()

    assert ada.reset(ada.reset_token(), NEW).status == 200
    assert ada.me(ada.log_in(NEW)["token"])["customer"]["id"] == entered["user"]["userId"]


def test_a_reset_of_a_registration_without_a_customer_proves_it(ada):
    token = ada.register()["token"]
    ada.forget_password()

    assert ada.reset(ada.reset_token(), NEW).status == 200
    assert ada.register("another password of mine").status == 409
    assert ada.log_in(NEW)["type"] == "registration_incomplete"
    assert ada.create(token).status == 401  # somebody with the old password may have it
    created = ada.create(ada.log_in(NEW)["token"])
    assert (created.status, created["customer"]["email_verified"]) == (201, True)
    assert ada.me(created["token"]).status == 200
    assert ada.log_in(NEW).status == 200
    assert ada.log_in(PASSWORD).status == 401


def test_a_code_keeps_the_password_that_its_owner_set_by_a_reset_before_there_was_a_customer(api, ada):
    token = ada.register()["token"]
    ada.forget_password()
    ada.reset(ada.reset_token(), NEW)
    api.clock.advance(90)
    api.post("/login/email/send", email=ada.email)

    assert api.post("/login/email/verify", email=ada.email, code=ada.inbox.code(ada.email)).status == 200
    assert ada.log_in(NEW).status == 200
    assert ada.create(token).status == 401


def test_a_reset_takes_over_a_customer_who_has_proven_nothing(ada, rival):
    theirs = rival.registered("another password of mine", first_name="Mallory")["customer"]
    ada.forget_password()

    assert ada.reset(ada.reset_token(), NEW).status == 200
    entered = ada.log_in(NEW)
    assert entered.status == 200
    me = ada.me(entered["token"])["customer"]
    assert (me["id"], me["first_name"], me["email_verified"]) == (theirs["id"], None, True)
    assert rival.log_in("another password of mine").status == 401


def test_a_concurrent_registration_does_not_fail_the_reset(ada, rival):
    ada.registered()
    ada.forget_password()
    token = ada.reset_token()
    rival.registered("another password of mine")

    assert ada.reset(token, NEW).status == 200
    assert ada.log_in(NEW).status == 200
    assert rival.log_in("another password of mine").status == 401


def test_an_account_that_is_being_deleted_is_refused_as_such_and_the_token_stays_unused(member, token, customer_item_of):
    item = customer_item_of(member.id)
    item.set("status", {"S": "deletion_confirmed"})

    refused = member.reset(token, NEW)

    assert (refused.status, refused["type"]) == (403, "account_deletion_pending")
    item.set("status", {"S": "active"})
    assert member.reset(token, NEW).status == 200
