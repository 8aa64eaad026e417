"""The hourly run that erases the accounts which are due."""

import contextlib
import json
import re
from collections import Counter
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from benchmarks import leavers
from customer_auth.aws import dynamodb
from customer_auth.base import ids
from customer_auth.deletion import deletion_items, receipts
from customer_auth.sessions import session_items
from customer_auth.sessions.session_items import Session
from tests.harness.crowds import at_once
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.faults import Killed, answer
from tests.harness.people import DELETION, LOGIN, Person, new_ip

DAY = 86_400
AT_ONCE = 8  # accounts that a run erases side by side
PAGE = 250  # sessions that it holds of each
CANCELLING = 8
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
STAYS = {"keyring", "deletion", "count", "ip", "notify"}  # windows by keyed hashes, for an hour and a day
ENDED = {"pk", "devices_since", "expires_at"}  # all that is stored of an address whose account is gone; a code item has an event too


@pytest.fixture
def leaving(tables, customer, days, inbox):
    """Somebody whose account is due, with three sessions."""
    customer.sign_in()
    customer.sign_in()
    customer.request = customer.leave(reason="moved")["request"]
    inbox.of(customer.phone)
    days.pass_by(7)
    return customer


@pytest.fixture
def due(tables, api, inbox, days):
    """Creates so many people whose accounts are due."""

    def make(count: int) -> list[Person]:
        people = [Person(api, inbox, new_ip()) for _ in range(count)]
        for person in people:
            person.sign_up()
            person.leave()
            inbox.of(person.phone)
        days.pass_by(7)
        return people

    return make


def left_in(world) -> set[str]:
    """The kinds of all items but those that say nothing but that devices of an address have ended."""
    return {place.kind for place, item in world.items() if not (place.kind in ("code", "password") and item.keys() - {"event"} == ENDED)}


def gone(tables, inbox, person) -> dict:
    """Check that nothing is left of the person once the outbox has run; return the stored request."""
    inbox.of(person.phone)
    world = tables.look()
    assert left_in(world) <= STAYS
    text = json.dumps([item for place, item in world.items() if place.kind != "keyring"], default=str)
    assert person.phone not in text
    [row] = world.kinds("deletion")
    assert row["status"]["S"] == "completed"
    assert "reason" not in row
    return row


@ON_BOTH_ENGINES
def test_after_a_week_only_the_request_with_its_receipt_is_left_of_the_customer(leaving, tables, api, inbox):
    assert api.process_deletions()["completed"] == 1

    row = gone(tables, inbox, leaving)
    assert "was deleted" in inbox.of(leaving.phone)[-1].body
    assert row["erased"]["M"]["sessions"]["N"] == "3"


def test_an_erasure_takes_at_most_eight_requests(leaving, api):
    since = len(api.wire.calls)
    api.process_deletions()

    due, mine = Counter(), []
    for call in api.wire.calls[since:]:
        (due.update([call.operation]) if "IndexName" in call.parameters else mine.append(call.operation))
    assert len([each for each in mine if each != "GetSecretValue"]) <= 8, mine


def test_its_receipt_is_signed_and_names_nobody(leaving, tables, api, inbox, engine):
    api.restart()  # as the hourly run begins
    api.process_deletions()
    receipt = gone(tables, inbox, leaving)["receipt"]["S"]

    der = engine.clients.kms.get_public_key(KeyId=engine.ids["ReceiptsKey"])["PublicKey"]
    pem = load_der_public_key(der).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    claims = receipts.check(receipt, pem)
    assert (claims["request_id"], claims["erased"]["sessions"]) == (leaving.request["id"], 3)
    assert leaving.id not in json.dumps(claims)
    header, body, signature = receipt.split(".")
    forged = ids.base64url(json.dumps(claims | {"completed_at": "2020-01-01T00:00:00Z"}).encode())
    for wrong in (f"{header}.{forged}.{signature}", f"{header}.{body}.{signature[:-4]}AAAA", f"{header}.{body}", "x"):
        with pytest.raises(ValueError, match="receipt"):
            receipts.check(wrong, pem)


def test_the_address_is_free_and_its_next_owner_sees_nothing_of_the_last(leaving, api):
    old = leaving.id
    api.process_deletions()
    leaving.sign_up()

    assert leaving.id != old
    assert leaving.me()["customer"]["first_name"] is None


