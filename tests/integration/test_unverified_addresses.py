"""An unverified address gives its customer no power over it: its codes, windows, devices and messages are its owner's alone."""

import contextlib
import json

import pytest

from customer_auth.addresses import phone
from customer_auth.aws import keys
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.faults import Killed
from tests.harness.people import LOGIN, PASSWORD, REGISTER, Person, new_email, new_ip, new_number

THEIRS = "what the unproven chose"
NEW = "a better horse and battery"
WRONG = "1234567"  # never right, and compared all the same
DAY = 86_400
EXPORT = "/store/customers/me/export"


@pytest.fixture(autouse=True)
def unverified_sign_ins(setting):
    """Whoever registers is signed in, with nothing verified."""
    setting(
        REGISTRATION_IDENTIFIER="both",
        LOGIN_IDENTIFIER="both",
        REQUIRE_VERIFICATION="false",
        IP_SENDS_PER_HOUR=0,
        IP_PASSWORD_FAILURES_PER_QUARTER_HOUR=0,
    )


@pytest.fixture
def owner(tables, ada):
    """Ada, who has verified her phone, and has a device."""
    ada.sign_up()
    return ada


@pytest.fixture
def unproven(tables, api, inbox, ada):
    """Somebody with a session, whose account has Ada's phone as its own, unverified."""
    unproven = Person(api, inbox, new_ip())
    unproven.session = unproven.registered(THEIRS, phone=ada.phone)
    return unproven


@pytest.fixture
def squatter(tables, api, inbox, ada):
    """Somebody who registered with Ada's email before her, and is signed in."""
    squatter = Person(api, inbox, new_ip())
    squatter.email = ada.email
    squatter.session = squatter.registered(THEIRS, phone=squatter.phone, first_name="Mallory")
    return squatter


def lanes(tables, person) -> dict:
    """The code items of the person's phone, by lane, and the windows of the passwords entered for it."""
    world = {place.pk: item for place, item in tables.look().items()}
    item_keys = {lane: keys.code_item_key(phone.parse(person.phone), lane) for lane in ("untrusted", "trusted")}
    codes = {lane: world.get(keys.code_item(item_key)) for lane, item_key in item_keys.items()}
    return codes | {f"{lane} passwords": world.get(keys.password_window(item_key)) for lane, item_key in item_keys.items()}


def export(person, token=None) -> dict:
    answer = person.api.get(EXPORT, headers=person.bearer(token))
    assert answer.status == 200, answer.text
    return answer.body


def enter_by_email(person) -> dict:
    code_request = person.api.post("/login/email/send", email=person.email, ip=new_ip())
    code = person.inbox.code(person.email)
    answer = person.api.post("/login/email/verify", email=person.email, code=code, challenge=code_request["challenge"], ip=new_ip())
    assert answer.status == 200, answer.text
    person.api.clock.advance(90)
    return answer.body


# ── exports and notifications ──


@ON_BOTH_ENGINES
def test_an_export_has_no_activity_of_an_unverified_address(owner, unproven):
    owner.request_code(device=owner.device)
    owner.verify(WRONG)
    exported = export(unproven)

    assert exported["activity"] == []
    assert exported["customer"]["phone"] == owner.phone  # they know what they sent themselves
    assert [each["spelling"] for each in exported["identities"]] == [unproven.email]


def test_an_export_has_the_activity_of_verified_addresses(owner):
    exported = export(owner)

    assert {each["address"] for each in exported["activity"]} == {owner.phone}


# ── devices ──


def changes_password(unproven) -> None:
    assert unproven.change_password(NEW, old=THEIRS).status == 200


def resets_password(unproven) -> None:
    unproven.prove(unproven.id)
    unproven.forget_password()
    assert unproven.reset(unproven.reset_token(), NEW).status == 200


def changes_email(unproven) -> None:
    email = new_email()
    challenge = unproven.request_contact_change(email=email)["token"]
    assert unproven.change_contact(challenge, unproven.inbox.code(email)).status == 200


def changes_phone(unproven) -> None:
    number = new_number()
    challenge = unproven.request_contact_change(phone=number)["token"]
    assert unproven.change_contact(challenge, unproven.inbox.code(number)).status == 200


def enters_wrong_passwords(unproven) -> None:
    assert [unproven.change_password(NEW, old="a wrong password").status for _ in range(11)] == [401] * 10 + [429]


