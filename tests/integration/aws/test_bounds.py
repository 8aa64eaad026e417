"""What DynamoDB refuses for its size is refused on the embedded engine too, in the same way: each request goes to both."""

import pytest
from botocore.exceptions import ClientError

from tests.harness.engines import ON_BOTH_ENGINES

pytestmark = ON_BOTH_ENGINES

ONE, TWO = "CodesTable", "SessionsTable"  # with a partition key, and with a sort key beside it
INDEXED = "CustomersTable"
KB = 1_024
REFUSED = "ValidationException"
FAILED = "ConditionalCheckFailedException"
NUMBER = {"N": "1"}
UPDATE = {"UpdateExpression": "SET #n = :one", "ExpressionAttributeNames": {"#n": "n"}, "ExpressionAttributeValues": {":one": NUMBER}}


def s(text: str) -> dict:
    return {"S": text}


def cancelled(*reasons: str) -> tuple[str, ...]:
    return ("TransactionCanceledException", *reasons)


@pytest.fixture
def call(engine):
    """How an engine answers: "done", an error's name, or a cancelled transaction's with its reasons."""
    client = engine.clients.dynamodb

    def answer(operation: str, **parameters):
        try:
            getattr(client, operation)(**{name: _named(value, engine.ids) for name, value in parameters.items()})
        except ClientError as error:
            response = error.response
            code = response["Error"]["Code"]
            return (code, *(each["Code"] for each in response["CancellationReasons"])) if "CancellationReasons" in response else code
        return "done"

    return answer


def _named(value, ids: dict):
    """The parameters with the tables' own names instead of the template's."""
    if isinstance(value, dict):
        return {ids.get(name, name): ids.get(each, each) if name == "TableName" else _named(each, ids) for name, each in value.items()}
    if isinstance(value, list):
        return [_named(each, ids) for each in value]
    return ids.get(value, value) if value in (ONE, TWO, INDEXED) else value


# ── keys ──


def single(table: str, key: dict) -> dict:
    """Every request of one item, by its operation."""
    return {
        "get_item": {"TableName": table, "Key": key},
        "put_item": {"TableName": table, "Item": key},
        "update_item": {"TableName": table, "Key": key, **UPDATE},
        "delete_item": {"TableName": table, "Key": key},
    }


def batches(table: str, key: dict) -> list[tuple[str, dict]]:
    return [
        ("batch_get_item", {"RequestItems": {table: {"Keys": [key]}}}),
        ("batch_write_item", {"RequestItems": {table: [{"PutRequest": {"Item": key}}]}}),
        ("batch_write_item", {"RequestItems": {table: [{"DeleteRequest": {"Key": key}}]}}),
        ("transact_get_items", {"TransactItems": [{"Get": {"TableName": table, "Key": key}}]}),
    ]


def transactions(table: str, key: dict) -> list[dict]:
    """Each kind of write, behind one that there is nothing against."""
    fine = {"Put": {"TableName": ONE, "Item": {"pk": s("bounds#fine")}}}
    parts = [
        {"Put": {"TableName": table, "Item": key}},
        {"Update": {"TableName": table, "Key": key, **UPDATE}},
        {"Delete": {"TableName": table, "Key": key}},
        {"ConditionCheck": {"TableName": table, "Key": key, "ConditionExpression": "attribute_not_exists(zz)"}},
    ]
    return [{"TransactItems": [fine, part]} for part in parts]