def test_nothing_is_erased_before_its_time(tables, customer, days, api):
    customer.leave()
    days.pass_by(6)
    api.clock.advance(DAY - 91)
    assert api.process_deletions()["completed"] == 0


@pytest.mark.parametrize("ahead", [300, 600])
def test_a_clock_that_is_ahead_erases_nothing_early(tables, customer, days, api, ahead):
    customer.leave()
    days.pass_by(7)
    api.clock.advance(-1)
    true = api.clock.now()
    api.clock.advance(ahead)

    assert api.process_deletions(at=true)["completed"] == 0
    assert api.process_deletions(at=true + 1)["completed"] == 1


def test_a_run_that_the_scheduler_s_clock_starts_too_soon_erases_nothing_early(tables, customer, days, api):
    customer.leave()
    days.pass_by(7)
    api.clock.advance(-1)

    assert api.process_deletions(at=api.clock.now() + 300)["completed"] == 0
    api.clock.advance(1)
    assert api.process_deletions(at=api.clock.now() + 300)["completed"] == 1


def test_a_run_by_hand_without_an_event_does_what_is_due_now(tables, customer, days, api):
    customer.leave()
    days.pass_by(7)
    api.clock.advance(-1)

    assert api.invoke("ProcessAccountDeletions", {})["completed"] == 0
    api.clock.advance(1)
    assert api.invoke("ProcessAccountDeletions", {})["completed"] == 1


@pytest.fixture(params=[-60, 60], ids=["behind", "ahead"])
def skewed(request, api, monkeypatch):
    """The functions' clock is off the gateway's from when this is called; answers the seconds of both."""

    def begin() -> tuple[float, float]:
        gateway, read = api.clock.now(), api.clock.now
        monkeypatch.setattr("customer_auth.base.clock.source", lambda: read() + request.param)
        return gateway, gateway + request.param

    return begin


def scheduled_at(answer) -> float:
    return datetime.fromisoformat(answer["request"]["deletion_scheduled_at"]).timestamp()


def test_confirmed_while_clocks_differ_the_week_is_whole_by_either(tables, customer, inbox, skewed):
    response, code = customer.request_deletion(), inbox.code(customer.phone)
    clocks = skewed()

    assert scheduled_at(customer.confirm_deletion(response["token"], code)) == max(clocks) + 7 * DAY


def test_confirmed_at_once_while_clocks_differ_the_week_is_whole_by_either(tables, setting, ada, skewed):
    setting(REQUIRE_VERIFICATION="false")
    ada.session = ada.registered()
    ada.session = ada.log_in().body
    clocks = skewed()

    assert scheduled_at(ada.request_deletion()) == max(clocks) + 7 * DAY


def test_the_customer_is_reminded_once_a_day_before(tables, customer, days, api, inbox):
    customer.leave()
    inbox.of(customer.phone)
    days.pass_by(6)
    assert [api.process_deletions()["reminded"] for _ in range(3)] == [1, 0, 0]

    reminders = [message for message in inbox.of(customer.phone) if "Tomorrow" in message.body]
    assert len(reminders) == 1
    days.pass_by(1)
    assert api.process_deletions()["completed"] == 1


def test_a_cancelled_request_erases_nothing(tables, customer, days, api, inbox):
    customer.leave()
    days.pass_by(3)
    response = customer.request_cancellation()
    customer.cancel_deletion(response["token"], inbox.code(customer.phone))
    days.pass_by(4)

    assert api.process_deletions() == {"completed": 0, "reminded": 0, "lapsed": 0, "failed": 0, "left": False}
    assert customer.sign_in().status == 200


def test_the_reason_of_an_earlier_request_is_erased_too(tables, customer, days, api, inbox):
    customer.leave(reason="first")
    api.clock.advance(90)
    response = customer.request_cancellation()
    customer.cancel_deletion(response["token"], inbox.code(customer.phone))
    days.pass_by(1)
    customer.sign_in()
    customer.leave(reason="second")
    days.pass_by(7)
    api.process_deletions()

    rows = tables.look().kinds("deletion")
    assert sorted(row["status"]["S"] for row in rows) == ["cancelled", "completed"]
    assert not any("reason" in row for row in rows)


