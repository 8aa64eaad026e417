"""A number that was stored before its country's numbering plan changed: its customer stays the same one, by every way in."""

import itertools
import random
import re

import pytest

from customer_auth.aws import keys
from tests.harness.crowds import at_once
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.people import LOGIN, REGISTER, Person, new_ip
from tests.harness.plans import benin_before_2024
from tests.integration.test_aws_requests import REQUEST_CODE, VERIFY

NEW = "a better horse and battery"
_lines = itertools.count(random.randrange(1_000_000))


@pytest.fixture(autouse=True)
def settings_of_benin(setting):
    setting(ALLOWED_REGIONS="US,BJ", REGISTRATION_IDENTIFIER="phone", LOGIN_IDENTIFIER="both")


class Beninese(Person):
    """Somebody whose phone has the former eight digits and today's ten."""

    def __init__(self, api, inbox):
        super().__init__(api, inbox, new_ip())
        self.before = f"+22997{next(_lines) % 1_000_000:06d}"
        self.today = f"+22901{self.before[4:]}"
        self.phone = self.before

    def renumbered(self) -> "Beninese":
        self.phone = self.today
        return self


@pytest.fixture
def somebody(api, inbox):
    return lambda: Beninese(api, inbox)


@pytest.fixture
def grace(somebody):
    """She signed up before the plan changed, and knows her number of today."""
    grace = somebody()
    with benin_before_2024():
        grace.sign_up(first_name="Grace")
    return grace.renumbered()


@pytest.fixture
def member(somebody):
    """The same with a password."""
    member = somebody()
    with benin_before_2024():
        created = member.create(member.register(phone=member.phone)["token"])
        assert created.status == 201, created.text
        member.session = member.prove(created["customer"]["id"], "phone").body
    return member.renumbered()


def customers_with(api, person: Beninese) -> list:
    return [item for item in api.table("CustomersTable") if item.get("phone", {}).get("S") in (person.before, person.today)]


def proven_identities(api, person: Beninese) -> list[str]:
    """Under which keys the number is somebody's."""
    named = {keys.identity(f"phone:{number}"): number for number in (person.before, person.today)}
    return [named[item["pk"]["S"]] for item in api.table("CustomersTable") if item["pk"]["S"] in named and "proven_at" in item]


@ON_BOTH_ENGINES
@pytest.mark.parametrize("flow", [LOGIN, REGISTER], ids=["login", "register"])
@pytest.mark.parametrize("spelled", ["today", "before"])
def test_the_customer_signs_in_by_either_spelling_and_the_message_goes_to_today_s_number(api, grace, spelled, flow):
    grace.phone = getattr(grace, spelled)

    response = grace.request_code(flow)
    code = grace.inbox.code(grace.today)
    entered = grace.verify(code, flow, challenge=response["challenge"])

    assert (entered.status, entered["customer"]["id"], entered["registered"]) == (200, grace.id, False)
    assert (response.aws_calls, entered.aws_calls) == (REQUEST_CODE, VERIFY)
    assert len(customers_with(api, grace)) == 1


def test_the_sign_in_api_knows_the_customer_too(api, grace):
    sent = api.post("/login/mobile/send", ip=grace.ip, phone=grace.today)
    entered = api.post(
        "/login/mobile/verify", ip=grace.ip, phone=grace.before, code=grace.inbox.code(grace.today), challenge=sent["challenge"]
    )

    assert (entered.status, entered["registered"], entered["user"]["userId"]) == (200, False, grace.id)


def test_a_stranger_to_the_service_gets_an_account_under_today_s_number(api, somebody):
    newcomer = somebody()

    entered = newcomer.renumbered().sign_up()

    assert entered["customer"]["phone"] == newcomer.today
    assert proven_identities(api, newcomer) == [newcomer.today]
    assert entered.aws_calls == VERIFY


def test_known_and_unknown_numbers_of_a_changed_plan_cost_the_same(grace, somebody):
    known, unknown = grace.request_code(), somebody().renumbered().request_code()

    assert (known.shape, known.aws_calls) == (unknown.shape, unknown.aws_calls)