def is_deleted(unproven) -> None:
    assert unproven.request_deletion().status == 200
    unproven.api.clock.advance(7 * DAY)
    assert unproven.api.process_deletions()["completed"] == 1


@ON_BOTH_ENGINES
@pytest.mark.parametrize("act", [changes_password, resets_password, changes_email, changes_phone, enters_wrong_passwords, is_deleted])
def test_whatever_a_customer_does_with_an_unverified_address_the_owner_s_codes_windows_and_devices_stay(owner, unproven, tables, days, act):
    _, code = owner.request_and_read_code(device=owner.device)
    owner.request_code()
    owner.inbox.of(owner.phone)
    before = lanes(tables, owner)

    act(unproven)

    assert lanes(tables, owner) == before
    if act is not is_deleted:  # the code is of a week ago
        assert owner.verify(code, device=owner.device).status == 200


def test_password_changes_and_deletion_of_a_customer_send_no_notification_to_an_unverified_address(owner, unproven, days, api):
    counts = [len(owner.inbox.of(owner.phone))]
    changes_password(unproven)
    counts.append(len(owner.inbox.of(owner.phone)))
    unproven.session |= unproven.log_in(NEW).body
    assert unproven.request_deletion().status == 200
    for _ in range(8):
        days.pass_by(1)
        api.process_deletions()
        counts.append(len(owner.inbox.of(owner.phone)))

    assert counts == [counts[0]] * 10


# ── erasure ──


def test_the_windows_of_an_unverified_number_stay_as_full_after_the_account_was_erased(owner, unproven, api, days):
    unproven.request_deletion()
    days.pass_by(7)
    while owner.request_code().status == 200:
        api.clock.advance(90)
    for _ in range(10):
        owner.log_in("a wrong password", phone=owner.phone)
    assert api.process_deletions()["completed"] == 1
    api.clock.advance(90)

    assert owner.request_code().status == 429
    assert owner.log_in("a wrong password", phone=owner.phone).status == 429


def test_erasing_an_account_leaves_of_its_address_that_devices_have_ended_and_nothing_else(owner, tables, api, days):
    owner.request_code(device=owner.device)
    for device in ({}, {"device": owner.device}):
        owner.log_in("a wrong password", phone=owner.phone, **device)
    api.clock.advance(90)
    owner.leave()
    owner.inbox.of(owner.phone)
    days.pass_by(7)
    api.process_deletions()
    owner.inbox.of(owner.phone)

    left = lanes(tables, owner)
    assert (left["untrusted"], left["untrusted passwords"]) == (None, None)
    assert left["trusted"].keys() == {"pk", "devices_since", "event", "expires_at"}
    assert left["trusted passwords"].keys() == {"pk", "devices_since", "expires_at"}
    for ended in (left["trusted"], left["trusted passwords"]):
        assert int(ended["expires_at"]["N"]) == int(ended["devices_since"]["N"]) + 180 * DAY
    assert owner.phone not in json.dumps(list(tables.look().values()), default=str)


@ON_DYNAMODB
def test_an_unverified_address_that_its_owner_proves_while_the_account_is_erased_is_hers_and_the_rest_goes(
    squatter, ada, api, tables, days
):
    squatter.request_deletion()
    days.pass_by(7)
    with api.wire.broken("BatchWriteItem", "killed_before"), contextlib.suppress(Killed):
        api.process_deletions()
    [customer] = tables.look().kinds("customer")
    assert customer["status"]["S"] == "erasing"

    mine = enter_by_email(ada)

    assert mine["user"]["userId"] != squatter.id
    assert ada.me(mine["sessionToken"])["customer"]["email_verified"] is True
    api.clock.advance(3600)
    run = api.process_deletions()
    assert (run["completed"], run["failed"]) == (1, 0)
    [customer] = tables.look().kinds("customer")
    assert customer["id"]["S"] == mine["user"]["userId"]
    assert {row["status"]["S"] for row in tables.look().kinds("deletion")} == {"completed"}


@ON_DYNAMODB
def test_an_unverified_address_that_its_owner_proves_in_the_moment_of_the_account_s_end_is_hers(squatter, ada, api, tables, days):
    squatter.request_deletion()
    days.pass_by(7)
    with api.wire.broken("Sign", "error", service="kms"):
        api.process_deletions()
    api.clock.advance(3600)
    mine = []
    with api.wire.before("TransactWriteItems", lambda: mine.append(enter_by_email(ada))):
        run = api.process_deletions()

    assert (run["completed"], run["failed"]) == (1, 0)
    [customer] = tables.look().kinds("customer")
    assert customer["id"]["S"] == mine[0]["user"]["userId"]


