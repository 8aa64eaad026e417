"""What the documents say that a sign-in costs: the tables' units as DynamoDB counts them, the arithmetic as it is."""

import json
from collections import Counter
from decimal import Decimal

import pytest

from customer_auth import audit
from customer_auth.addresses import phone
from customer_auth.aws import connections, keys
from customer_auth.aws.keys import Lane
from customer_auth.base import limits
from tests.harness.browsers import Browser
from tests.harness.documents import read, rows
from tests.harness.engines import ON_DYNAMODB
from tests.harness.providers_set_up import configure, forget, three_providers
from tests.harness.service import template
from tools import check_quotas


@pytest.fixture
def units(api, monkeypatch):
    """The units that each operation has taken since this fixture began, by DynamoDB's count, and the parts of transactions."""
    counted, post = Counter(), connections.post

    def counting(url, headers, body):
        if not headers["x-amz-target"].startswith("DynamoDB"):
            return post(url, headers, body)
        parameters = json.loads(body)
        answer = post(url, headers, json.dumps(parameters | {"ReturnConsumedCapacity": "TOTAL"}).encode())
        taken = json.loads(answer.body)["ConsumedCapacity"]
        counted[headers["x-amz-target"].partition(".")[2]] += sum(
            each["CapacityUnits"] for each in (taken if isinstance(taken, list) else [taken])
        )
        counted["parts"] += len(parameters.get("TransactItems", []))
        return answer

    monkeypatch.setattr(connections, "post", counting)  # requests, and their responses
    return counted


def quantity(what: str, heading: str = "What | A thousand sign-ins") -> Decimal:
    [cell] = [row[1] for row in rows("docs/deploy.md", heading) if row[0] == what]
    return Decimal(cell.replace(",", ""))


def by_password(what: str) -> Decimal:
    return quantity(what, "What | A thousand by password")


def by_provider(what: str) -> Decimal:
    return quantity(what, "What | A thousand by a provider")


@pytest.fixture
def returned(api, customer):
    """Somebody who signed up days ago: TTL has deleted what that left among the codes."""
    for item in api.table("CodesTable"):
        api.engine.clients.dynamodb.delete_item(TableName=api.engine.ids["CodesTable"], Key={"pk": item["pk"]})
    return customer


UNITS_A_PART = 2  # as AWS bills; DynamoDB Local takes a table's parts for one
UNITS_OF_INDEX = 2  # of the message in the ledger's index


@ON_DYNAMODB
def test_a_sign_in_takes_the_calculated_units_however_full_its_windows_are(api, returned, units):
    for _ in range(8):
        api.convert()
        units.clear()
        returned.sign_in()
        api.convert()
        api.clock.advance(3_600)

    assert units == {"UpdateItem": 4, "TransactWriteItems": 16, "BatchGetItem": 3, "parts": 8}
    assert quantity("DynamoDB write units") == 1_000 * (units["UpdateItem"] + units["parts"] * UNITS_A_PART + UNITS_OF_INDEX)
    assert quantity("DynamoDB read units") == 1_000 * units["BatchGetItem"]


MOST_BYTES = 960  # of a code item: above 1,024 each write of one takes two units, and the next attribute fits in between


def size(value: dict) -> int:
    """Of a value in DynamoDB's JSON, as DynamoDB counts it: numbers by its rule, and what a map or list adds."""
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(content)
        case "N":
            return (len(content.strip("-").strip("0")) + 1) // 2 + 1 + content.startswith("-")
        case "M":
            return 3 + sum(len(name) + 1 + size(each) for name, each in content.items())
        case "L":
            return 3 + sum(1 + size(each) for each in content)
    return 1


@pytest.fixture
def full(api, returned):
    """Fills every window of this customer's code items to the last place, with events of days ago; answers the items by their lane."""
    table, dynamodb = api.engine.ids["CodesTable"], api.engine.clients.dynamodb
    windows = (limits.sends(), limits.code_attempts())
    names = [f"{window.name}{nth}" for window in windows for nth in range(window.length)]

    def key(lane: Lane) -> dict:
        return {"pk": {"S": keys.code_item(keys.code_item_key(phone.parse(returned.phone), lane))}}

    def item(lane: Lane) -> dict:
        return dynamodb.get_item(TableName=table, Key=key(lane))["Item"]

    def fill(lane: Lane) -> dict:
        dynamodb.update_item(
            TableName=table,
            Key=key(lane),
            UpdateExpression="SET " + ", ".join(f"{name} = :long_ago" for name in names),
            ExpressionAttributeValues={":long_ago": {"N": "1700000001"}},
        )
        return item(lane)

    fill.item = item
    return fill