FITS = ("done", "done")
TOO_LONG = (REFUSED, cancelled("None", "ValidationError"))
EMPTY = (REFUSED, REFUSED)
KEYS = {
    "2048": (ONE, {"pk": s("x" * 2 * KB)}, *FITS),
    "1024 of two bytes": (ONE, {"pk": s("é" * KB)}, *FITS),
    "a sort key of 1024": (TWO, {"pk": s("x"), "sk": s("y" * KB)}, *FITS),
    "2049": (ONE, {"pk": s("x" * (2 * KB + 1))}, *TOO_LONG),
    "1024 of two bytes and one": (ONE, {"pk": s("é" * KB + "x")}, *TOO_LONG),
    "2049 with a sort key": (TWO, {"pk": s("x" * (2 * KB + 1)), "sk": s("y")}, *TOO_LONG),
    "a sort key of 1025": (TWO, {"pk": s("x"), "sk": s("y" * (KB + 1))}, *TOO_LONG),
    "empty": (ONE, {"pk": s("")}, *EMPTY),
    "empty with a sort key": (TWO, {"pk": s(""), "sk": s("y")}, *EMPTY),
    "an empty sort key": (TWO, {"pk": s("x"), "sk": s("")}, *EMPTY),
}


@pytest.mark.parametrize(("table", "key", "outcome", "in_a_transaction"), KEYS.values(), ids=KEYS)
def test_a_key_is_2048_bytes_and_1024_at_most_and_never_empty(call, table, key, outcome, in_a_transaction):
    assert {operation: call(operation, **parameters) for operation, parameters in single(table, key).items()} == dict.fromkeys(
        single(table, key), outcome
    )
    assert {call(operation, **parameters) for operation, parameters in batches(table, key)} == {outcome}
    assert {call("transact_write_items", **parameters) for parameters in transactions(table, key)} == {in_a_transaction}


def test_a_transaction_says_of_each_write_what_is_wrong(call):
    fails = {"Put": {"TableName": ONE, "Item": {"pk": s("bounds#x")}, "ConditionExpression": "attribute_exists(zz)"}}
    too_long = {"Put": {"TableName": ONE, "Item": {"pk": s("x" * 2_049)}}}

    assert call("transact_write_items", TransactItems=[fails, too_long]) == cancelled("ConditionalCheckFailed", "ValidationError")


def test_a_query_may_name_an_impossible_partition_key_but_no_impossible_sort_key(call):
    def query(condition: str, **values: str):
        parameters = {f":{name}": s(value) for name, value in values.items()}
        return call("query", TableName=TWO, KeyConditionExpression=condition, ExpressionAttributeValues=parameters)

    assert query("pk = :p", p="x" * 2_049) == "done"
    assert query("pk = :p", p="") == REFUSED
    assert query("pk = :p AND sk = :s", p="x", s="y" * 1_024) == "done"
    assert query("pk = :p AND sk = :s", p="x", s="y" * 1_025) == REFUSED
    assert query("pk = :p AND sk BETWEEN :s AND :t", p="x", s="y", t="y" * 1_025) == REFUSED
    assert query("pk = :p AND begins_with(sk, :s)", p="x", s="") == REFUSED


@pytest.mark.parametrize(("bytes_", "outcome"), [(2 * KB, "done"), (0, REFUSED)])
def test_an_index_key_is_never_empty(call, bytes_, outcome):
    value = s("x" * bytes_)
    assert call("put_item", TableName=INDEXED, Item={"pk": s("bounds#1"), "referrer": value, "created_at": NUMBER}) == outcome
    update = {"UpdateExpression": "SET referrer = :v, created_at = :n", "ExpressionAttributeValues": {":v": value, ":n": NUMBER}}
    assert call("update_item", TableName=INDEXED, Key={"pk": s("bounds#1")}, **update) == outcome
    assert call("delete_item", TableName=INDEXED, Key={"pk": s("bounds#1")}) == "done"


# ── items ──

KINDS = {
    "text": s("é"),
    "number": {"N": "-123.45"},
    "zero": {"N": "0"},
    "time": {"N": "1767225612"},
    "bytes": {"B": b"1234"},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "list": {"L": [s("a"), {"L": []}, NUMBER]},
    "map": {"M": {"é": s("a"), "deep": {"M": {"x": {"BOOL": False}}}}},
    "texts": {"SS": ["a", "é"]},
    "numbers": {"NS": ["1", "22"]},
    "binaries": {"BS": [b"1", b"22"]},
}
# Names and values of the item below without its padding, as DynamoDB counts them.
SIZE = 135


