import base64
import os
from contextlib import nullcontext

import pytest

from customer_auth.addresses import phone
from customer_auth.aws import keys
from customer_auth.aws.keys import Lane
from customer_auth.base import ids
from customer_auth.messaging.deliveries import PLANS, _visible
from customer_auth.otp import challenges
from customer_auth.otp.delivery_states import DeliveryState
from customer_auth.otp.purposes import Purpose
from tests.harness.people import LOGIN, REGISTER, Person, new_number


def see(api, challenge):
    return api.get(f"/api/v1/auth/challenges/{challenge}")


def test_a_message_to_anybody_shows_its_delivery(api, ada):
    response = ada.request_code(REGISTER)

    before = see(api, response["challenge"])
    api.deliver()
    after = see(api, response["challenge"])

    assert (before.status, before["delivery"]) == (200, "queued")
    assert after.body == {"delivery": "sent", "reason": None, "resend_at": response["resend_at"], "expires_at": response["expires_at"]}


def test_a_message_that_its_provider_refuses_shows_why(api, ada):
    response = ada.request_code(REGISTER)
    with api.wire.broken("Publish", "reject", service="sns"):
        api.deliver()

    shown = see(api, response["challenge"])

    assert (shown["delivery"], shown["reason"]) == ("failed", "opted_out")


def test_a_sign_in_code_looks_sent_after_3_seconds_for_everyone(api, customer):
    answers = [customer.request_code(LOGIN), api.post(f"{LOGIN}/request-otp", phone=new_number())]
    with api.wire.broken("Publish", "reject", service="sns"):
        api.deliver()

    at_once = [see(api, each["challenge"]) for each in answers]
    api.clock.advance(3)
    later = [see(api, each["challenge"]) for each in answers]

    assert [shown["delivery"] for shown in at_once] == ["queued", "queued"]
    assert [(shown["delivery"], shown["reason"]) for shown in later] == [("sent", None)] * 2
    assert at_once[0].aws_calls == at_once[1].aws_calls == ("GetItem",)


def reset_challenge(person) -> str:
    """A reset's challenge is the beginning of its token, which its owner alone gets: here, from the table."""
    person.forget_password(phone=person.phone)
    return pending_challenge(person, Purpose.RESET)


# How a challenge of each purpose is come by, for somebody with an account and for somebody without.
CODE_REQUESTS = {
    "register": lambda person: person.request_code(REGISTER)["challenge"],
    "login": lambda person: person.request_code(LOGIN)["challenge"],
    "sign_in": lambda person: person.api.post("/login/mobile/send", phone=person.phone)["challenge"],
    "verify": lambda person: person.request_verification(person.id_or_none, "phone")["token"],
    "reset": reset_challenge,
    "contact": lambda person: person.friend.request_contact_change(phone=person.phone)["token"],
    "cancellation": lambda person: person.request_cancellation()["token"],
}


@pytest.mark.parametrize("refused", [False, True], ids=["sent", "refused"])
@pytest.mark.parametrize("purpose", CODE_REQUESTS)
def test_no_purpose_s_delivery_reveals_an_account(api, inbox, setting, purpose, refused):
    setting(LOGIN_IDENTIFIER="both")
    with_account, without = Acquainted(api, inbox), Acquainted(api, inbox)
    with_account.sign_up()
    with_account.befriend()
    without.befriend()
    challenges = [CODE_REQUESTS[purpose](person) for person in (with_account, without)]
    seen = [[see(api, challenge) for challenge in challenges]]
    with api.wire.broken("Publish", "reject", service="sns") if refused else nullcontext():
        api.deliver()
    seen += [[see(api, challenge) for challenge in challenges]]
    api.clock.advance(3)
    seen += [[see(api, challenge) for challenge in challenges]]

    for known, unknown in seen:
        assert known.status == unknown.status == 200
        assert (known["delivery"], known["reason"]) == (unknown["delivery"], unknown["reason"])
        assert known.shape == unknown.shape


class Acquainted(Person):
    """Somebody with a signed-in friend, who can request a contact change for them."""

    def befriend(self):
        self.friend = Person(self.api, self.inbox)
        self.friend.sign_up()

    @property
    def id_or_none(self) -> str:
        return self.id if self.session else ids.new("cus_")


def pending_challenge(person, purpose) -> str:
    address = phone.parse(person.phone)
    key = keys.code_item_key(address, Lane.UNTRUSTED)
    [item] = [item for item in person.api.table("CodesTable") if item["pk"]["S"] == keys.code_item(key)]
    return challenges.encode(key, purpose, item[purpose]["M"]["id"]["B"])


def test_the_delivery_of_a_cancellation_code_reveals_no_pending_deletion(api, inbox):
    leaver, nobody = Person(api, inbox), Person(api, inbox)
    leaver.sign_up()
    assert leaver.leave().status == 200
    api.clock.advance(90)
    challenges = [person.request_cancellation()["token"] for person in (leaver, nobody)]
    with api.wire.broken("Publish", "reject", service="sns"):
        api.deliver()
    seen = [[see(api, challenge)["delivery"] for challenge in challenges]]
    api.clock.advance(3)
    seen += [[see(api, challenge)["delivery"] for challenge in challenges]]

    assert seen == [["queued"] * 2, ["sent"] * 2]


def test_a_code_whose_address_was_removed_meanwhile_looks_sent(api, inbox, engine):
    leaver = Person(api, inbox)
    leaver.sign_up()
    response = leaver.request_deletion()
    engine.clients.dynamodb.delete_item(
        TableName=engine.ids["CustomersTable"], Key={"pk": {"S": keys.identity(phone.parse(leaver.phone).key)}}
    )

    shown = [see(api, response["token"])["delivery"]]
    api.deliver()
    shown.append(see(api, response["token"])["delivery"])

    assert shown == ["queued", "sent"]
    assert len(inbox.of(leaver.phone)) == 1  # the one that signed up


def test_a_code_that_was_used_still_looks_sent(api, customer):
    challenge, code = customer.request_and_read_code(LOGIN)
    api.clock.advance(3)
    before = see(api, challenge)

    customer.verify(code, challenge=challenge)

    assert see(api, challenge).body == before.body


def test_a_replaced_expired_or_invented_challenge_is_not_found(api, ada):
    challenge, _code = ada.request_and_read_code(REGISTER)
    api.clock.advance(90)
    replacing = ada.request_code(REGISTER)["challenge"]
    replaced = see(api, challenge)
    api.clock.advance(300)

    assert replaced.status == 404
    assert replaced["type"] == "not_found"
    assert see(api, replacing).status == 404
    assert see(api, base64.urlsafe_b64encode(os.urandom(33)).decode()).status == 404
    assert see(api, "nothing").status == 404


def test_every_purpose_has_its_plan_and_every_state_is_shown():
    assert PLANS.keys() == set(Purpose)
    assert {_visible(state) for state in DeliveryState} == {"queued", "sent", "failed"}