def test_unverified_addresses_go_with_the_account_and_can_be_registered_again(tables, setting, ada, days, api):
    setting(REQUIRE_VERIFICATION="false", REGISTRATION_IDENTIFIER="both")
    ada.session = ada.registered(phone=ada.phone)
    ada.request_deletion()
    days.pass_by(7)

    assert api.process_deletions()["completed"] == 1
    assert left_in(tables.look()) <= STAYS
    assert ada.register().status == 201


def test_a_change_to_another_address_that_was_never_finished_has_lapsed_by_then(tables, customer, days, api, inbox):
    customer.request_contact_change(email="elsewhere@example.com")
    customer.leave()
    inbox.of(customer.phone)
    days.pass_by(7)
    assert api.process_deletions()["completed"] == 1

    inbox.of(customer.phone)
    left = [item for place, item in tables.look().items() if place.kind not in STAYS and item.keys() - {"event"} != ENDED]
    assert [int(item["expires_at"]["N"]) < api.clock.now() for item in left] == [True]  # and is DynamoDB's to remove


def test_a_take_over_of_an_unverified_customer_ends_the_deletion_request(tables, setting, ada, days, api, inbox):
    setting(REQUIRE_VERIFICATION="false")
    ada.session = ada.registered()
    ada.request_deletion()
    response = api.post("/login/email/send", email=ada.email)
    entered = api.post("/login/email/verify", email=ada.email, challenge=response["challenge"], code=inbox.code(ada.email))
    assert entered.status == 200
    days.pass_by(7)

    assert api.process_deletions()["completed"] == 0
    [row] = tables.look().kinds("deletion")
    assert row["status"]["S"] == "cancelled"
    assert len(tables.look().kinds("customer")) == 1


BREAKS = ["killed_before", "killed_after", "error", "throttle", "timeout", "lost"]


@ON_DYNAMODB
@pytest.mark.parametrize("mode", BREAKS)
def test_broken_at_any_request_the_next_run_completes_it_and_nobody_signs_in_meanwhile(leaving, tables, api, inbox, mode):
    before, at = tables.look(), api.clock.offset
    since = len(api.wire.calls)
    api.process_deletions()
    calls = [(call.service, call.operation) for call in api.wire.calls[since:] if call.function == "ProcessAccountDeletions"]
    for nth, (service, operation) in enumerate(calls):
        if service == "secretsmanager":
            continue
        tables.put_back(before)
        api.clock.offset = at
        alike = calls[: nth + 1].count((service, operation))
        with api.wire.broken(operation, mode, service=service, nth=alike), contextlib.suppress(Killed, Exception):
            api.process_deletions()  # whatever it ends with, the next run continues
        broken, then = tables.look(), api.clock.offset
        assert leaving.sign_in_result() in (None, "account_deletion_pending"), (nth, operation)
        tables.put_back(broken)
        api.clock.offset = then
        api.clock.advance(3600)  # what has failed is looked at again then
        api.process_deletions()
        gone(tables, inbox, leaving)


@ON_DYNAMODB
def test_keys_that_a_batch_left_undeleted_are_deleted_by_another_request(leaving, tables, api, inbox):
    def undone(request):
        return answer(200, UnprocessedItems=json.loads(request.body)["RequestItems"])(request)

    with api.wire.broken("BatchWriteItem", undone, times=2):
        assert api.process_deletions()["completed"] == 1

    gone(tables, inbox, leaving)


def test_four_concurrent_runs_erase_each_customer_once(tables, due, api, inbox):
    people = due(6)
    before = len(api.wire.sent)

    runs = at_once(4, lambda _: api.process_deletions())

    api.process_deletions()
    inbox.of("")
    world = tables.look()
    assert left_in(world) <= STAYS
    assert sum(run["completed"] for run in runs) == 6
    assert {row["status"]["S"] for row in world.kinds("deletion")} == {"completed"}
    assert Counter(message.to for message in api.wire.sent[before:]) == {person.phone: 1 for person in people}
    counted = [item.get("completed", {"N": "0"})["N"] for item in world.kinds("count")]
    assert sum(map(int, counted)) == 6