def item(size: int) -> dict:
    return {"pk": s("bounds#big"), **KINDS, "pad": s("x" * (size - SIZE))}


@pytest.mark.parametrize(("size", "outcome"), [(400 * KB, "done"), (400 * KB + 1, REFUSED)])
def test_an_item_is_400_kb_at_most(call, size, outcome):
    assert call("put_item", TableName=ONE, Item=item(size)) == outcome
    assert call("batch_write_item", RequestItems={ONE: [{"PutRequest": {"Item": item(size)}}]}) == outcome
    assert call("transact_write_items", TransactItems=[{"Put": {"TableName": ONE, "Item": item(size)}}]) == outcome
    call("delete_item", TableName=ONE, Key={"pk": s("bounds#big")})


@pytest.mark.parametrize("there", [True, False])
def test_an_update_that_makes_an_item_larger_changes_nothing(call, engine, there):
    key, table = {"pk": s(f"bounds#{there}")}, engine.ids[ONE]
    if there:
        assert call("put_item", TableName=ONE, Item=key | {"a": s("x" * 300 * KB), "m": {"M": {"n": NUMBER}}}) == "done"
    before = engine.clients.dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
    grow = {
        "UpdateExpression": "SET #c = :one, #m.#n = :one, #b = :b" if there else "SET #c = :one, #b = :b",
        "ExpressionAttributeNames": {"#b": "b", "#c": "c"} | ({"#m": "m", "#n": "n"} if there else {}),
        "ExpressionAttributeValues": {":one": {"N": "2"}, ":b": s("y" * (200 if there else 401) * KB)},
    }
    part = {"Update": {"TableName": ONE, "Key": key, **grow}}

    assert call("update_item", TableName=ONE, Key=key, **grow) == REFUSED
    fine = {"Put": {"TableName": ONE, "Item": {"pk": s("bounds#fine")}}}
    in_a_transaction = cancelled("None", "ValidationError") if there else REFUSED  # a value that no item can hold is detected immediately
    assert call("transact_write_items", TransactItems=[fine, part]) == in_a_transaction

    assert engine.clients.dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item") == before


def test_an_update_may_make_an_item_as_large_as_one_may_be(call):
    key = {"pk": s("bounds#up")}
    grow = {"UpdateExpression": "SET #b = :b", "ExpressionAttributeNames": {"#b": "b"}}
    most = 400 * KB - len("pk" + "bounds#up" + "b")

    assert call("update_item", TableName=ONE, Key=key, **grow, ExpressionAttributeValues={":b": s("x" * most)}) == "done"
    assert call("update_item", TableName=ONE, Key=key, **grow, ExpressionAttributeValues={":b": s("x" * (most + 1))}) == REFUSED


# ── expressions ──

KEY = {"pk": s("bounds#e")}
VALUES = {"ExpressionAttributeValues": {":v": NUMBER}}


def padded(expression: str, size: int) -> str:
    return expression + " " * (size - len(expression))


@pytest.mark.parametrize(("size", "outcome"), [(4 * KB, "done"), (4 * KB + 1, REFUSED)])
def test_an_expression_is_4_kb_at_most(call, size, outcome):
    update, condition = padded("SET a = :v", size), padded("attribute_not_exists(zz)", size)
    part = {"TableName": ONE, "Key": KEY}
    query = {"TableName": ONE, "KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": KEY["pk"]}}
    answers = [
        call("update_item", **part, UpdateExpression=update, **VALUES),
        call("update_item", **part, UpdateExpression="SET a = :v", ConditionExpression=condition, **VALUES),
        call("put_item", TableName=ONE, Item=KEY, ConditionExpression=condition),
        call("delete_item", **part, ConditionExpression=condition),
        call("transact_write_items", TransactItems=[{"Update": part | {"UpdateExpression": update} | VALUES}]),
        call("transact_write_items", TransactItems=[{"ConditionCheck": part | {"ConditionExpression": condition}}]),
        call("get_item", **part, ProjectionExpression=padded("a", size)),
        call("batch_get_item", RequestItems={ONE: {"Keys": [KEY], "ProjectionExpression": padded("a", size)}}),
        call("query", **query | {"KeyConditionExpression": padded("pk = :p", size)}),
        call("query", **query, FilterExpression=condition),
    ]

    assert answers == [outcome] * len(answers)