@pytest.mark.parametrize("whose", ["nobody's", "somebody else's"])
def test_an_erasure_in_progress_for_a_customer_who_is_gone_or_was_taken_over_is_finished(
    squatter, api, tables, days, customer_item_of, whose
):
    squatter.request_deletion()
    days.pass_by(7)
    with api.wire.broken("BatchWriteItem", "killed_before"), contextlib.suppress(Killed):
        api.process_deletions()
    item = customer_item_of(squatter.id)
    if whose == "nobody's":
        api.engine.clients.dynamodb.delete_item(TableName=api.engine.ids["CustomersTable"], Key={"pk": {"S": f"customer#{squatter.id}"}})
    else:  # as a take-over left it
        item.set("status", {"S": "active"})
        item.set("session_epoch", {"N": "7"})
        item.set("deletion", {"S": "adr_another"})
    api.clock.advance(3600)

    assert api.process_deletions()["completed"] == 1
    [row] = tables.look().kinds("deletion")
    assert (row["status"]["S"], "receipt" in row, "due_at" in row) == ("completed", True, False)
    assert tables.look().kinds("session") == []
    assert len(tables.look().kinds("customer")) == (0 if whose == "nobody's" else 1)


# ── taking over ──


def by_email(ada) -> str:
    return enter_by_email(ada)["sessionToken"]


def by_reset(ada) -> str:
    resets(ada)
    return ada.log_in(NEW)["token"]


def by_mobile(ada) -> str:
    response = ada.api.post("/login/mobile/send", phone=ada.phone, ip=new_ip())
    code = ada.inbox.code(ada.phone)
    return ada.api.post("/login/mobile/verify", phone=ada.phone, code=code, challenge=response["challenge"])["sessionToken"]


def by_register(ada) -> str:
    return ada.sign_up()["token"]


@ON_BOTH_ENGINES
@pytest.mark.parametrize("enter", [by_email, by_reset, by_mobile, by_register])
def test_after_a_take_over_no_earlier_session_is_listed_and_all_are_removed(setting, ada, api, tables, inbox, enter):
    claimed = "phone" if enter in (by_mobile, by_register) else "email"
    setting(REGISTRATION_IDENTIFIER=claimed)
    squatter = Person(api, inbox, new_ip())
    address = {claimed: getattr(ada, claimed)}
    squatter.session = squatter.create(squatter.register(THEIRS, **address)["token"], first_name="Mallory").body
    for _ in range(3):
        squatter.log_in(THEIRS, **address)
    squatter.change_password(NEW, old="a wrong password")
    token = enter(ada)

    assert ada.me(token)["customer"]["id"] == squatter.id
    assert not [place for place in tables.look() if place.pk.startswith("attempts#")]
    assert len(export(ada, token)["sessions"]) == 1
    assert len(api.get("/store/customers/me/sessions", headers=ada.bearer(token))["sessions"]) == 1
    assert len(tables.look().kinds("session")) == 5
    api.process_deletions()
    assert len(tables.look().kinds("session")) == 1
    assert tables.look().kinds("cleanup") == []
    assert ada.me(token).status == 200


@ON_DYNAMODB
@pytest.mark.parametrize("operation", ["UpdateItem", "Query", "BatchWriteItem", "DeleteItem"])
@pytest.mark.parametrize("mode", ["killed_before", "killed_after", "error", "lost"])
def test_an_interrupted_removal_is_done_an_hour_later(squatter, ada, api, tables, operation, mode):
    enter_by_email(ada)
    nth = 6 if operation == "Query" else 1  # after the requests for what is due
    with api.wire.broken(operation, mode, nth=nth, times=3), contextlib.suppress(Killed):
        api.process_deletions()
    api.clock.advance(3600)
    api.process_deletions()

    assert len(tables.look().kinds("session")) == 1
    assert tables.look().kinds("cleanup") == []


