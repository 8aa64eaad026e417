"""Changes by somebody else between the read and the commit: the decision is made again, with the state of that moment."""

import json

import pytest

from customer_auth.base import ids
from tests.harness.people import LOGIN, REGISTER, Person, other_code
from tests.harness.world import CUSTOMERS

KEY = "Y2hhbmdlZC1tZWFud2hpbGU"


class Rival:
    """Somebody else, who writes to the customers table while a call is under way."""

    def __init__(self, api, tables, person: Person):
        self.api, self.tables, self.person = api, tables, person
        items = {place.pk: item for place, item in tables.look().items() if place.table == CUSTOMERS}
        self.customer = items[f"customer#{person.id}"]
        [self.identity] = [
            item for item in items.values() if item["pk"]["S"].startswith("identity#") and item.get("customer_id") == {"S": person.id}
        ]

    def set(self, item: dict, **changed) -> None:
        item.update({name: {"N": str(value)} if isinstance(value, int) else {"S": value} for name, value in changed.items()})
        self.api.engine.clients.dynamodb.put_item(TableName=self.api.engine.ids[CUSTOMERS], Item=item)

    def remove(self, item: dict) -> None:
        self.api.engine.clients.dynamodb.delete_item(TableName=self.api.engine.ids[CUSTOMERS], Key={"pk": item["pk"]})

    def move_to(self, other: Person) -> None:
        self.set(self.identity, customer_id=other.id)

    def raise_epoch(self) -> None:
        self.set(self.customer, session_epoch=int(self.customer["session_epoch"]["N"]) + 1)

    def confirm_deletion(self) -> None:
        self.set(self.customer, status="deletion_confirmed")


@pytest.fixture(params=[LOGIN, REGISTER], ids=["login", "register"])
def flow(request):
    return request.param


@pytest.fixture
def ready(tables, customer, flow):
    """A customer with a code in hand."""
    return customer, *customer.request_and_read_code(flow)


@pytest.fixture
def rival(api, tables, ready):
    return Rival(api, tables, ready[0])


@pytest.fixture(params=["BatchGetItem", "TransactWriteItems"], ids=["before it is read", "after it was read"])
def moment(request):
    return request.param


def sessions_of(tables, person: Person) -> list:
    return [item for item in tables.look().kinds("session") if item["pk"]["S"] == person.id]


def assert_unused(tables) -> None:
    [challenge] = tables.look().challenges()
    assert not challenge["bound"]["M"]
    assert not challenge["unbound"]["M"]
    assert not tables.look().events("code", "fail")


def test_a_number_that_moved_to_another_customer_opens_that_one_alone(wire, tables, ready, flow, bob, moment):
    person, challenge, code = ready
    rival = Rival(person.api, tables, person)
    before = len(sessions_of(tables, person)), len(sessions_of(tables, bob))

    with wire.before(moment, lambda: rival.move_to(bob)):
        answered = person.verify(code, flow, challenge=challenge)

    assert (answered.status, answered["registered"]) == (200, False)
    assert answered["customer"]["id"] == bob.id
    assert (len(sessions_of(tables, person)), len(sessions_of(tables, bob))) == (before[0], before[1] + 1)
    assert bob.me(answered["token"])["customer"]["id"] == bob.id


def test_an_account_that_is_being_deleted_gets_no_session_and_the_proof_stays_unused(wire, tables, ready, flow, rival, moment):
    person, challenge, code = ready
    before = len(tables.look().kinds("session"))

    with wire.before(moment, rival.confirm_deletion):
        refused = person.verify(code, flow, challenge=challenge)

    assert (refused.status, refused["type"]) == (403, "account_deletion_pending")
    assert len(tables.look().kinds("session")) == before
    assert_unused(tables)
    rival.set(rival.customer, status="active")
    assert person.verify(code, flow, challenge=challenge).status == 200


def test_without_a_right_code_nobody_learns_of_a_pending_deletion(ready, flow, rival):
    person, challenge, code = ready
    rival.confirm_deletion()

    refused = person.verify(other_code(code), flow, challenge=challenge)

    assert (refused.status, refused["type"]) == (401, "wrong_proof")


def test_a_session_begun_while_all_others_ended_has_the_new_epoch_and_lives(wire, tables, ready, flow, rival, moment):
    person, challenge, code = ready

    with wire.before(moment, rival.raise_epoch):
        answered = person.verify(code, flow, challenge=challenge)

    assert answered.status == 200
    assert {session["epoch"]["N"] for session in sessions_of(tables, person)} == {"0", "1"}
    assert person.me(answered["token"]).status == 200
    assert person.me().status == 401
    assert person.refresh(answered["refresh_token"]).status == 200


def test_a_number_that_its_customer_replaced_no_longer_opens_the_account(wire, tables, ready, flow, rival, moment):
    person, challenge, code = ready
    before = len(sessions_of(tables, person))

    with wire.before(moment, lambda: rival.remove(rival.identity)):
        answered = person.verify(code, flow, challenge=challenge)

    assert len(sessions_of(tables, person)) == before
    if flow == LOGIN:
        assert (answered.status, answered["type"]) == (401, "wrong_proof")
    else:
        assert (answered.status, answered["registered"]) == (201, True)
        assert answered["customer"]["id"] != person.id
        assert len(tables.look().kinds("customer")) == 2
        assert len(tables.look().kinds("identity")) == 1


