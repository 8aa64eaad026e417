"""Consents: recorded with the customer, posted for verified addresses alone, withdrawn on demand, by leaving an address and by deletion."""

import re

import pytest

from customer_auth.base.errors import BadRequest, NotAuthenticated
from tests.harness.crowds import at_once
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.people import new_email
from tests.harness.register import Consenter, new_turkish_number

ALL = ("MESSAGE", "CALL", "EMAIL")
DAY = 86_400


def events_of(person, tables) -> list[tuple[str, str, str]]:
    """Type, status and recipient of each event in the customer's item, the oldest first."""
    [item] = [item for item in tables.look().kinds("customer") if item["id"]["S"] == person.customer_id]
    events = [each["M"] for each in item.get("consents", {"L": []})["L"]]
    return [(each["type"]["S"], each["status"]["S"], each["recipient"]["S"]) for each in events]


def deliver(api) -> None:
    """Send and post everything that waits in the outbox."""
    api.deliver()
    while api.deliver_again():
        pass


# ── at sign-up ──


@ON_BOTH_ENGINES
def test_a_consent_for_an_unverified_address_is_stored_and_not_posted(api, ada, register, tables):
    ada.sign_up_with(*ALL)
    deliver(api)

    assert events_of(ada, tables) == [("MESSAGE", "ONAY", ada.phone), ("CALL", "ONAY", ada.phone), ("EMAIL", "ONAY", ada.email)]
    assert register.requests == []
    assert tables.look().kinds("message") == []


@ON_BOTH_ENGINES
def test_verifying_an_address_posts_the_consents_for_it_and_no_others(api, ada, register, tables):
    ada.sign_up_with(*ALL)

    ada.prove(ada.customer_id, "email")
    deliver(api)
    assert (register.posted(ada.email), register.posted(ada.phone)) == (["ONAY EPOSTA"], [])

    ada.prove(ada.customer_id, "phone")
    deliver(api)
    assert sorted(register.posted(ada.phone)) == ["ONAY ARAMA", "ONAY MESAJ"]
    assert len(register.requests) == 3
    assert tables.look().kinds("message") == []


def test_an_address_that_is_taken_off_a_customer_is_never_posted(api, ada, inbox, register, tables):
    owner = Consenter(api, inbox)
    owner.phone = ada.phone
    ada.sign_up_with("MESSAGE", "EMAIL")
    ada.prove(ada.customer_id, "email")

    assert owner.sign_up()["customer"]["id"] != ada.customer_id
    deliver(api)
    ada.session = ada.log_in().body
    ada.withdraw("MESSAGE")
    deliver(api)

    assert register.posted(ada.phone) == []
    assert register.posted(ada.email) == ["ONAY EPOSTA"]


def test_an_address_that_somebody_else_proves_is_never_posted(api, ada, inbox, register, tables):
    owner = Consenter(api, inbox)
    owner.email, owner.phone = ada.email, ada.phone
    ada.sign_up_with(*ALL)

    response = api.post("/login/email/send", email=owner.email)
    assert api.post("/login/email/verify", email=owner.email, code=inbox.code(owner.email), challenge=response["challenge"]).status == 200
    deliver(api)

    assert register.requests == []
    assert events_of(ada, tables) == []  # the owner has taken the account over, and has consented to nothing


def test_verifying_with_a_consent_takes_as_many_requests_as_without(api, ada, register):
    def verify(person, *types):
        person.sign_up_with(*types)
        response = person.request_verification(person.customer_id, "email")
        return person.verify_address(response["token"], person.inbox.code(person.email)).aws_calls

    with_consents, without = verify(ada, *ALL), verify(Consenter(api, ada.inbox))

    assert with_consents == without


def test_a_registration_that_a_reset_has_verified_is_posted_when_its_customer_is_created(api, ada, register):
    ada.register()
    ada.forget_password()
    ada.reset(ada.reset_token(), "a better horse and battery")
    token = ada.log_in("a better horse and battery")["token"]

    ada.create_with(token, *ALL)
    deliver(api)

    assert register.posted(ada.email) == ["ONAY EPOSTA"]
    assert register.posted(ada.phone) == []


@pytest.mark.parametrize("types", [("EMAIL", "EMAIL"), ("CALL", "EMAIL", "CALL")])
def test_two_consents_of_one_type_are_refused(ada, register, types):
    with pytest.raises(BadRequest) as refused:
        ada.sign_up_with(*types)

    assert [each.field for each in refused.value.errors] == ["type"]


# ── withdrawn ──


@ON_BOTH_ENGINES
def test_a_withdrawal_is_recorded_and_posted(api, ada, register, tables):
    ada.verified("MESSAGE", "EMAIL")

    ada.withdraw("MESSAGE")
    deliver(api)

    assert events_of(ada, tables)[-1] == ("MESSAGE", "RET", ada.phone)
    assert register.posted(ada.phone) == ["ONAY MESAJ", "RET MESAJ"]
    assert register.posted(ada.email) == ["ONAY EPOSTA"]