def test_after_a_take_over_nobody_is_reminded_of_the_deletion(squatter, ada, api, tables, days):
    squatter.request_deletion()
    enter_by_email(ada)
    counts = [len(ada.inbox.of(ada.email))]
    for days_left in (6, 1):
        days.pass_by(days_left)
        assert api.process_deletions() == {"completed": 0, "reminded": 0, "lapsed": 0, "failed": 0, "left": False}
        counts.append(len(ada.inbox.of(ada.email)))

    assert counts == [counts[0]] * 3
    [row] = tables.look().kinds("deletion")
    assert row["status"]["S"] == "cancelled"
    assert {item["status"]["S"] for item in tables.look().kinds("customer")} == {"active"}


def test_after_a_take_over_the_password_can_be_changed_whatever_the_attempts_before(squatter, ada):
    enters_wrong_passwords(squatter)
    mine = enter_by_email(ada)

    assert ada.change_password(NEW, old=None, token=mine["sessionToken"]).status == 200


# ── what an address's next owner finds ──


def gets_past_a_flood(person, device) -> bool:
    """Whether a code request with this device gets past a flood by strangers."""
    while person.request_code().status == 200:
        person.api.clock.advance(90)
    return person.request_code(device=device).status == 200


def signs_up_by_phone(owner) -> str:
    return owner.sign_up()["device"]


def signs_up_from_a_known_lane(owner) -> str:
    """The code is requested with the device of the last owner."""
    challenge, code = owner.request_and_read_code(REGISTER, device=owner.old_device)
    return owner.verify(code, REGISTER, challenge=challenge)["device"]


def moves_here(owner) -> str:
    other = Person(owner.api, owner.inbox, new_ip())
    other.sign_up()
    challenge = other.request_contact_change(phone=owner.phone)["token"]
    return other.change_contact(challenge, owner.inbox.code(owner.phone))["device"]


def verifies(owner) -> str:
    created = owner.registered(phone=owner.phone)
    owner.prove(created["customer"]["id"])
    return owner.prove(created["customer"]["id"], "phone")["device"]


@pytest.mark.parametrize("becomes_owner", [signs_up_by_phone, signs_up_from_a_known_lane, moves_here, verifies])
@pytest.mark.parametrize("how", ["erased", "given up"])
def test_a_device_of_the_number_s_last_owner_is_ignored_and_the_next_owner_s_is_known(owner, api, days, how, becomes_owner):
    old_device = owner.device
    if how == "erased":
        owner.leave()
        owner.inbox.of(owner.phone)
        days.pass_by(7)
        api.process_deletions()
    else:
        number = new_number()
        challenge = owner.request_contact_change(phone=number)["token"]
        assert owner.change_contact(challenge, owner.inbox.code(number)).status == 200
    api.clock.advance(90)
    following = Person(api, owner.inbox, new_ip())
    following.phone, following.old_device = owner.phone, old_device

    device = becomes_owner(following)

    api.clock.advance(90)
    assert not gets_past_a_flood(following, old_device)
    assert gets_past_a_flood(following, device)


def lets_go(customer, inbox) -> None:
    """Free the number in the table without ending a device, so that each way to get an owner is tested alone."""
    api, table = customer.api, customer.api.engine.ids["CustomersTable"]
    for item in api.table("CustomersTable"):
        if item["pk"]["S"].partition("#")[0] in ("identity", "customer"):
            api.engine.clients.dynamodb.delete_item(TableName=table, Key={"pk": item["pk"]})


@ON_BOTH_ENGINES
@pytest.mark.parametrize("becomes_owner", [signs_up_by_phone, signs_up_from_a_known_lane, moves_here, verifies])
def test_a_new_owner_of_a_number_ends_its_earlier_devices(owner, api, inbox, becomes_owner):
    owner.old_device = owner.device
    lets_go(owner, inbox)

    device = becomes_owner(owner)

    api.clock.advance(90)
    assert not gets_past_a_flood(owner, owner.old_device)
    assert gets_past_a_flood(owner, device)


def resets(ada) -> str:
    ada.forget_password()
    return ada.reset(ada.reset_token(), NEW)["device"]


def resets_and_creates(ada) -> str:
    resets(ada)
    ada.api.clock.advance(1)
    created = ada.create(ada.log_in(NEW)["token"], phone=ada.phone)
    return created["device"]


def signs_in_by_email(ada) -> str:
    return enter_by_email(ada)["device"]


def is_registered(ada) -> None:
    ada.register(THEIRS)


def has_a_customer(ada) -> None:
    ada.registered(THEIRS, phone=new_number())