@ON_DYNAMODB
@pytest.mark.parametrize("lane", Lane)
def test_a_sign_in_takes_no_more_where_everything_is_full_that_a_code_item_holds(api, returned, full, units, lane):
    device = {"device": returned.device} if lane is Lane.TRUSTED else {}

    def sign_in(key: str) -> dict:
        """Returns the item at its longest, between request and verify."""
        code_request = returned.request_code(**device)
        longest = full.item(lane)
        answer = returned.verify(returned.inbox.code(returned.phone), challenge=code_request["challenge"], key=key, **device)
        assert answer.status == 200, answer.text
        return longest

    for _ in range(6):
        returned.log_in("a wrong password", phone=returned.phone, **device)
    sign_in("an-idempotency-key-1")
    api.clock.advance(3_600)
    full(lane)
    units.clear()
    longest = sign_in("an-idempotency-key-2")

    assert longest.keys() >= {"send0", "fail0", "done_login", "attempts_login_bound", "login"}
    assert size({"M": longest}) - 3 - len(longest) <= MOST_BYTES
    assert +units == {"UpdateItem": 4, "TransactWriteItems": 12, "BatchGetItem": 3, "parts": 6}


@ON_DYNAMODB
def test_a_sign_in_by_password_takes_the_calculated_units(ada, units):
    ada.member()
    units.clear()
    ada.log_in()

    assert units == {"UpdateItem": 2, "GetItem": 1, "BatchGetItem": 1, "TransactWriteItems": 6, "parts": 5}
    assert by_password("DynamoDB write units") == 1_000 * (units["UpdateItem"] + units["parts"] * UNITS_A_PART)
    assert by_password("DynamoDB read units") == 1_000 * (units["GetItem"] + units["BatchGetItem"])


@pytest.fixture
def google(engine, monkeypatch):
    """The service with Google, at which somebody has signed in before."""
    with three_providers() as three:
        configure(engine, monkeypatch, three["google"])
        yield three["google"]
        monkeypatch.undo()
        forget()


@ON_DYNAMODB
def test_a_sign_in_by_a_provider_takes_the_calculated_units(api, google, units):
    Browser(api).sign_in(google)
    units.clear()
    Browser(api).sign_in(google)

    names = 1  # an item that is not there, which AWS bills too and DynamoDB Local does not count
    assert units == {"UpdateItem": 2, "TransactWriteItems": 6, "BatchGetItem": 3, "parts": 4}
    assert by_provider("DynamoDB write units") == 1_000 * (units["UpdateItem"] + units["parts"] * UNITS_A_PART)
    assert by_provider("DynamoDB read units") == 1_000 * (units["BatchGetItem"] + names)


@ON_DYNAMODB
def test_the_sign_ins_of_a_browser_are_an_item_of_three_units_at_most(api, google, units):
    browser = Browser(api)
    for _ in range(6):
        units.clear()
        assert browser.sign_in(google).status == 200

    assert units["UpdateItem"] <= 2 * 3


@ON_DYNAMODB
def test_a_refresh_takes_one_write_unit_and_two_read_units(customer, units):
    customer.refresh()

    assert +units == {"BatchGetItem": 2, "UpdateItem": 1}


@pytest.mark.parametrize(
    "heading", ["What | A thousand sign-ins", "What | A thousand by password", "What | A thousand by a provider", "What | How many"]
)
def test_the_tables_of_costs_are_calculated_right(heading):
    together = Decimal(0)
    for what, count, price, cost in rows("docs/deploy.md", heading):
        if what.startswith("**"):
            assert Decimal(cost) == together
        elif cost.replace(".", "").isdigit():
            amount, unit = price.split(" ", 1)
            exact = Decimal(count.replace(",", "")) * Decimal(amount) / {"a million": 1_000_000, "each": 1}[unit]
            assert Decimal(cost) == round(exact, -Decimal(cost).as_tuple().exponent), what
            together += Decimal(cost)
    assert together


