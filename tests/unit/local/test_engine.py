"""The embedded DynamoDB compared with moto's: the same results, and what moto lacks."""

import json

import pytest
from moto.core.exceptions import ServiceException
from moto.dynamodb.exceptions import DynamodbException
from moto.dynamodb.models import DynamoDBBackend
from werkzeug.exceptions import HTTPException

from local import changes
from local.changes import Change
from local.engine import Backend

TABLES = {"people": ("pk",), "lines": ("pk", "sk")}
ADA, BEN, LINE = {"pk": {"S": "ada"}}, {"pk": {"S": "ben"}}, {"pk": {"S": "ada"}, "sk": {"S": "1"}}
NEW = {"ConditionExpression": "attribute_not_exists(pk)"}
OLD = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
ADD = {"UpdateExpression": "SET #n = if_not_exists(#n, :none) + :one", "ExpressionAttributeNames": {"#n": "n"}}
ADD |= {"ExpressionAttributeValues": {":one": {"N": "1"}, ":none": {"N": "0"}}}
NONSENSE = ADD | {"ExpressionAttributeValues": {":one": {"S": "x"}, ":none": {"N": "0"}}}


def put(item, table="people", **more):
    return {"Put": {"TableName": table, "Item": item, **more}}


def update(key, table="people", **more):
    return {"Update": {"TableName": table, "Key": key, **ADD, **more}}


def delete(key, **more):
    return {"Delete": {"TableName": "people", "Key": key, **more}}


def check(key, **more):
    return {"ConditionCheck": {"TableName": "people", "Key": key, **more}}


def table(name, keys):
    return {
        "name": name,
        "schema": [{"AttributeName": key, "KeyType": "RANGE" if key == "sk" else "HASH"} for key in keys],
        "attr": [{"AttributeName": key, "AttributeType": "S"} for key in keys],
        "streams": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"} if name == "people" else None,
        "billing_mode": "PAY_PER_REQUEST",
        "tags": [],
        "deletion_protection_enabled": False,
        **dict.fromkeys(("throughput", "global_indexes", "indexes", "sse_specification", "warm_throughput")),
    }


def tables_of(kind):
    backend = kind("us-east-1", "123456789012")
    for name, keys in TABLES.items():
        backend.create_table(**table(name, keys))
    backend.put_item("people", ADA | {"n": {"N": "5"}, "m": {"M": {"deep": {"L": [{"S": "x"}]}}}})
    backend.put_item("lines", LINE)
    return backend


@pytest.fixture
def backend():
    backend = tables_of(Backend)
    backend.end_action(succeeded=True)
    return backend


@pytest.fixture
def published(backend):
    published = []
    backend.listeners.append(published.append)
    return published


def outcome(backend, actions):
    """What the caller sees, and the items in the tables afterwards."""
    try:
        backend.transact_write_items(json.loads(json.dumps(actions)))
        seen = "done"
    except DynamodbException as error:
        seen = (type(error).__name__, json.loads(error.description))
    except (ServiceException, HTTPException) as error:
        seen = (type(error).__name__, str(error))
    return seen, [json.loads(json.dumps(item.to_json())) for table in backend.tables.values() for item in table.all_items()]


@pytest.mark.parametrize(
    "actions",
    [
        [put(BEN), update(ADA), put(LINE | {"x": {"S": "1"}}, "lines")],
        [update(BEN), update(LINE, "lines"), check(ADA, ConditionExpression="attribute_exists(pk)")],
        [delete(ADA), put(BEN, **NEW)],
        [put(ADA, **NEW)],
        [put(ADA, **NEW, **OLD), update(BEN)],
        [update(BEN), put(ADA, **NEW, **OLD), check(BEN | {"pk": {"S": "x"}}, ConditionExpression="attribute_exists(pk)", **OLD)],
        [delete(ADA, ConditionExpression="n = :five", ExpressionAttributeValues={":five": {"N": "5"}}), put(BEN)],
        [delete(ADA, ConditionExpression="n = :six", ExpressionAttributeValues={":six": {"N": "6"}}, **OLD), put(BEN)],
        [put(BEN), put(BEN)],
        [put(BEN), update(BEN)],
        [put(BEN), update(ADA, **NONSENSE)],
        [put(BEN), update(ADA, UpdateExpression="SET #n = :one + ")],
        [{**put(BEN), **delete(ADA)}],
        [put({"pk": {"S": str(number)}}) for number in range(100)],
        [put({"pk": {"S": str(number)}}) for number in range(101)],
    ],
)
def test_a_transaction_has_the_same_result_as_moto_s(backend, actions):
    theirs, mine = outcome(tables_of(DynamoDBBackend), actions), outcome(backend, actions)

    assert mine == theirs


