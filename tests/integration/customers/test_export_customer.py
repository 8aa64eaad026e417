"""GET /store/customers/me/export."""

import json

import pytest

from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.people import PASSWORD

PATH = "/store/customers/me/export"


@pytest.fixture
def member(tables, setting, ada):
    """A customer with a verified email, an unverified phone, a password, a second session and a deletion request."""
    setting(REGISTRATION_IDENTIFIER="both", REQUIRE_VERIFICATION="false")
    ada.member(phone=ada.phone, first_name="Ada", metadata={"size": 38})
    ada.change_password(PASSWORD)
    ada.session |= ada.log_in().body
    ada.request_deletion(reason="perhaps")
    return ada


def export(person):
    return person.api.get(PATH, headers=person.bearer())


@ON_BOTH_ENGINES
def test_the_export_has_everything_that_the_tables_hold_of_the_customer(member, tables, inbox):
    inbox.of(member.email)
    exported = export(member).body

    world = tables.look()
    [customer] = world.kinds("customer")
    assert exported["customer"]["id"] == customer["id"]["S"]
    own = {name for name in customer if name not in ("pk", "password_hash", "session_epoch", "referrer")}
    assert own <= set(exported["customer"])
    assert {each["spelling"] for each in exported["identities"]} == {item["spelling"]["S"] for item in world.kinds("identity")}
    live = {place.sk for place, item in world.items() if place.kind == "session" and item["epoch"] == customer["session_epoch"]}
    assert {each["family"] for each in exported["sessions"]} == live
    assert {each["id"] for each in exported["registrations"]} == {item["id"]["S"] for item in world.kinds("registration")}
    assert {each["id"] for each in exported["deletion_requests"]} == {item["id"]["S"] for item in world.kinds("deletion")}
    assert exported["customer"]["referral_code"] in {place.pk.partition("#")[2] for place in world if place.kind == "referral"}
    assert len(exported["activity"]) == len({place.pk.partition("#")[2] for place in world if place.kind in ("code", "password")})
    assert sum(len(each["passwords_tried_at"]) for each in exported["activity"]) == world.events("password", "pass")
    sent = sum(len(each["messages_sent_at"]) for each in exported["activity"])
    assert sent == world.events("code", "send")
    assert [(each["address"], len(each["sent_at"])) for each in exported["notifications"]] == [(member.email, 1)]
    assert world.events("notify", "notify") == 1


def test_the_export_holds_no_credential(member):
    text = json.dumps(export(member).body)

    assert "argon2" not in text
    assert "secret" not in text


def test_an_export_needs_a_recent_sign_in(customer, api):
    api.clock.advance(301)

    assert export(customer)["type"] == "reauthentication_required"


def test_without_a_session_there_is_no_export(api):
    assert api.get(PATH).status == 401