@pytest.mark.parametrize(
    ("expression", "most"),
    [
        ("a = :v OR ", 150),
        ("attribute_exists(a) OR ", 150),
        ("a BETWEEN :v AND :v OR ", 150),
        ("a IN (:v) OR ", 150),
        ("size(a) = :v OR ", 100),
        ("NOT a = :v OR ", 100),
    ],
)
def test_a_condition_has_300_operators_and_functions_at_most(call, expression, most):
    def with_(count: int) -> str:
        condition = (expression * count).removesuffix(" OR ")
        part = {"TableName": ONE, "Key": {"pk": s("bounds#ops")}, "UpdateExpression": "SET a = :v", **VALUES}
        return call("update_item", **part, ConditionExpression=condition)

    assert call("put_item", TableName=ONE, Item={"pk": s("bounds#ops"), "a": s("a") if "size" in expression else NUMBER}) == "done"
    assert with_(most) in ("done", FAILED)
    assert with_(most + 1) == REFUSED


@pytest.mark.parametrize(
    ("expressions", "outcome"),
    [
        ({"UpdateExpression": "", "ExpressionAttributeValues": {":v": NUMBER}}, REFUSED),
        ({"UpdateExpression": "SET a = :v", "ConditionExpression": "", **VALUES}, REFUSED),
        ({"UpdateExpression": f"SET #{'n' * 254} = :v", "ExpressionAttributeNames": {f"#{'n' * 254}": "x"}, **VALUES}, "done"),
        ({"UpdateExpression": f"SET #{'n' * 255} = :v", "ExpressionAttributeNames": {f"#{'n' * 255}": "x"}, **VALUES}, REFUSED),
        ({"UpdateExpression": f"SET x = :{'v' * 254}", "ExpressionAttributeValues": {f":{'v' * 254}": NUMBER}}, "done"),
        ({"UpdateExpression": f"SET x = :{'v' * 255}", "ExpressionAttributeValues": {f":{'v' * 255}": NUMBER}}, REFUSED),
        ({"UpdateExpression": "SET #x = :v", "ExpressionAttributeNames": {"#x": "x" * 65_535}, **VALUES}, "done"),
        ({"UpdateExpression": "SET #x = :v", "ExpressionAttributeNames": {"#x": "x" * 65_536}, **VALUES}, REFUSED),
        ({"UpdateExpression": "SET #x = :v", "ExpressionAttributeNames": {"#x": ""}, **VALUES}, REFUSED),
    ],
    ids=[
        "no update",
        "no condition",
        *(f"{name} of {size}" for name in ("a name's sign", "a value's sign", "a name") for size in ("most", "more")),
        "no name",
    ],
)
def test_names_and_expressions_have_bounds(call, expressions, outcome):
    assert call("update_item", TableName=ONE, Key={"pk": s("bounds#names")}, **expressions) == outcome
    call("delete_item", TableName=ONE, Key={"pk": s("bounds#names")})


@pytest.mark.parametrize(
    ("attributes", "outcome"),
    [
        ({"x" * 65_535: s("")}, "done"),
        ({"x" * 65_536: s("")}, REFUSED),
        ({"": s("a")}, REFUSED),
        ({"m": {"M": {"": s("a")}}}, REFUSED),
        ({"m": {"L": [{"M": {"x" * 65_536: s("a")}}]}}, REFUSED),
    ],
    ids=["most", "more", "none", "none within", "more within"],
)
def test_an_attribute_s_name_has_bounds_too(call, attributes, outcome):
    assert call("put_item", TableName=ONE, Item={"pk": s("bounds#names"), **attributes}) == outcome
    call("delete_item", TableName=ONE, Key={"pk": s("bounds#names")})
