"""Conversions: a used code marks its row and gives its client the request back, once, whatever is repeated, broken or at once."""

import copy

import pytest

from customer_auth.base import clock
from local import events, records
from local.filters import fits_any
from tests.harness.crowds import at_once
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.ledgers import Ledger, message, messages
from tests.harness.people import REGISTER, Person, new_ip
from tests.harness.service import template

KEY = "b25lLWNvbnZlcnNpb24tb25jZQ"


@pytest.fixture
def ledger(tables, api):
    return Ledger(api)


@pytest.fixture
def sign_up(api, inbox):
    """Signs somebody up: returns the person, whose code is used and not recorded yet."""

    def act(**more) -> Person:
        person = Person(api, inbox, ip=api.ip)
        challenge = person.request_code(REGISTER)["challenge"]
        answer = person.verify(inbox.code(person.phone), REGISTER, challenge=challenge, **more)
        assert answer.status == 201
        person.session = answer.body
        return person

    return act


def record(api, *batches: list[dict]) -> list[list[str]]:
    """Record these batches; returns what each names as failed."""
    arn = api.engine.ids["CodesTable.StreamArn"]
    answers = [api.invoke("RecordConversions", events.stream_event(batch, arn)) for batch in batches]
    return [[each["itemIdentifier"] for each in answer["batchItemFailures"]] for answer in answers]


def counted(tables) -> int:
    """Requests that count against clients now."""
    return tables.look().events("ip", "ip")


@ON_BOTH_ENGINES
def test_a_used_code_marks_its_row_and_is_refunded_to_its_client_by_one_request(api, tables, ledger, sign_up):
    sign_up()
    assert counted(tables) == 1
    since = len(api.wire.calls)

    assert api.convert() == {"batchItemFailures": []}

    assert [call.operation for call in api.wire.calls[since:]] == ["TransactWriteItems"]
    assert (ledger.row()["verified_at"], counted(tables)) == (clock.now(), 0)


def test_a_used_code_of_a_known_device_is_refunded_to_the_trusted_lane(api, tables, inbox, sign_up):
    person = sign_up()
    api.clock.advance(90)
    challenge = person.request_code(device=person.device)["challenge"]
    assert person.verify(inbox.code(person.phone), challenge=challenge, device=person.device).status == 200
    windows = {each["pk"]["S"]: each["ip0"]["N"] for each in tables.look().kinds("ip")}
    assert len(windows) == 2

    api.convert()

    assert {each["ip0"]["N"] for each in tables.look().kinds("ip")} == {"0"}


def test_a_reset_s_used_token_is_refunded_too(api, tables, ledger, ada):
    ada.member().forget_password()
    ada.reset(ada.reset_token(), "another long password")
    before = counted(tables)
    api.convert()

    assert [bool(row.get("verified_at")) for row in ledger.rows() if row["purpose"] in ("verify", "reset")] == [True, True]
    assert counted(tables) == before - 2


@pytest.mark.parametrize("late", [False, True])
def test_a_code_used_before_its_sender_recorded_it_has_both_in_its_row(api, wire, ledger, ada, late):
    challenge = ada.request_code(REGISTER)["challenge"]

    def use() -> None:
        assert ada.verify(ada.inbox.code(ada.phone), REGISTER, challenge=challenge).status == 201
        if not late:
            api.convert()

    with wire.before("TransactWriteItems", use):
        api.deliver()
    api.convert()

    assert messages(ledger.row()) == [message()]
    assert ledger.row()["verified_at"] == clock.now()
    assert ledger.row()["expires_at"] == clock.now() + 90 * clock.DAY


# ── once ──


def test_conversions_that_come_again_in_other_batches_change_nothing(api, tables, ledger, sign_up):
    for _ in range(4):
        sign_up()
        api.clock.advance(1)
    api.post("/login/mobile/send", phone=Person(api, None).phone)  # whose request still counts
    used = api.used_codes()

    assert record(api, used[:3], used[1:], used, used[2:]) == [[]] * 4

    assert sum("verified_at" in row for row in ledger.rows()) == 4
    assert counted(tables) == 1


@ON_DYNAMODB
def test_two_readers_at_once_of_overlapping_batches_refund_each_request_once(api, tables, ledger, sign_up):
    for _ in range(6):
        sign_up()
    others = 3
    for _ in range(others):
        api.post("/login/mobile/send", phone=Person(api, None).phone)
    used = api.used_codes()
    batches = [used, used[::-1], used[2:], used[:4]]

    failed = at_once(4, lambda nth: record(api, batches[nth])[0])
    for batch, names in zip(batches, failed, strict=True):
        record(api, [each for each in batch if each["dynamodb"]["SequenceNumber"] in names])

    assert sum("verified_at" in row for row in ledger.rows()) == 6
    assert counted(tables) == others


# ── what counts no longer ──


@pytest.mark.parametrize(("seconds", "left"), [(3_599, 0), (3_600, 1)])
def test_a_request_that_is_an_hour_old_is_not_refunded(api, tables, ledger, sign_up, seconds, left):
    sign_up()
    used = api.used_codes()
    api.clock.advance(seconds)
    record(api, used)

    assert (counted(tables), "verified_at" in ledger.row()) == (left, True)


