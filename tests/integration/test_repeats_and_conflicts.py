"""What is repeated after a lost answer or a conflict is counted once, and what cannot be read lets nobody through."""

import json
from contextlib import contextmanager

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.harness.faults import answer
from tests.harness.people import LOGIN, REGISTER, new_number, other_code
from tests.harness.wire import done

FAILURES = ["error", "throttle", "timeout", "lost", "conflict"]
KEY = "cmVwZWF0LXRoZS1jYWxs"


@pytest.fixture(params=["bound", "unbound"])
def sent_back(request):
    """Whether the challenge comes back with the code."""
    return (lambda challenge: {"challenge": challenge}) if request.param == "bound" else (lambda _: {})


@pytest.fixture
def ready(tables, customer):
    """A customer with a code in hand."""
    return customer, *customer.request_and_read_code()


def attempts(tables) -> int:
    [challenge] = tables.look().challenges()
    return len(challenge["bound"]["M"]) + len(challenge["unbound"]["M"])


# ── an answer that was lost, and the SDK repeats the request ──


def test_an_attempt_whose_response_was_lost_is_one_attempt(wire, tables, ready, sent_back):
    person, challenge, code = ready

    for _ in range(4):
        with wire.broken("UpdateItem", "lost", times=1):
            assert person.verify(other_code(code), **sent_back(challenge)).status == 401

    assert attempts(tables) == 4
    assert tables.look().events("code", "fail") == 4
    with wire.broken("UpdateItem", "lost", times=1):
        assert person.verify(code, **sent_back(challenge)).status == 200


def test_the_fifth_wrong_attempt_is_the_last_though_every_response_was_lost(wire, ready, sent_back):
    person, challenge, code = ready

    for _ in range(5):
        with wire.broken("UpdateItem", "lost", times=1):
            person.verify(other_code(code), **sent_back(challenge))

    assert person.verify(code, **sent_back(challenge)).status == 401


@pytest.mark.parametrize("nth", [1, 2], ids=["the client's write", "the address's write"])
def test_a_code_request_whose_response_was_lost_counts_once(api, wire, tables, inbox, ada, nth):
    with wire.broken("UpdateItem", "lost", nth=nth, times=1):
        response = ada.request_code(REGISTER)

    assert response.status == 200
    assert tables.look().events("code", "send") == 1
    assert tables.look().events("ip", "ip") == 1
    assert len(inbox.of(ada.phone)) == 1
    assert ada.verify(inbox.code(ada.phone), REGISTER, challenge=response["challenge"]).status == 201


def test_an_attempt_without_any_response_is_not_compared_and_counts_once_at_most(wire, tables, ready, sent_back):
    person, challenge, code = ready

    with wire.broken("UpdateItem", "lost"):
        assert person.verify(code, **sent_back(challenge)).status == 503

    assert attempts(tables) == 1
    assert not tables.look().challenges()[0].get("consumed")
    assert person.verify(code, **sent_back(challenge)).status == 200


def test_a_commit_without_any_response_returns_its_session_to_the_same_key_for_two_minutes(api, wire, tables, ready):
    person, challenge, code = ready
    before = len(tables.look().kinds("session"))
    with wire.broken("TransactWriteItems", "lost"):
        assert person.verify(code, challenge=challenge, key=KEY).status == 503

    again = person.verify(code, challenge=challenge, key=KEY)
    other = person.verify(code, challenge=challenge, key=KEY[::-1])
    api.clock.advance(120)
    late = person.verify(code, challenge=challenge, key=KEY)

    assert [again.status, other.status, late.status] == [200, 401, 401]
    assert len(tables.look().kinds("session")) == before + 1


# ── a request that timed out and arrives late ──


@pytest.fixture
def held_back(wire):
    """Requests of this operation time out for their caller and go out only on demand."""

    @contextmanager
    def hold(operation: str, nth: int = 1):
        held = []

        def give_up(request):
            held.append(request)
            raise ReadTimeoutError(endpoint_url=request.url)

        with wire.broken(operation, give_up, nth=nth):
            yield held

    return hold


@pytest.mark.parametrize("first", ["the late commit", "the next try"])
def test_a_commit_that_arrives_late_begins_no_second_session(held_back, tables, ready, first):
    person, challenge, code = ready
    before = len(tables.look().kinds("session"))
    with held_back("TransactWriteItems") as late:
        assert person.verify(code, challenge=challenge, key=KEY).status == 503

    if first == "the late commit":
        done(late[0])
    answered = person.verify(code, challenge=challenge, key=KEY)
    for request in late:
        done(request)

    assert answered.status == 200
    assert person.me(answered["token"]).status == 200
    assert len(tables.look().kinds("session")) == before + 1