CLAIMS = [(claims, proves) for claims in (is_registered, has_a_customer) for proves in (signs_in_by_email, resets)]


@pytest.mark.parametrize(("claims", "proves"), [*CLAIMS, (is_registered, resets_and_creates)])
def test_a_proof_of_an_unverified_email_ends_its_earlier_devices(api, inbox, tables, ada, claims, proves):
    old_device = signs_in_by_email(ada)
    lets_go(ada, inbox)
    claims(ada)

    device = proves(ada)

    api.clock.advance(90)
    for _ in range(10):
        ada.log_in("a wrong password")
    assert ada.log_in("a wrong password", email=ada.email, device=old_device).status == 429
    assert ada.log_in("a wrong password", email=ada.email, device=device).status == 401


def test_creating_the_customer_of_a_proven_registration_ends_earlier_devices(api, tables, ada):
    ada.register(THEIRS)
    of_the_reset = resets(ada)
    api.clock.advance(1)
    created = ada.create(ada.log_in(NEW)["token"], phone=ada.phone)
    for _ in range(10):
        ada.log_in("a wrong password")

    assert ada.log_in("a wrong password", email=ada.email, device=of_the_reset).status == 429
    assert ada.log_in("a wrong password", email=ada.email, device=created["device"]).status == 401


def test_the_device_of_a_new_owner_is_known_though_the_second_turns_while_it_is_issued(api, monkeypatch, owner, inbox):
    lets_go(owner, inbox)
    challenge, code = owner.request_and_read_code(REGISTER)
    real, ticks = api.clock.now, iter(range(1_000))
    monkeypatch.setattr("customer_auth.base.clock.source", lambda: real() + next(ticks))  # each look is a second later
    device = owner.verify(code, REGISTER, challenge=challenge)["device"]
    monkeypatch.setattr("customer_auth.base.clock.source", lambda: real() + 1_000)

    assert gets_past_a_flood(owner, device)


# ── a reset from a known device ──


def test_a_reset_requested_from_a_known_device_ends_the_devices_of_its_lane(api, tables, ada):
    ada.member(phone=ada.phone)
    ada.session |= ada.log_in().body
    device = ada.session["device"]
    api.clock.advance(90)
    ada.forget_password(email=ada.email, device=device)
    ada.log_in("a wrong password", email=ada.email, device=device)
    api.clock.advance(1)
    new_device = ada.reset(ada.reset_token(), NEW)["device"]
    ended = [item for item in tables.look().kinds("code") if "devices_since" in item and "attempts_reset_bound" in item]
    ended += [item for item in tables.look().kinds("password") if "devices_since" in item and "last_pass" in item]
    for _ in range(10):
        ada.log_in("a wrong password")

    assert len(ended) == 2
    for item in ended:
        assert int(item["expires_at"]["N"]) >= int(item["devices_since"]["N"]) + 180 * DAY  # for as long as a device could last
    assert ada.log_in("a wrong password", email=ada.email, device=device).status == 429
    assert ada.log_in(NEW, email=ada.email, device=new_device).status == 200


def test_nothing_of_a_deleted_account_opens_anything_of_the_number_s_next_owner(api, tables, ada, days):
    left_open = ada.register(THEIRS)["token"]
    ada.member(phone=ada.phone)
    ada.prove(ada.id, "phone")
    ada.session |= ada.log_in().body
    session_before = dict(ada.session)
    challenge, code = ada.request_and_read_code(device=ada.device)
    api.clock.advance(90)
    ada.forget_password(email=ada.email)
    reset = ada.reset_token()
    assert ada.leave().status == 200
    api.clock.advance(90)
    challenge_sent = ada.request_cancellation(email=ada.email)["token"]
    stays = ada.inbox.code(ada.email)
    days.pass_by(7)
    api.process_deletions()
    following = Person(api, ada.inbox, new_ip())
    following.phone, following.email = ada.phone, ada.email
    following.member(NEW, phone=ada.phone)

    assert [following.me(session_before["token"]).status, following.refresh(session_before["refresh_token"]).status] == [401, 401]
    assert following.verify(code, LOGIN, challenge=challenge).status == 401
    assert following.reset(reset, THEIRS).status == 401
    assert following.cancel_deletion(challenge_sent, stays).status == 401
    assert following.log_in(PASSWORD).status == 401
    assert following.create(left_open, phone=new_number()).status == 401
    assert following.me().status == 200