def test_a_client_whose_window_is_gone_gets_nothing_back_and_the_row_is_marked(api, tables, ledger, sign_up):
    sign_up()
    [window] = tables.look().kinds("ip")
    api.engine.clients.dynamodb.delete_item(TableName=api.engine.ids["CodesTable"], Key={"pk": window["pk"]})
    api.convert()

    assert "verified_at" in ledger.row()
    assert api.engine.clients.dynamodb.get_item(TableName=api.engine.ids["CodesTable"], Key={"pk": window["pk"]}).get("Item") is None


@pytest.mark.parametrize("turned_off", ["before the request", "after it"])
def test_where_clients_are_not_counted_the_row_alone_is_marked(api, ledger, sign_up, setting, turned_off):
    if turned_off == "before the request":
        setting(IP_SENDS_PER_HOUR=0)
    sign_up()
    setting(IP_SENDS_PER_HOUR=0)
    since = len(api.wire.calls)
    api.convert()

    assert [call.operation for call in api.wire.calls[since:]] == ["UpdateItem"]
    assert "verified_at" in ledger.row()


# ── faults ──


@pytest.mark.parametrize(("mode", "times"), [("error", 2), ("throttle", 4), ("timeout", 2), ("conflict", 4), ("lost", 2), ("lost", 1)])
def test_whatever_breaks_a_conversion_is_recorded_once_in_the_end(api, tables, ledger, sign_up, mode, times):
    sign_up()
    api.post("/login/mobile/send", phone=Person(api, None).phone)
    used = api.used_codes()
    with api.wire.broken("TransactWriteItems", mode, times=times):
        [failed] = record(api, used)

    assert failed == ([] if times == 1 else [used[0]["dynamodb"]["SequenceNumber"]])
    assert record(api, used, used) == [[], []]
    assert ("verified_at" in ledger.row(), counted(tables)) == (True, 1)


@pytest.mark.parametrize("mode", ["error", "lost"])
def test_a_row_that_is_marked_alone_may_break_too(api, wire, tables, ledger, sign_up, mode):
    sign_up()
    [window] = tables.look().kinds("ip")
    api.engine.clients.dynamodb.delete_item(TableName=api.engine.ids["CodesTable"], Key={"pk": window["pk"]})
    used = api.used_codes()
    with wire.broken("UpdateItem", mode, times=2):
        assert record(api, used) == [[used[0]["dynamodb"]["SequenceNumber"]]]

    assert record(api, used) == [[]]
    assert "verified_at" in ledger.row()


def test_of_a_hundred_records_a_poison_one_is_held_back_alone_by_no_more_requests_than_there_are_others(api, ledger, sign_up):
    sign_up()
    [used] = api.used_codes()
    batch = [copy_of(used, nth) for nth in range(100)]
    batch[41]["dynamodb"]["NewImage"]["event"] = {"S": "used:nothing"}
    since = len(api.wire.calls)

    assert record(api, batch) == [["41"]]

    assert len(api.wire.calls) - since == 99
    assert sum("verified_at" in row for row in ledger.rows()) == 99


def copy_of(used: dict, nth: int) -> dict:
    """The same record, of another challenge, which counts in no client's window."""
    record = copy.deepcopy(used)
    record["dynamodb"]["SequenceNumber"] = str(nth)
    done = record["dynamodb"]["NewImage"]["done_register"]["M"]
    done["challenge_hash"] = {"B": nth.to_bytes(16)}
    del done["client"]
    return record


# ── which records come ──


@pytest.mark.parametrize("event", ["used:login", "requested:login", "attempted", "refunded", "recorded", "ended", None])
def test_each_reader_of_the_stream_gets_its_own_records_alone(event):
    image = {"pk": {"S": "code#1"}} | ({"event": {"S": event}} if event else {})
    change = records.change("MODIFY", {"pk": {"S": "code#1"}}, new_image=image)
    readers = {name for name, each in template().functions.items() for stream in each.streams if fits_any(stream.filters, change)}

    assert readers == {"used:login": {"RecordConversions"}, "requested:login": {"SendMessages"}}.get(event, set())


def test_a_repeated_verify_is_no_second_conversion(api, inbox, ada, tables):
    challenge = ada.request_code(REGISTER)["challenge"]
    code = inbox.code(ada.phone)
    answers = [ada.verify(code, REGISTER, challenge=challenge, key=KEY).status for _ in range(2)]

    assert answers == [201, 201]
    assert len(api.used_codes()) == 1


def test_one_more_than_the_window_holds_is_asked_for_where_one_code_was_used(api, sign_up, setting):
    setting(IP_SENDS_PER_HOUR=3)
    api.ip = new_ip()
    sign_up()
    ask = [lambda: api.post("/login/mobile/send", phone=Person(api, None).phone).status] * 3
    assert [each() for each in ask] == [200, 200, 429]

    api.convert()

    assert [each() for each in ask] == [200, 429, 429]