@pytest.mark.parametrize("spelled", ["today", "before"])
def test_a_password_opens_by_either_spelling_in_five_requests(member, spelled):
    answer = member.log_in(phone=getattr(member, spelled))

    assert (answer.status, len(answer.aws_calls)) == (200, 5)
    assert member.log_in("a wrong password", phone=member.today).status == 401


def test_a_password_may_be_changed_and_reset(api, member):
    member.session |= member.log_in(phone=member.today).body
    assert member.change_password(NEW).status == 200
    assert member.log_in(NEW, phone=member.today).status == 200
    api.clock.advance(90)
    member.forget_password(phone=member.today)
    link = member.inbox.of(member.today)[-1].body

    done = member.reset(link.partition("token=")[2][:87], "yet another horse", phone=member.today)

    assert done.status == 200, (done.text, link)
    assert member.log_in("yet another horse", phone=member.before).status == 200
    assert member.log_in(NEW, phone=member.today).status == 401


def test_the_lookup_finds_the_customer(api, grace, storefront):
    for number in (grace.today, grace.before):
        answer = api.get(f"/store/customers/phone/{number}", headers=storefront, ip=grace.ip)
        assert answer["customer"]["first_name"] == "G***"


def test_a_number_that_is_taken_under_its_former_key_is_not_registered_again(api, member, somebody):
    eve = somebody()

    assert eve.register(NEW, phone=member.today).status == 409
    assert eve.register(NEW, phone=member.before).status == 409
    assert len(customers_with(api, member)) == 1


def test_an_earlier_registration_creates_its_customer_and_is_verified_after_the_change(api, somebody):
    ada = somebody()
    with benin_before_2024():
        token = ada.register(phone=ada.before)["token"]
    created = ada.renumbered().create(token)

    proven = ada.prove(created["customer"]["id"], "phone")

    assert (created.status, proven.status) == (201, 200), proven.text
    assert proven["customer"]["phone"] == ada.today
    assert len(proven_identities(api, ada)) == 1
    assert ada.log_in(phone=ada.today).status == 200


def test_an_earlier_unverified_number_is_verified_by_the_code_to_today_s_number(api, somebody):
    ada = somebody()
    with benin_before_2024():
        created = ada.create(ada.register(phone=ada.before)["token"])

    proven = ada.renumbered().prove(created["customer"]["id"], "phone")

    assert (proven.status, proven["phone_verified"]) == (200, True)
    assert ada.log_in(phone=ada.today).status == 200
    assert len(proven_identities(api, ada)) == 1


def test_a_newer_registration_takes_precedence_over_an_earlier_unverified_number(somebody, api):
    ada, eve = somebody(), somebody()
    with benin_before_2024():
        eve.create(eve.register("what eve chose", phone=ada.before)["token"])
    ada.create(ada.register(phone=ada.today)["token"])

    assert ada.log_in(phone=ada.today)["type"] == "verification_required"
    assert ada.log_in("what eve chose", phone=ada.today).status == 401


def test_an_owner_takes_over_or_removes_an_earlier_unverified_number(api, somebody):
    ada, eve = somebody(), somebody()
    with benin_before_2024():
        unverified_id = eve.create(eve.register("what eve chose", phone=ada.before)["token"])["customer"]["id"]

    entered = ada.renumbered().sign_up()

    assert entered["customer"]["id"] == unverified_id
    assert proven_identities(api, ada) == [ada.before]
    assert ada.log_in("what eve chose", phone=ada.today).status == 401
    assert ada.sign_in()["customer"]["id"] == unverified_id