def test_an_erasure_that_fails_holds_up_no_other_and_is_tried_again_after_a_longer_pause(tables, api, engine, log, part_of):
    many = part_of(1_000)
    poison = leavers.put(many, due_at=int(api.clock.now()))[many // 2]
    place = {"pk": {"S": f"customer#{poison.customer.id}"}}
    customers = engine.ids["CustomersTable"]
    whole = engine.clients.dynamodb.get_item(TableName=customers, Key=place)["Item"]
    engine.clients.dynamodb.put_item(TableName=customers, Item=whole | {"metadata": {"S": "no JSON"}})

    assert api.process_deletions() | {"left": 0} == {"completed": many - 1, "reminded": 0, "lapsed": 0, "failed": 1, "left": 0}
    assert any(line.get("undeleted") == [1.0] for line in log.lines)
    assert api.process_deletions()["failed"] == 0
    api.clock.advance(3600)
    assert api.process_deletions()["failed"] == 1
    api.clock.advance(3600)
    assert api.process_deletions()["failed"] == 0  # two hours then
    engine.clients.dynamodb.put_item(TableName=customers, Item=whole)
    api.clock.advance(3600)
    assert api.process_deletions()["completed"] == 1


def test_an_erasure_that_kills_its_function_is_postponed_and_holds_up_no_other(tables, api):
    many = 3 * AT_ONCE
    first = leavers.put(many, due_at=int(api.clock.now()))[0]

    def dies(request) -> None:
        if first.customer.id in str(request.body):
            raise Killed

    with api.wire.broken("BatchWriteItem", dies):
        with pytest.raises(Killed):
            api.process_deletions()
        api.process_deletions()  # as Lambda does it again
        rows = {row["id"]["S"]: row for row in tables.look().kinds("deletion")}
        waiting = [row for row in rows.values() if row["status"]["S"] != "completed"]
        assert rows[first.deletion.id] in waiting
        assert len(waiting) <= AT_ONCE  # those that were begun beside it
        api.clock.advance(3600)
        with pytest.raises(Killed):
            api.process_deletions()
    api.clock.advance(3600)
    api.process_deletions()
    rows = {row["id"]["S"]: row["status"]["S"] for row in tables.look().kinds("deletion")}
    assert {request_id for request_id, status in rows.items() if status != "completed"} == {first.deletion.id}  # which waits two hours now
    api.clock.advance(3600)
    assert api.process_deletions()["completed"] == 1
    assert left_in(tables.look()) <= STAYS | {"message"}


def with_sessions(leaver, count: int) -> None:
    """So many more sessions of one customer."""
    family = "ses_" + "0" * 24
    begun = Session(leaver.customer.id, family, 0, 1, 0, 0, b"0" * 32, None, None, 0, ["pwd"], None, 1, 1, 2**32, 2**32)
    leavers.write(session_items.put_new(begun._replace(family=f"ses_{nth:024}")) for nth in range(count))


@ON_DYNAMODB
@pytest.mark.parametrize("mode", ["killed_before", "killed_after", "error"])
def test_of_many_sessions_few_are_in_memory_and_the_receipt_counts_all_however_often_the_run_breaks(tables, api, mode):
    [leaver] = leavers.put(1, due_at=int(api.clock.now()))
    with_sessions(leaver, 597)
    since = len(api.wire.calls)
    for nth in (1, 7, 14):
        with api.wire.broken("BatchWriteItem", mode, nth=nth), contextlib.suppress(Killed):
            api.process_deletions()
        api.clock.advance(4 * 3600)
    api.process_deletions()

    [row] = tables.look().kinds("deletion")
    assert (row["status"]["S"], row["erased"]["M"]["sessions"]["N"]) == ("completed", "600")
    assert tables.look().kinds("session") == []
    for call in api.wire.calls[since:]:
        if call.operation == "Query" and "IndexName" not in call.parameters:
            assert call.parameters["Limit"] <= PAGE
            assert call.parameters["ProjectionExpression"] == "#pk, #sk, #epoch"


@ON_DYNAMODB
def test_a_page_of_sessions_is_erased_before_the_next_is_read(tables, api):
    [leaver] = leavers.put(1, due_at=int(api.clock.now()))
    with_sessions(leaver, 597)
    since = len(api.wire.calls)
    assert api.process_deletions()["completed"] == 1

    done = [call.operation for call in api.wire.calls[since:] if "IndexName" not in call.parameters and call.service == "dynamodb"]
    begun = done.index("TransactWriteItems")
    erased = [operation for operation in done[begun:] if operation in ("Query", "BatchWriteItem")]
    assert erased == ["Query", *["BatchWriteItem"] * 10] * 2 + ["Query", *["BatchWriteItem"] * 4]


@ON_DYNAMODB
def test_a_customer_who_has_cancelled_more_often_than_a_transaction_holds_is_erased_with_every_reason(tables, api, customer_item_of):
    [leaver] = leavers.put(1, due_at=int(api.clock.now()))
    earlier = [leaver.deletion._replace(id=ids.new("adr_")) for _ in range(120)]
    leavers.write(map(deletion_items.put_confirmed, earlier))
    for each in earlier:
        dynamodb.write(deletion_items.cancel(each.id))
    customer_item_of(leaver.customer.id).set("deletions", {"L": [{"S": each.id} for each in earlier]})

    assert api.process_deletions()["completed"] == 1
    assert not any("reason" in row for row in tables.look().kinds("deletion"))


def test_a_run_without_time_stops_and_the_next_one_continues_there(tables, api, part_of):
    many, groups = part_of(10_000), 3
    due = leavers.put(many, due_at=int(api.clock.now()))
    response = iter([True] * (1 + groups))  # the first is the start's

    first = api.process_deletions(has_time=lambda: next(response, False))

    done = {row["id"]["S"] for row in tables.look().kinds("deletion") if row["status"]["S"] == "completed"}
    assert (first["completed"], first["left"]) == (len(done), True)
    assert done == {each.deletion.id for each in due[: groups * AT_ONCE]}  # the oldest first
    assert api.process_deletions()["completed"] == many - len(done)
    assert left_in(tables.look()) <= STAYS | {"message"}


@ON_DYNAMODB
def test_of_500_cancellations_and_a_concurrent_run_exactly_one_wins_each_and_the_response_says_which(tables, api, part_of):
    due = leavers.put(part_of(500, part=100), due_at=int(api.clock.now()))
    since = len(api.wire.sent)
    phones = [each.customer.phone for each in due]
    challenges = {phone: api.post(f"{DELETION}/cancel-request", phone=phone, ip=new_ip())["token"] for phone in phones}
    while api.deliver():
        pass
    codes = {message.to: CODE.search(message.body)[0] for message in api.wire.sent[since:]}
    answers = {}

    def cancel(nth: int) -> None:
        for each in due[nth::CANCELLING]:  # as the run does, the oldest first
            to = each.customer.phone
            for _ in range(3):  # 503 while the run holds the same items: the code is unused, and entered again
                answer = api.post(f"{DELETION}/cancel-confirm", ip=new_ip(), token=challenges[to], code=codes[to])
                if answer.status != 503:
                    break
            answers[each.deletion.id] = answer

    at_once(CANCELLING + 1, lambda nth: cancel(nth) if nth < CANCELLING else api.process_deletions())

    api.process_deletions()
    world = tables.look()
    became = {row["id"]["S"]: row["status"]["S"] for row in world.kinds("deletion")}
    assert {(became[request_id], answer.status in (401, 403)) for request_id, answer in answers.items()} <= {
        ("cancelled", False),
        ("completed", True),
    }
    assert {answer.status for answer in answers.values()} <= {200, 401, 403}
    results = Counter(became.values())
    assert results.keys() == {"cancelled", "completed"}
    assert results.total() == len(due)
    assert {item["id"]["S"] for item in world.kinds("customer")} == {
        each.customer.id for each in due if became[each.deletion.id] == "cancelled"
    }


def test_while_an_account_is_erased_nobody_signs_in_and_a_cancellation_is_too_late(leaving, api, inbox):
    challenge, code = leaving.request_and_read_code(LOGIN)
    token = leaving.verify(code, challenge=challenge)["cancel_token"]
    api.clock.advance(90)
    response = leaving.request_cancellation()
    code = inbox.code(leaving.phone)
    with api.wire.broken("BatchWriteItem", "killed_before"), pytest.raises(Killed):
        api.process_deletions()

    assert leaving.cancel_deletion(response["token"], code)["type"] == "account_deletion_pending"
    api.clock.advance(90)
    challenge, code = leaving.request_and_read_code(LOGIN)
    refused = leaving.verify(code, challenge=challenge)
    assert (refused["type"], "cancel_token" in refused.body) == ("account_deletion_pending", False)
    assert api.post(f"{DELETION}/cancel-confirm", token=token)["type"] == "account_deletion_pending"
    api.clock.advance(3600)  # when it is looked at again
    assert api.process_deletions()["completed"] == 1
    assert api.post(f"{DELETION}/cancel-confirm", token=response["token"], code="000000").status == 401