def test_an_attempt_that_arrives_late_is_the_same_attempt_with_the_same_key(held_back, tables, ready, sent_back):
    person, challenge, code = ready
    wrong = other_code(code)
    with held_back("UpdateItem") as late:
        assert person.verify(wrong, **sent_back(challenge), key=KEY).status == 503

    assert person.verify(wrong, **sent_back(challenge), key=KEY).status == 401
    for request in late:
        done(request)

    assert attempts(tables) == 1


def test_a_code_request_that_arrives_late_does_not_replace_a_newer_one(held_back, inbox, ada):
    with held_back("UpdateItem", nth=2) as late:
        assert ada.request_code(REGISTER).status == 503

    response = ada.request_code(REGISTER)
    for request in late:
        done(request)

    assert ada.verify(inbox.code(ada.phone), REGISTER, challenge=response["challenge"]).status == 201


# ── a conflict with another write ──


@pytest.fixture
def calls(wire):
    """How often an operation was requested since the last look."""
    seen = len(wire.calls)

    def count(operation: str) -> int:
        nonlocal seen
        since, seen = wire.calls[seen:], len(wire.calls)
        return sum(call.operation == operation for call in since)

    return count


@pytest.mark.parametrize("operation", ["UpdateItem", "TransactWriteItems"])
def test_a_conflict_is_repeated_three_times_with_jitter_then_503_with_the_attempt_refunded(
    wire, tables, ready, calls, operation, sent_back
):
    person, challenge, code = ready
    pauses = []

    for _ in range(3):
        wire.naps.seconds.clear()
        calls(operation)
        with wire.broken(operation, "conflict") as fault:
            refused = person.verify(code, **sent_back(challenge))
        assert (refused.status, refused.retry_after >= 1) == (503, True)
        assert 1_000 - fault.times == 4
        pauses.append(tuple(wire.naps.seconds))
        assert attempts(tables) == 0
        assert tables.look().events("code", "fail") == 0

    assert all(len(each) == 3 and 0 < sum(each) < 1 for each in pauses)
    assert len(set(pauses)) == 3
    assert person.verify(code, **sent_back(challenge)).status == 200


@pytest.mark.parametrize("operation", ["UpdateItem", "TransactWriteItems"])
def test_a_conflict_that_ends_in_time_is_not_seen(wire, tables, ready, operation, sent_back):
    person, challenge, code = ready

    with wire.broken(operation, "conflict", times=3):
        answered = person.verify(code, **sent_back(challenge))

    assert answered.status == 200
    assert tables.look().events("code", "fail") == 0


def cancelled(*reasons: dict):
    """DynamoDB's answer to a transaction, with a reason for each of its parts."""
    kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
    return answer(400, __type=kind, message="injected", CancellationReasons=list(reasons))


CONFLICT, NONE = {"Code": "TransactionConflict"}, {"Code": "None"}


def test_a_failed_condition_beside_a_conflict_decides_first(wire, ready, calls):
    person, challenge, code = ready
    used = {"Code": "ConditionalCheckFailed", "Item": {"pk": {"S": "code#used"}}}

    with wire.broken("TransactWriteItems", cancelled(used, CONFLICT, NONE, CONFLICT)):
        refused = person.verify(code, challenge=challenge)

    assert (refused.status, refused["type"]) == (401, "wrong_proof")
    assert calls("TransactWriteItems") == 1


def test_a_changed_customer_beside_a_conflict_is_read_again_without_a_pause(wire, ready, calls):
    person, challenge, code = ready
    wire.naps.seconds.clear()
    changed = {"Code": "ConditionalCheckFailed", "Item": {"pk": {"S": f"customer#{person.id}"}}}

    with wire.broken("TransactWriteItems", cancelled(CONFLICT, changed, NONE, NONE), times=1):
        answered = person.verify(code, challenge=challenge)

    assert (answered.status, answered["customer"]["id"]) == (200, person.id)
    assert calls("BatchGetItem") == 2
    assert wire.naps.seconds == []


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_cancelled_by_a_throttle_is_repeated_like_a_conflict(wire, ready, calls, code):
    person, challenge, right = ready

    with wire.broken("TransactWriteItems", cancelled(NONE, {"Code": code}, NONE, NONE), times=3):
        assert person.verify(right, challenge=challenge).status == 200

    assert calls("TransactWriteItems") == 4


# ── half an answer, and an answer that makes no sense ──


def all_unread(request):
    """DynamoDB answers for no key of a batch."""
    return answer(200, Responses={}, UnprocessedKeys=json.loads(request.body)["RequestItems"])(request)