def test_the_number_is_changed_for_another_and_free_for_its_next_owner(api, grace, somebody):
    other, next_owner = somebody().renumbered(), somebody()
    grace.sign_in()
    assert grace.request_contact_change(phone=grace.today)["errors"][0]["message"] == "is yours already"
    response = grace.request_contact_change(phone=other.phone)

    changed = grace.change_contact(response["token"], grace.inbox.code(other.phone))

    assert (changed.status, changed["customer"]["phone"]) == (200, other.phone), changed.text
    assert proven_identities(api, grace) == []
    next_owner.before, next_owner.today, next_owner.phone = grace.before, grace.today, grace.today
    api.clock.advance(90)
    assert next_owner.sign_up()["customer"]["id"] != grace.id


def test_a_contact_change_to_a_number_that_is_another_s_under_its_former_key_is_taken(api, grace, bob):
    bob.sign_in()
    response = bob.request_contact_change(phone=grace.today)

    taken = bob.change_contact(response["token"], grace.inbox.code(grace.today))

    assert (taken.status, taken["type"]) == (409, "contact_taken")


# ── known devices ──


@pytest.fixture
def is_known(api, grace):
    """Whether a code request with this device gets past strangers who have just requested one."""

    def request_code(device) -> bool:
        api.clock.advance(86_400)
        assert api.post(f"{LOGIN}/request-otp", ip=new_ip(), phone=grace.today).status == 200
        return grace.request_code(device=device).status == 200

    return request_code


def test_an_earlier_device_is_known(grace, is_known):
    assert is_known(grace.device)


def test_an_earlier_device_signs_in_without_a_challenge(grace):
    answer = grace.request_code(device=grace.device)
    code = grace.inbox.code(grace.today)

    assert answer.status == 200
    assert grace.verify(code, device=grace.device).status == 200


def test_a_device_that_ended_before_the_change_is_ignored(grace, is_known, somebody):
    older = grace.device
    with benin_before_2024():
        grace.phone = grace.before
        other = somebody()
        response = grace.request_contact_change(phone=other.before)
        grace.session |= grace.change_contact(response["token"], grace.inbox.code(other.before)).body
        grace.api.clock.advance(90)
        response = grace.request_contact_change(phone=grace.before)
        grace.session |= grace.change_contact(response["token"], grace.inbox.code(grace.before)).body
    grace.renumbered()

    assert not is_known(older)
    assert is_known(grace.device)


def test_an_earlier_device_that_ends_after_the_change_is_ignored(grace, is_known, somebody):
    older = grace.device
    grace.sign_in()
    other = somebody().renumbered()
    grace.session |= grace.change_contact(grace.request_contact_change(phone=other.phone)["token"], grace.inbox.code(other.phone)).body
    grace.api.clock.advance(90)
    grace.change_contact(grace.request_contact_change(phone=grace.today)["token"], grace.inbox.code(grace.today))

    assert not is_known(older)


def test_an_earlier_device_that_ended_takes_nothing_from_its_owner_s_devices(member, api):
    older = member.session["device"]
    member.session |= member.log_in(phone=member.today).body
    api.clock.advance(1)
    newer = member.change_password(NEW)["device"]
    for _ in range(10):
        api.post("/auth/customer/emailpass", ip=new_ip(), phone=member.today, password="a wrong password", device=older)

    assert member.log_in(NEW, phone=member.today, device=older).status == 429
    assert member.log_in(NEW, phone=member.today, device=newer).status == 200


def test_an_earlier_device_costs_one_write_more_until_the_next_sign_in(grace):
    response = grace.request_code(device=grace.device)
    entered = grace.verify(grace.inbox.code(grace.today), challenge=response["challenge"])
    grace.api.clock.advance(90)

    assert (response.aws_calls, entered.aws_calls) == (("UpdateItem", *REQUEST_CODE), VERIFY)
    assert grace.request_code(device=entered["device"]).aws_calls == REQUEST_CODE


# ── codes on their way while the plan changes ──


def test_a_code_requested_before_the_change_proves_today_s_number(somebody, api):
    ada = somebody()
    with benin_before_2024():
        created = ada.create(ada.register(phone=ada.before)["token"])
        response = ada.request_verification(created["customer"]["id"], "phone")
        code = ada.inbox.code(ada.before)

    proven = ada.verify_address(response["token"], code)

    assert (proven.status, proven["phone_verified"]) == (200, True)
    assert ada.log_in(phone=ada.today).status == 200


