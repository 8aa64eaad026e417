"""`make renumber`: who is listed, what is moved, what is not, and that it signs nobody out and creates nobody again."""

import contextvars
import threading
import tracemalloc
from collections import Counter

import pytest

from customer_auth.addresses import phone
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import keys
from customer_auth.customers import customer_items, customers, identity_items
from customer_auth.customers.customers import Names
from tests.harness.crowds import at_once
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.people import LOGIN, REGISTER, Person
from tests.harness.plans import benin_before_2024
from tests.harness.stacks import deployed
from tests.integration.test_numbering_plans import Beninese, customers_with, proven_identities
from tools import renumber

STACK = "customer-auth-dev"
MANY = 100_000  # as many as are promised


@pytest.fixture(autouse=True)
def settings_of_benin(setting):
    setting(ALLOWED_REGIONS="US,BJ", REGISTRATION_IDENTIFIER="phone", LOGIN_IDENTIFIER="both")


@pytest.fixture
def somebody(api, inbox):
    return lambda: Beninese(api, inbox)


@pytest.fixture
def run(tables, engine, settings_of_benin, capsys):
    """Runs the command on these tables, and returns its output."""

    def command(*arguments: str) -> list[str]:
        # An operator's own process, whatever function is at work meanwhile.
        assert contextvars.Context().run(renumber.main, STACK, *arguments) is None
        return capsys.readouterr().out.splitlines()

    with deployed(STACK, engine, "SignInByPassword"):
        yield command


@pytest.fixture
def grace(tables, somebody):
    """She signed up before the plan changed."""
    grace = somebody()
    with benin_before_2024():
        grace.sign_up()
    return grace.renumbered()


def registered(person: Beninese) -> str:
    with benin_before_2024():
        person.phone = person.before
        created = person.create(person.register(phone=person.before)["token"])
    assert created.status == 201, created.text
    person.renumbered()
    return created["customer"]["id"]


def stored(api, person: Beninese) -> str:
    [item] = customers_with(api, person)
    return item["phone"]["S"]


def the_rest(tables) -> dict:
    """What no move touches."""
    return {place: item for place, item in tables.look().items() if place.kind not in ("customer", "identity", "registration")}


@ON_BOTH_ENGINES
def test_the_customers_to_move_are_listed_and_nothing_is_changed(tables, customer, grace, run):
    before = tables.look()

    assert run() == [f"{grace.id} to be moved", "1 to be moved"]
    assert tables.look() == before


@ON_BOTH_ENGINES
def test_a_customer_is_moved_completely_and_by_two_runs_once(api, tables, grace, run):
    others_before, session = the_rest(tables), grace.session
    identities = {item["revision"]["S"] for item in tables.look().kinds("identity")}

    assert run("move") == [f"{grace.id} moved", "1 moved"]
    moved = tables.look()
    assert run("move") == ["nothing to move"]

    assert tables.look() == moved
    assert (stored(api, grace), proven_identities(api, grace)) == (grace.today, [grace.today])
    assert not identities & {item["revision"]["S"] for item in moved.kinds("identity") if "revision" in item}
    assert the_rest(tables) == others_before
    assert grace.me(session["token"])["customer"]["phone"] == grace.today
    assert grace.refresh(session["refresh_token"]).status == 200


def test_a_moved_customer_signs_in_by_either_spelling_with_an_earlier_device(grace, run):
    run("move")

    grace.phone = grace.before
    response = grace.request_code(device=grace.device)
    entered = grace.verify(grace.inbox.code(grace.today), challenge=response["challenge"])

    assert (entered.status, entered["registered"], entered["customer"]["phone"]) == (200, False, grace.today)


def test_a_password_and_a_registration_are_moved_too_and_an_earlier_reset_ends(api, tables, somebody, run):
    ada = somebody()
    customer_id = registered(ada)
    ada.session = ada.prove(customer_id, "phone").body
    api.clock.advance(90)
    ada.forget_password(phone=ada.today)
    token = ada.inbox.of(ada.today)[-1].body.partition("token=")[2][:87]

    run("move")

    [registration] = [item for item in tables.look().kinds("registration") if item["customer_id"]["S"] == customer_id]
    assert [each["S"] for each in registration["address"]["L"]] == ["phone", ada.today, ada.today, "BJ"]
    assert ada.log_in(phone=ada.today).status == 200
    assert ada.reset(token, "another long password", phone=ada.today).status == 401