def test_unread_keys_are_503_and_no_missing_account_or_session(api, wire, tables, ready):
    person, challenge, code = ready

    with wire.broken("BatchGetItem", all_unread):
        refused = [
            person.verify(code, challenge=challenge),
            person.me(),
            person.refresh(),
            api.post("/login/validate", sessionToken=person.session["token"]),
            api.post("/login/logout", refreshToken=person.session["refresh_token"], everywhere=True),
            api.get("/health"),
        ]

    assert [(each.status, each.retry_after) for each in refused] == [(503, 2)] * 6
    assert attempts(tables) == 0
    assert person.verify(code, challenge=challenge).status == 200
    assert person.refresh().status == 200


def unread_at_first(request):
    """DynamoDB answers for the first key of a batch alone."""
    (table, code_request), *others = json.loads(request.body)["RequestItems"].items()
    read = json.loads(done(request).content)["Responses"][table]
    first, *rest = code_request["Keys"]
    left = {table: {**code_request, "Keys": rest}} if rest else {}
    responses = {table: [item for item in read if all(item[name] == value for name, value in first.items())]}
    return answer(200, Responses=responses, UnprocessedKeys=left | dict(others))(request)


def test_unread_keys_are_read_again_alone(wire, ready, calls):
    person, challenge, code = ready
    wire.naps.seconds.clear()

    with wire.broken("BatchGetItem", unread_at_first, times=1):
        signed_in = person.verify(code, challenge=challenge)

    assert (signed_in.status, signed_in["customer"]["id"]) == (200, person.id)
    assert calls("BatchGetItem") == 2
    assert len(wire.naps.seconds) == 1
    first, again = (sum(len(each["Keys"]) for each in call.parameters["RequestItems"].values()) for call in batches(wire))
    assert again == first - 1


def batches(wire) -> list:
    return [call for call in wire.calls if call.operation == "BatchGetItem"][-2:]


def test_unread_keys_are_read_three_times_more_with_jitter_then_503(wire, ready, calls):
    person, _, _ = ready
    wire.naps.seconds.clear()

    with wire.broken("BatchGetItem", all_unread):
        assert person.me().status == 503

    assert calls("BatchGetItem") == 4
    assert len(set(wire.naps.seconds)) == 3


def test_a_request_that_aws_does_not_understand_is_a_500_without_details(wire, ready):
    person, challenge, code = ready
    nonsense = answer(400, __type="com.amazon.coral.validate#ValidationException", message="Table my-secret-table: invalid key")

    with wire.broken("BatchGetItem", nonsense):
        refused = person.verify(code, challenge=challenge)

    assert (refused.status, refused["type"]) == (500, "internal")
    assert set(refused.body) == {"success", "type", "message", "request_id"}
    assert "secret" not in json.dumps(refused.body) + json.dumps(refused.headers)


# ── no window lets through because it could not be read ──


def never_through(wire, send, operation="UpdateItem"):
    for mode in FAILURES:
        for nth in (1, 2):
            for times in (1, 1_000):
                with wire.broken(operation, mode, nth=nth, times=times):
                    yield send()


def test_a_full_window_of_an_address_lets_no_code_request_through_whatever_breaks(api, wire, ada):
    ada.request_code(LOGIN)
    api.skip_records()

    refused = list(never_through(wire, lambda: api.post("/login/mobile/send", phone=ada.phone)))

    assert {each.status for each in refused} == {429, 503}
    assert api.new_records() == []


def test_a_full_window_of_a_client_lets_no_code_request_through_whatever_breaks(api, wire, tables, ada):
    ada.request_code(LOGIN)
    [place] = [place for place in tables.look() if place.kind == "ip"]
    full = tables.look()[place] | {f"ip{nth}": tables.look()[place]["ip0"] for nth in range(30)}
    tables.put_back(type(tables.look())(tables.look() | {place: full}))
    api.skip_records()

    refused = list(never_through(wire, lambda: api.post(f"{LOGIN}/request-otp", phone=new_number(), ip=ada.ip)))

    assert {each.status for each in refused} == {429, 503}
    assert api.new_records() == []


def test_used_up_attempts_let_no_right_code_through_whatever_breaks(wire, ready, sent_back):
    person, challenge, code = ready
    for _ in range(5):
        person.verify(other_code(code), **sent_back(challenge))

    refused = list(never_through(wire, lambda: person.verify(code, **sent_back(challenge))))

    assert {each.status for each in refused} <= {401, 503}
    assert {each.status for each in refused} & {503}


def test_a_full_window_of_failures_lets_no_right_code_through_whatever_breaks(wire, customer):
    for _ in range(2):
        _, code = customer.request_and_read_code()
        for _ in range(5):
            customer.verify(other_code(code))
        customer.api.clock.advance(90)
    _, code = customer.request_and_read_code()

    refused = list(never_through(wire, lambda: customer.verify(code)))

    assert {each.status for each in refused} == {429, 503}