def test_withdrawing_again_or_without_a_consent_succeeds_and_changes_nothing(api, ada, register, tables):
    ada.verified("MESSAGE")
    ada.withdraw("MESSAGE")
    deliver(api)
    before = tables.look()

    ada.withdraw("MESSAGE")
    ada.withdraw("CALL")
    deliver(api)

    assert tables.look().changes_since(before) == []
    assert register.posted(ada.phone) == ["ONAY MESAJ", "RET MESAJ"]


@ON_DYNAMODB
def test_of_eight_concurrent_withdrawals_one_is_posted(api, ada, register, tables):
    ada.verified("MESSAGE")

    at_once(8, lambda _: ada.withdraw("MESSAGE"))
    for _ in range(8):
        deliver(api)

    assert register.posted(ada.phone) == ["ONAY MESAJ", "RET MESAJ"]
    assert len(events_of(ada, tables)) == 2


def test_a_withdrawn_consent_for_an_unverified_address_is_posted_neither_then_nor_later(api, ada, register, setting):
    setting(REQUIRE_VERIFICATION="false")
    ada.sign_up_with("MESSAGE", "EMAIL")
    ada.session = ada.log_in().body

    ada.withdraw("EMAIL")
    deliver(api)
    ada.prove(ada.customer_id, "email")
    deliver(api)

    assert register.requests == []


def test_a_withdrawal_that_a_verification_overtakes_is_posted_after_it(api, ada, register, setting):
    setting(REQUIRE_VERIFICATION="false")
    ada.sign_up_with("EMAIL")
    ada.session = ada.log_in().body

    with api.wire.before("TransactWriteItems", lambda: ada.prove(ada.customer_id, "email")):
        ada.withdraw("EMAIL")
    deliver(api)

    assert register.posted(ada.email) == ["ONAY EPOSTA", "RET EPOSTA"]


def test_a_verification_that_a_withdrawal_overtakes_posts_nothing(api, ada, register, setting):
    setting(REQUIRE_VERIFICATION="false")
    ada.sign_up_with("EMAIL")
    ada.session = ada.log_in().body
    response = ada.request_verification(ada.customer_id, "email")
    code = ada.inbox.code(ada.email)

    with api.wire.before("TransactWriteItems", lambda: ada.withdraw("EMAIL")):
        assert ada.verify_address(response["token"], code).status == 200
    deliver(api)

    assert register.requests == []


def test_a_withdrawal_is_later_than_its_consent_even_within_one_second(ada, register, setting, tables):
    setting(REQUIRE_VERIFICATION="false")
    ada.sign_up_with("EMAIL")
    ada.session = ada.log_in().body
    ada.withdraw("EMAIL")

    [item] = tables.look().kinds("customer")
    consent, withdrawal = (int(each["M"]["at"]["N"]) for each in item["consents"]["L"])
    assert withdrawal == consent + 1


def test_a_session_that_has_ended_withdraws_nothing(api, ada, register):
    ada.verified("EMAIL")
    deliver(api)

    def end_sessions():
        api.post("/login/logout", refreshToken=ada.session["refresh_token"], everywhere=True)

    with api.wire.before("TransactWriteItems", end_sessions), pytest.raises(NotAuthenticated):
        ada.withdraw("EMAIL")
    deliver(api)

    assert register.posted(ada.email) == ["ONAY EPOSTA"]


# ── an address that is left ──


def change_email(person, new: str):
    person.api.clock.advance(90)
    challenge = person.request_contact_change(email=new)["token"]
    return person.change_contact(challenge, person.inbox.code(new))


@ON_BOTH_ENGINES
def test_leaving_a_verified_address_withdraws_the_consents_for_it(api, ada, register, tables):
    ada.verified(*ALL)
    old = ada.email

    assert change_email(ada, new_email()).status == 200
    deliver(api)

    assert register.posted(old) == ["ONAY EPOSTA", "RET EPOSTA"]
    assert sorted(register.posted(ada.phone)) == ["ONAY ARAMA", "ONAY MESAJ"]
    assert events_of(ada, tables)[-1] == ("EMAIL", "RET", old)


def test_a_contact_change_to_the_own_unverified_address_posts_the_consents_for_it(api, ada, register):
    ada.sign_up_with(*ALL)
    ada.prove(ada.customer_id, "email")
    ada.session = ada.log_in().body
    ada.api.clock.advance(90)
    challenge = ada.request_contact_change(phone=ada.phone)["token"]

    assert ada.change_contact(challenge, ada.inbox.code(ada.phone)).status == 200
    deliver(api)

    assert sorted(register.posted(ada.phone)) == ["ONAY ARAMA", "ONAY MESAJ"]


def test_leaving_an_unverified_address_posts_nothing(api, ada, register, setting):
    setting(REQUIRE_VERIFICATION="false")
    ada.sign_up_with(*ALL)
    ada.session = ada.log_in().body
    new = new_turkish_number()
    ada.api.clock.advance(90)
    challenge = ada.request_contact_change(phone=new)["token"]

    assert ada.change_contact(challenge, ada.inbox.code(new)).status == 200
    deliver(api)

    assert register.requests == []