def test_an_unverified_number_is_moved_with_its_password_and_lapses_when_it_would_have(api, tables, somebody, run):
    ada = somebody()
    customer_id = registered(ada)
    ends = {item["expires_at"]["N"] for item in tables.look().kinds("identity")}

    assert run("move")[-1] == "1 moved"

    assert ada.log_in(phone=ada.today)["type"] == "verification_required"
    assert ends == {item["expires_at"]["N"] for item in tables.look().kinds("identity") if "moved_at" not in item}
    assert ada.prove(customer_id, "phone").status == 200


def test_a_registration_without_a_customer_is_moved(api, somebody, run):
    ada = somebody()
    with benin_before_2024():
        token = ada.register(phone=ada.before)["token"]

    assert run("move")[-1] == "1 moved"
    assert run("move") == ["nothing to move"]

    assert ada.renumbered().log_in(phone=ada.today)["type"] == "registration_incomplete"
    assert ada.create(token)["customer"]["phone"] == ada.today


def test_an_earlier_unverified_number_gives_way_to_a_newer_registration(api, tables, somebody, run):
    ada, eve = somebody(), somebody()
    with benin_before_2024():
        eve.create(eve.register("what eve chose", phone=ada.before)["token"])
    ada.renumbered().create(ada.register(phone=ada.today)["token"])

    assert run("move")[-1] == "1 moved"

    assert ada.log_in("what eve chose", phone=ada.today).status == 401
    assert ada.log_in(phone=ada.today)["type"] == "verification_required"


@pytest.fixture
def claimed(api, grace):
    """Her number of today, unverified, stored by a service that did not know the former number yet."""
    today = Address(Channel.PHONE, grace.today, grace.today, "BJ")
    unverified, *_ = identity_items.put_unverified(today, "reg_eve", "hash", None, expires_at=None)
    api.engine.clients.dynamodb.put_item(TableName=unverified.parameters["TableName"], Item=unverified.parameters["Item"])


def test_an_earlier_verified_number_takes_precedence_over_an_unverified_one_of_today(grace, claimed):
    assert grace.sign_in()["customer"]["id"] == grace.id


def test_an_earlier_verified_number_replaces_an_unverified_one(api, grace, claimed, run):
    assert run("move")[-1] == "1 moved"
    assert proven_identities(api, grace) == [grace.today]
    assert grace.sign_in()["registered"] is False


def test_two_customers_of_one_number_are_a_conflict_which_is_listed_and_not_moved(api, tables, grace, inbox, run):
    """Stored by an older service: in the former spelling, and in today's."""
    other = Person(api, inbox)
    other.phone = grace.today
    identity = keys.identity(f"phone:{grace.before}")
    table = api.engine.ids["CustomersTable"]
    [hidden] = [item for item in api.table("CustomersTable") if item["pk"]["S"] == identity]
    api.engine.clients.dynamodb.delete_item(TableName=table, Key={"pk": hidden["pk"]})
    api.clock.advance(90)
    other.sign_up()
    api.engine.clients.dynamodb.put_item(TableName=table, Item=hidden)
    before = tables.look()

    assert run() == [f"{grace.id} conflict: somebody else has proven today's number", "1 conflict: somebody else has proven today's number"]
    assert run("move")[-1].startswith("1 conflict")

    assert tables.look() == before
    assert other.sign_in()["customer"]["id"] == other.id


def test_another_argument_is_refused(run):
    assert renumber.main("customer-auth-dev", "all") == "the only argument is: move"


@ON_DYNAMODB
@pytest.mark.parametrize("flow", [LOGIN, REGISTER], ids=["login", "register"])
def test_a_move_between_the_read_and_the_commit_of_a_sign_in_harms_nobody(api, wire, grace, run, flow):
    challenge, code = grace.request_and_read_code(flow)

    with wire.before("TransactWriteItems", lambda: run("move")):
        entered = grace.verify(code, flow, challenge=challenge)

    assert (entered.status, entered["customer"]["id"], entered["registered"]) == (200, grace.id, False)
    assert proven_identities(api, grace) == [grace.today]


@ON_DYNAMODB
def test_a_move_between_the_read_and_the_commit_of_a_password_harms_nobody(api, wire, somebody, run):
    ada = somebody()
    ada.session = ada.prove(registered(ada), "phone").body

    with wire.before("TransactWriteItems", lambda: run("move")):
        entered = ada.log_in(phone=ada.today)

    assert entered.status == 200, entered.text
    ada.session |= entered.body
    assert proven_identities(api, ada) == [ada.today]