def test_a_message_queued_while_the_plan_changed_goes_to_today_s_number(grace):
    with benin_before_2024():
        grace.phone = grace.before
        response = grace.request_code()
    grace.renumbered()

    assert response.status == 200
    assert len(grace.inbox.of(grace.today)) == 1
    assert len(grace.inbox.of(grace.before)) == 1  # of signing up, then


# ── deletion and export ──


def test_an_export_has_the_items_under_the_former_key(api, grace):
    grace.sign_in()

    exported = api.get("/store/customers/me/export", headers=grace.bearer(), ip=grace.ip)

    assert [each["spelling"] for each in exported["identities"]] == [grace.before]
    assert len([each for each in exported["activity"] if each["messages_sent_at"]]) == 2


def test_a_deletion_erases_the_items_under_the_former_key(api, grace, days):
    grace.sign_in()
    grace.session["customer"] |= {"phone": grace.today}
    assert grace.leave().status == 200
    days.pass_by(7)
    api.process_deletions()

    assert customers_with(api, grace) == []
    assert proven_identities(api, grace) == []
    left = [keys.code_item(keys.code_item_key_of(f"phone:{number}", "untrusted")) for number in (grace.before, grace.today)]
    assert not [item for item in api.table("CodesTable") if item["pk"]["S"] in left]


# ── uniqueness ──


@ON_DYNAMODB
def test_16_concurrent_sign_ups_under_today_s_number_create_no_second_account(api, grace):
    challenge, code = grace.request_and_read_code(REGISTER)
    api.clock.advance(90)
    sent = api.post("/login/mobile/send", ip=grace.ip, phone=grace.today)
    other = grace.inbox.code(grace.today)

    def enter(i):
        if i % 2:
            return grace.verify(code, REGISTER, challenge=challenge)
        return api.post("/login/mobile/verify", ip=grace.ip, phone=grace.today, code=other, challenge=sent["challenge"])

    answers = at_once(16, enter)

    assert sorted(answer.status for answer in answers)[:2] == [200, 200]
    assert not any(answer.body.get("registered") for answer in answers)
    assert len(customers_with(api, grace)) == 1
    assert proven_identities(api, grace) == [grace.before]


@ON_DYNAMODB
def test_an_account_that_comes_under_the_former_key_between_the_read_and_the_commit_is_the_one_that_is_signed_in_to(api, wire, grace):
    """As a deployment does that still has the old plan, while this one has the new."""
    table = api.engine.ids["CustomersTable"]
    identity = keys.identity(f"phone:{grace.before}")
    [stored] = [item for item in api.table("CustomersTable") if item["pk"]["S"] == identity]
    challenge, code = grace.request_and_read_code(REGISTER)
    api.engine.clients.dynamodb.delete_item(TableName=table, Key={"pk": stored["pk"]})

    def comes():
        api.engine.clients.dynamodb.put_item(TableName=table, Item=stored)

    with wire.before("TransactWriteItems", comes):
        entered = grace.verify(code, REGISTER, challenge=challenge)

    assert (entered.status, entered["customer"]["id"], entered["registered"]) == (200, grace.id, False)
    assert len(customers_with(api, grace)) == 1


def test_a_reset_proves_a_registered_number_that_nobody_has_under_a_former_key(api, inbox, setting):
    setting(REGISTRATION_IDENTIFIER="phone", LOGIN_IDENTIFIER="phone", DEFAULT_REGION="BJ", ALLOWED_REGIONS="BJ")
    person = Person(api, inbox)
    person.phone = "+2290197123456"
    assert person.register(phone=person.phone).status == 201
    person.forget_password(phone=person.phone)
    link = re.search(r"token=([A-Za-z0-9_-]{87})", inbox.of(person.phone)[-1].body)

    assert person.reset(link[1], "another long password", phone=person.phone).status == 200