def test_the_cost_of_cold_starts_is_given_for_none_a_tenth_and_all_of_the_sign_ins():
    parts = rows("docs/deploy.md", "What | A thousand sign-ins")
    [total] = [Decimal(row[3]) for row in parts if "without the message" in row[0]]
    new = [row for row in parts if "new containers" in row[0]]
    shown = sum(Decimal(row[3]) for row in new)
    exact = sum(Decimal(row[1].replace(",", "")) * Decimal(row[2].split()[0]) for row in new) / 1_000_000
    *shares, (_, *sums) = rows("docs/deploy.md", "Of a thousand sign-ins, in USD | None cold")

    assert len(new) == 3
    assert [[Decimal(cell) for cell in row[1:]] for row in shares if "New containers" in row[0]] == [[0, shown, round(exact * 10, 4)]]
    assert [sum(Decimal(row[nth]) for row in shares) for nth in (1, 2, 3)] == [Decimal(each) for each in sums]
    assert Decimal(sums[1]) == total


def test_the_monthly_costs_are_those_of_the_template():
    resources = template().document["Resources"].values()
    alarms = [each["Properties"] for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"]
    held = {what.partition(",")[0]: count for what, count, *_ in rows("docs/deploy.md", "What | How many")}

    def metrics(alarm: dict) -> int:
        return sum("MetricStat" in each for each in alarm["Metrics"]) if "Metrics" in alarm else 1

    def of(kind: str) -> int:
        return sum(each["Type"] == kind for each in resources)

    assert int(held["KMS key"]) == of("AWS::KMS::Key")
    assert int(held["Secrets"]) == of("AWS::SecretsManager::Secret")
    assert int(held["Metrics of our own"]) == len(audit.METRICS)
    assert int(held["Metrics in alarms"]) == sum(map(metrics, alarms))
    assert int(held["Dashboard"]) == of("AWS::CloudWatch::Dashboard")


def test_the_costs_with_an_email_and_an_sms_are_calculated_right():
    [alone] = [Decimal(row[3]) for row in rows("docs/deploy.md", "What | A thousand sign-ins") if "without the message" in row[0]]
    text = " ".join(read("docs/deploy.md").split())

    for price, cost in (("0.01", f"{alone + 10:.2f}"), ("0.05", f"{alone + 50:.2f}")):
        assert f"{price} USD" in text
        assert cost in text
    assert f"by email they cost {alone + Decimal('0.1'):.2f}" in text


def test_the_time_and_cost_of_a_hash_at_each_memory_are_calculated_right():
    of_a_core, price, hash_ms = 1_769, Decimal("13.3334") / 1_000_000, 27
    table = rows("docs/performance.md", "Memory, MB | Share of a core | ms a hash | GB-seconds a thousand | USD a thousand")
    hashing = [template().functions[name] for name in ("RegisterPassword", "SignInByPassword", "ResetPassword", "ChangePassword")]

    for cells in table:
        memory, share, milliseconds, gb_seconds, usd = (Decimal(cell.replace(",", "")) for cell in cells)
        assert share == round(memory / of_a_core, 2)
        assert milliseconds == round(hash_ms * of_a_core / memory)
        assert gb_seconds == round(hash_ms * of_a_core / memory * memory / 1_024, 1)
        assert usd == round(gb_seconds * price, 4)
    assert {each.properties["MemorySize"] for each in hashing} == {1_024}


# ── scale ──


def test_the_needs_of_sign_ins_a_second_are_calculated_right():
    needs = {what: [Decimal(cell.replace(",", "")) for cell in cells[:4]] for what, *cells in rows("docs/scale.md", "What | One sign-in")}
    writes = sum(needs[f"{table} table, write units a second"][0] for table in ("Codes", "Sessions", "Customers", "Ledger"))
    refreshes = 4

    assert len(needs) == 11
    assert all(need == [need[0] * a_second for a_second in (1, 10, 100, 1_000)] for need in needs.values())
    assert (writes - refreshes) * 1_000 == quantity("DynamoDB write units")
    assert needs["Lambda starts a second"][0] == needs["API requests a second"][0] + needs["Messages a second"][0]


def test_the_costs_are_calculated_with_the_stack_s_own_figures():
    text = read("docs/scale.md")
    [stream] = [each for each in template().functions["SendMessages"].properties["Events"].values() if each["Type"] == "DynamoDB"]

    assert f"own `ThrottlingRateLimit` {template().settings['THROTTLING_RATE_LIMIT']} " in text.replace("|", " ")
    parallelism = int(stream["Properties"]["ParallelizationFactor"])
    assert f"at most {parallelism} senders at once" in text
    assert f"{parallelism * 4} a second and shard" in " ".join(text.split())  # at 250 ms a message
    assert f"some {parallelism * 4 * check_quotas.SHARDS} messages a second on a new table" in " ".join(text.split())
    assert stream["Properties"]["BatchSize"] == 1