def test_a_contact_change_that_a_withdrawal_overtakes_withdraws_nothing_twice(api, ada, register, tables):
    ada.verified("EMAIL")
    old, new = ada.email, new_email()
    ada.api.clock.advance(90)
    challenge = ada.request_contact_change(email=new)["token"]
    code = ada.inbox.code(new)

    with api.wire.before("TransactWriteItems", lambda: ada.withdraw("EMAIL")):
        answer = ada.change_contact(challenge, code)
    deliver(api)

    assert answer.status == 200
    assert register.posted(old) == ["ONAY EPOSTA", "RET EPOSTA"]
    assert [status for _, status, _ in events_of(ada, tables)] == ["ONAY", "RET"]


# ── the end of the account ──


def erase(person) -> None:
    person.api.clock.advance(90)
    assert person.leave().status == 200
    deliver(person.api)
    person.api.clock.advance(8 * DAY)
    person.api.process_deletions()


@ON_BOTH_ENGINES
def test_deletion_withdraws_each_consent_that_was_posted_once_and_the_recipients_are_in_no_table(api, ada, register, tables):
    ada.verified(*ALL)
    ada.withdraw("CALL")
    erase(ada)
    ada.api.process_deletions()
    deliver(api)
    api.process_deletions()
    deliver(api)

    assert sorted(register.posted(ada.phone)) == ["ONAY ARAMA", "ONAY MESAJ", "RET ARAMA", "RET MESAJ"]
    assert register.posted(ada.email) == ["ONAY EPOSTA", "RET EPOSTA"]
    assert ada.phone not in str(tables.look())
    assert ada.email not in str(tables.look())


def test_deleting_an_account_whose_address_was_never_verified_posts_nothing_for_it(api, ada, register):
    ada.sign_up_with(*ALL)
    ada.prove(ada.customer_id, "email")
    ada.session = ada.log_in().body | {"customer": ada.me(ada.log_in().body["token"])["customer"]}
    erase(ada)
    deliver(api)

    assert register.posted(ada.email) == ["ONAY EPOSTA", "RET EPOSTA"]
    assert register.posted(ada.phone) == []


def test_a_cancelled_deletion_withdraws_nothing(api, ada, register):
    ada.verified("EMAIL")
    ada.api.clock.advance(90)
    assert ada.leave().status == 200
    ada.api.clock.advance(90)
    response = ada.request_cancellation(email=ada.email)
    assert ada.cancel_deletion(response["token"], ada.inbox.code(ada.email)).status == 200
    ada.api.clock.advance(8 * DAY)
    api.process_deletions()
    deliver(api)

    assert register.posted(ada.email) == ["ONAY EPOSTA"]


# ── what is shown, and what does not depend on it ──


def test_the_export_shows_every_event(api, ada, register):
    ada.verified("EMAIL", "MESSAGE")
    ada.withdraw("EMAIL")

    consents = api.get("/store/customers/me/export", headers=ada.bearer())["customer"]["consents"]

    assert [(each["type"], each["status"], each["source"], each["recipient"]) for each in consents] == [
        ("EMAIL", "ONAY", "HS_WEB", ada.email),
        ("MESSAGE", "ONAY", "HS_WEB", ada.phone),
        ("EMAIL", "RET", "HS_WEB", ada.email),
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", each["at"]) for each in consents)


def test_a_profile_does_not_show_consents_or_take_them(api, ada, register):
    ada.verified("EMAIL")

    assert "consents" not in ada.me()["customer"]
    api.request("PATCH", "/store/customers/me", headers=ada.bearer(), consents=[])
    assert api.get("/store/customers/me/export", headers=ada.bearer())["customer"]["consents"]


@pytest.mark.parametrize("types", [(), ("EMAIL",), ("MESSAGE", "EMAIL")])
def test_codes_and_notifications_are_never_held_back_by_a_missing_or_withdrawn_consent(ada, register, types):
    ada.verified(*types)
    for each in types:
        ada.withdraw(each)
    ada.api.clock.advance(90)

    assert ada.forget_password().status == 200
    assert ada.reset_token()
    assert ada.request_code().status == 200
    assert ada.inbox.code(ada.phone)


def test_where_posting_is_off_consents_are_recorded_and_nothing_is_queued(api, ada, configure, tables):
    configure()
    ada.verified(*ALL)
    ada.withdraw("CALL")
    messages = [item for item in tables.look().kinds("message") if "consent" in item]
    erase(ada)
    deliver(api)

    assert messages == []
    assert not [item for item in tables.look().kinds("message") if "consent" in item]


def test_a_number_that_is_not_turkish_is_not_posted(api, ada, register, tables):
    ada.phone = "+12125550123"[:5] + ada.phone[-7:]
    ada.sign_up_with("MESSAGE", "EMAIL", phone_number=ada.phone)
    ada.prove(ada.customer_id, "phone")
    deliver(api)

    assert events_of(ada, tables)[0] == ("MESSAGE", "ONAY", ada.phone)
    assert register.requests == []