def test_a_number_that_another_sign_up_took_meanwhile_is_signed_in_to_it(wire, tables, ada, inbox, moment):
    challenge, code = ada.request_and_read_code(REGISTER)
    ada.api.clock.advance(90)
    ada.api.post("/login/mobile/send", phone=ada.phone)
    other = inbox.code(ada.phone)
    theirs: list = []

    with wire.before(moment, lambda: theirs.append(ada.api.post("/login/mobile/verify", phone=ada.phone, code=other))):
        answered = ada.verify(code, REGISTER, challenge=challenge)

    assert theirs[0]["registered"] is True
    assert (answered.status, answered["registered"]) == (200, False)
    assert answered["customer"]["id"] == theirs[0]["user"]["userId"]
    assert len(tables.look().kinds("customer")) == len(tables.look().kinds("identity")) == 1
    assert len(tables.look().kinds("session")) == 2


def test_data_that_changes_three_times_is_503_with_the_proof_unused(wire, tables, ready, flow, rival):
    person, challenge, code = ready
    before = len(tables.look().kinds("session"))
    since = len(wire.calls)

    with wire.before("TransactWriteItems", rival.raise_epoch, times=3):
        refused = person.verify(code, flow, challenge=challenge)

    assert (refused.status, refused["type"], refused.retry_after) == (503, "unavailable", 2)
    assert wire.count(since)["TransactWriteItems"] == 3
    assert len(tables.look().kinds("session")) == before
    assert_unused(tables)
    assert person.verify(code, flow, challenge=challenge).status == 200


def test_data_that_changes_twice_is_decided_by_its_last_state(wire, ready, flow, rival):
    person, challenge, code = ready

    with wire.before("TransactWriteItems", rival.raise_epoch, times=2):
        answered = person.verify(code, flow, challenge=challenge)

    assert answered.status == 200
    assert person.me(answered["token"]).status == 200


def test_an_identity_whose_customer_is_gone_is_503_and_no_new_account(wire, tables, ready, flow, rival):
    person, challenge, code = ready
    rival.remove(rival.customer)

    refused = person.verify(code, flow, challenge=challenge)

    assert refused.status == 503
    assert_unused(tables)
    assert not tables.look().kinds("customer")


@pytest.mark.parametrize("bound", [True, False], ids=["bound", "unbound"])
def test_a_code_that_the_same_caller_used_meanwhile_gets_its_one_session(wire, tables, ready, flow, bound):
    person, challenge, code = ready
    more = {"challenge": challenge} if bound else {}
    before = len(tables.look().kinds("session"))
    first: list = []

    with wire.before("TransactWriteItems", lambda: first.append(person.verify(code, flow, key=KEY, **more))):
        second = person.verify(code, flow, key=KEY, **more)

    assert (first[0].status, second.status) == (200, 200)
    assert session_of(first[0]) == session_of(second)
    assert first[0]["refresh_token"] == second["refresh_token"]
    assert len(tables.look().kinds("session")) == before + 1
    assert not tables.look().events("code", "fail")


@pytest.mark.parametrize("key", [None, KEY[::-1]], ids=["without a key", "with another"])
def test_a_code_that_somebody_else_used_meanwhile_is_401(wire, tables, ready, flow, key):
    person, challenge, code = ready
    before = len(tables.look().kinds("session"))

    with wire.before("TransactWriteItems", lambda: person.verify(code, flow, key=KEY, challenge=challenge)):
        second = person.verify(code, flow, key=key, challenge=challenge)

    assert (second.status, second["type"]) == (401, "wrong_proof")
    assert len(tables.look().kinds("session")) == before + 1


@pytest.fixture
def guessed_at(ready, flow):
    """The customer, after three wrong codes without a challenge."""
    person, _, code = ready
    for _ in range(3):
        assert person.verify(other_code(code), flow).status == 401
    return person, code


def test_a_used_code_repeated_three_times_with_one_key_refunds_one_attempt(wire, tables, flow, guessed_at):
    person, code = guessed_at
    answers: list = []

    def verify(key: str) -> None:
        answers.append(person.verify(code, flow, key=key).status)

    with (
        wire.before("TransactWriteItems", lambda: verify(KEY)),
        wire.before("BatchGetItem", lambda: verify(KEY[::-1])),
        wire.before("BatchGetItem", lambda: verify(KEY[::-1])),
    ):
        verify(KEY[::-1])

    assert sorted(answers) == [200, 401, 401, 401]
    assert tables.look().events("code", "fail") == 3


def test_a_refund_of_a_used_code_counts_once_though_its_response_was_lost(wire, tables, flow, guessed_at):
    person, code = guessed_at

    with (
        wire.before("TransactWriteItems", lambda: person.verify(code, flow, key=KEY)),
        wire.broken("UpdateItem", "lost", nth=3, times=1) as fault,
    ):
        assert person.verify(code, flow).status == 401

    assert fault.times == 0
    assert tables.look().events("code", "fail") == 3


def test_a_code_that_was_replaced_meanwhile_opens_nothing(api, wire, tables, customer):
    challenge, code = customer.request_and_read_code()
    api.clock.advance(90)
    before = len(tables.look().kinds("session"))

    with wire.before("TransactWriteItems", customer.request_code):
        refused = customer.verify(code, challenge=challenge)

    assert refused.status == 401
    assert len(tables.look().kinds("session")) == before
    assert customer.verify(customer.inbox.code(customer.phone)).status == 200


def test_a_repeat_is_401_once_its_session_has_been_ended(api, ready, flow):
    person, challenge, code = ready
    begun = person.verify(code, flow, key=KEY, challenge=challenge)
    api.post("/login/logout", refreshToken=begun["refresh_token"])

    assert person.verify(code, flow, key=KEY, challenge=challenge).status == 401


def session_of(answer) -> str:
    return json.loads(ids.from_base64url(answer["token"].split(".")[1]))["sid"]