@pytest.mark.parametrize(
    ("action", "error"),
    [(update(ADA, table="nowhere"), "ResourceNotFoundException"), (put({"sk": {"S": "1"}}, "lines"), "ValidationException")],
)
def test_an_invalid_action_in_a_transaction_is_refused_as_by_dynamodb(backend, action, error):
    before = backend.items()
    with pytest.raises(HTTPException, match=error):
        backend.transact_write_items([put(BEN), action])

    assert backend.items() == before


def test_a_transaction_costs_the_same_however_large_the_table(backend):
    table = backend.tables["people"]
    for number in range(2_000):
        table.put_item({"pk": {"S": str(number)}})
    table.__deepcopy__ = None  # so that copying the table fails

    backend.transact_write_items([put(BEN), update(ADA)])


def test_a_failed_transaction_publishes_nothing(backend, published):
    with pytest.raises(DynamodbException):
        backend.transact_write_items([put(BEN), update(ADA, **NONSENSE)])
    backend.end_action(succeeded=False)
    backend.end_action(succeeded=True)

    assert published == []
    assert len(backend.tables["people"].stream_shard.items) == 1


def test_an_action_s_changes_are_published_together_and_once_for_each_item(backend, published):
    backend.transact_write_items([put(BEN), update(LINE | {"sk": {"S": "2"}}, "lines")])
    backend.end_action(succeeded=True)

    line = LINE | {"sk": {"S": "2"}}
    assert published == [[Change("people", BEN, None, BEN), Change("lines", line, None, line | {"n": {"N": "1"}})]]
    assert [record.to_json()["eventName"] for record in backend.tables["people"].stream_shard.items] == ["INSERT", "INSERT"]


def test_a_write_that_changes_nothing_is_not_published(backend, published):
    backend.put_item("lines", LINE)
    backend.end_action(succeeded=True)

    assert published == []


def test_a_record_does_not_change_with_later_writes_to_its_item(backend):
    names, values = {"#m": "m"}, {":x": {"S": "x"}}
    for path in ("#m.one", "#m.two"):
        backend.update_item("people", ADA, f"SET {path} = :x", names, values)
        backend.end_action(succeeded=True)

    records = [record.to_json()["dynamodb"] for record in backend.tables["people"].stream_shard.items]
    assert [sorted(record["NewImage"]["m"]["M"]) for record in records] == [["deep"], ["deep", "one"], ["deep", "one", "two"]]
    assert sorted(records[2]["OldImage"]["m"]["M"]) == ["deep", "one"]


def test_a_stream_does_not_grow_forever(backend, monkeypatch):
    monkeypatch.setattr(changes, "KEPT_RECORDS", 10)
    shard = backend.tables["people"].stream_shard
    for number in range(15):
        backend.put_item("people", {"pk": {"S": str(number)}})
        backend.end_action(succeeded=True)

    records = shard.get(0, 20)
    assert len(records) == 10
    assert int(records[0]["dynamodb"]["SequenceNumber"]) == shard.starting_sequence_number


def test_restored_items_are_in_the_table(backend):
    again = tables_of(Backend)
    for change in backend.items():
        again.restore(change.table, change.new)

    assert again.items() == backend.items()