@ON_DYNAMODB
def test_a_move_between_the_read_and_the_commit_of_a_new_password_harms_nobody(api, wire, somebody, run):
    ada = somebody()
    ada.session = ada.prove(registered(ada), "phone").body
    ada.session |= ada.log_in(phone=ada.today).body

    with wire.before("TransactWriteItems", lambda: run("move")):
        changed = ada.change_password("another long password")

    assert changed.status == 200, changed.text
    assert ada.log_in("another long password", phone=ada.today).status == 200


@ON_DYNAMODB
def test_a_batch_that_saw_neither_key_because_of_a_move_between_is_read_again(api, grace, run, tables):
    address = phone.parse(grace.today)
    identity = identity_items.find(address)
    run("move")
    moved = tables.look().kinds("identity")
    [marker] = [item for item in moved if "moved_at" in item]

    torn = [None, {name: int(value["N"]) if "N" in value else value["S"] for name, value in marker.items()}]
    repaired = identity_items.from_items(address, torn)

    assert (identity.address_key, repaired.address_key) == (f"phone:{grace.before}", f"phone:{grace.today}")
    api.clock.advance(60)
    assert identity_items.from_items(address, torn) is None  # by then no batch can be torn any more


@ON_DYNAMODB
def test_customers_who_sign_in_while_they_are_moved_succeed_and_none_is_created_again(api, tables, somebody, run):
    people = [somebody() for _ in range(12)]
    with benin_before_2024():
        for person in people:
            person.sign_up()
    ready = [(person.renumbered(), *person.request_and_read_code([LOGIN, REGISTER][n % 2])) for n, person in enumerate(people)]

    def act(n):
        if n == len(ready):
            return run("move")
        person, challenge, code = ready[n]
        return person.verify(code, [LOGIN, REGISTER][n % 2], challenge=challenge)

    *answers, printed = at_once(len(ready) + 1, act)

    assert Counter(answer.status for answer in answers) == {200: len(people)}
    assert not any(answer["registered"] for answer in answers)
    assert [answer["customer"]["id"] for answer in answers] == [person.id for person in people]
    assert printed[-1] in ("12 moved", run("move") and printed[-1])
    assert [stored(api, person) for person in people] == [person.today for person in people]
    assert [proven_identities(api, person) for person in people] == [[person.today] for person in people]


@ON_DYNAMODB
def test_two_concurrent_runs_move_each_customer_once(api, tables, somebody, monkeypatch):
    people = [somebody() for _ in range(8)]
    with benin_before_2024():
        for person in people:
            person.sign_up()
    outdated = [item for item in renumber.scanned() if renumber.is_outdated(item)]
    results, lock = Counter(), threading.Lock()

    def move(n):
        result = renumber.moved(outdated[n % 8])
        with lock:
            results[result] += 1

    at_once(16, move)

    assert results == {"moved": 8, "gone or done": 8}
    assert [proven_identities(api, person) for person in people] == [[person.today] for person in people]


@ON_DYNAMODB
def test_a_run_that_was_interrupted_is_continued(api, wire, tables, somebody, run):
    people = [somebody() for _ in range(4)]
    with benin_before_2024():
        for person in people:
            person.sign_up()

    with wire.broken("TransactWriteItems", "error", nth=3), pytest.raises(Exception):  # noqa: B017, PT011 (whatever AWS fails with)
        run("move")

    assert run("move")[-1] == "2 moved"
    assert [stored(api, person) for person in people] == [person.today for person in people]


@ON_DYNAMODB
def test_many_customers_are_moved_page_by_page_in_the_same_memory(api, engine, tables, run, part_of):
    many, table, requests = part_of(MANY, part=500), engine.ids["CustomersTable"], []
    for n in range(many):
        number = f"+22996{n:06d}"
        address = Address(Channel.PHONE, number, number, "BJ")
        customer = customers.new(Names()).with_address(address, verified=True)
        identity, *_ = identity_items.put_verified(address, customer, None)
        requests += [identity.parameters["Item"], customer_items.put_new(customer).parameters["Item"]]
    for first in range(0, len(requests), 25):
        engine.write({table: [{"PutRequest": {"Item": item}} for item in requests[first : first + 25]]})
    tables._seen_at = -1

    tracemalloc.start()
    printed = run("move")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert printed[-1] == f"{many} moved"
    assert peak < 20_000_000
    assert run("move") == ["nothing to move"]
    assert sum(item.get("phone", {}).get("S", "").startswith("+2290196") for item in api.table("CustomersTable")) == many
