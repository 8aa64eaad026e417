"""Streams and queues of moto in this process, delivered to functions in processes of their own."""

import json
import threading
import time
from pathlib import Path

import pytest
from moto import mock_aws

from local import cloud
from local.queues import QueueFeeder
from local.streams import StreamFeeder
from local.template import Template

pytestmark = pytest.mark.enable_socket  # workers are forked over a Unix socket
SHOP = Path(__file__).with_name("shop.yaml")
# Records each event, after half a second for `slow`, and then does what its items say: `fail` (report the item as failed), `raise`.
APP = """
    import json, os, time
    def handler(event, context):
        if any(item_of(record)[1] == "slow" for record in event["Records"]):
            time.sleep(0.5)
        with open(os.environ["SEEN"], "a") as file:
            file.write(json.dumps([item_of(record)[0] for record in event["Records"]]) + "\\n")
        asked = [item_of(record)[1:] for record in event["Records"]]
        if any(how == "raise" for how, _ in asked):
            raise RuntimeError("asked to")
        return {"batchItemFailures": [{"itemIdentifier": name} for how, name in asked if how == "fail"]}

    def item_of(record):
        if "body" in record:
            item = json.loads(record["body"])
            return item["pk"], item["how"], record["messageId"]
        image = record["dynamodb"]["NewImage"]
        return image["pk"]["S"], image["how"]["S"], record["dynamodb"]["SequenceNumber"]
"""


@pytest.fixture
def template():
    return Template.load(SHOP)


@pytest.fixture
def clients():
    with mock_aws():
        yield cloud.Clients()


@pytest.fixture
def ids(template, clients):
    return cloud.create(template, clients)


@pytest.fixture
def seen(tmp_path):
    """Wait for this number of batches that the function has received."""
    file = tmp_path / "seen"

    def batches(count, seconds=10):
        ends_at = time.monotonic() + seconds
        lines = []
        while len(lines) < count and time.monotonic() < ends_at:
            lines = file.read_text().splitlines() if file.exists() else []
            time.sleep(0.02)
        return [json.loads(line) for line in lines]

    batches.file = str(file)
    return batches


@pytest.fixture
def stream(template, clients, ids, function, stopping, seen):
    """Starts the stream's feeder, with these changes to its trigger."""

    def start(every_seconds=0.02, **changes):
        trigger = template.functions["ShipOrders"].streams[0]._replace(**changes)
        feeder = StreamFeeder(trigger, function(APP, SEEN=seen.file), clients, ids, every_seconds=every_seconds, stopping=stopping)
        feeder.start()
        return feeder

    yield start
    stopping.set()
    for thread in threading.enumerate():  # no reader may request records after AWS has stopped
        if thread.name.startswith("stream:") and thread.name.count(":") == 1:  # the reader's; the lanes' wait for records forever
            thread.join(10)


@pytest.fixture
def place(clients, ids):
    def place_orders(*names, how="well"):
        for name in names:
            clients.dynamodb.put_item(TableName=ids["Orders"], Item={"pk": {"S": name}, "how": {"S": how}})

    return place_orders


def messages(clients, ids, queue):
    return clients.sqs.receive_message(QueueUrl=ids[queue], MaxNumberOfMessages=10).get("Messages", [])


def test_records_come_in_batches_including_earlier_ones(stream, place, seen):
    place("a", "b", "c", "d", "e")
    stream(lanes=1, batch_size=2)

    assert [name for batch in seen(3) for name in batch] == ["a", "b", "c", "d", "e"]
    assert max(len(batch) for batch in seen(3)) == 2


def test_only_records_that_match_the_filter_come(stream, place, seen):
    stream()
    place("a", "a", "b")  # the second write of a is a MODIFY

    assert sorted(name for batch in seen(2) for name in batch) == ["a", "b"]


def test_a_failed_item_and_those_after_it_come_again_until_retries_are_used_up(stream, place, seen, clients, ids):
    place("a")
    place("b", how="fail")
    place("c")
    stream(lanes=1, maximum_retries=1)

    assert seen(2) == [["a", "b", "c"], ["b", "c"]]
    [notice] = wait_for(lambda: messages(clients, ids, "Dead"))
    assert json.loads(notice["Body"])["DDBStreamBatchInfo"]["batchSize"] == 2
    place("d")
    assert seen(3)[2:] == [["d"]]


def test_a_batch_that_raises_is_halved_so_that_the_others_get_through(stream, place, seen, clients, ids):
    place("a", "b")
    place("c", how="raise")
    stream(lanes=1, maximum_retries=0)

    assert seen(4) == [["a", "b", "c"], ["a"], ["b", "c"], ["b"]] or seen(5)[-1] == ["c"]
    assert len(wait_for(lambda: messages(clients, ids, "Dead"))) == 1


def test_a_batch_that_hangs_delays_only_its_own_lane(stream, place, seen):
    place("a", how="raise")
    stream(lanes=4, maximum_retries=-1)
    place(*"bcdefh")  # g would be in the lane of a

    assert wait_for(lambda: set("bcdefh") <= {name for batch in seen(1) for name in batch})


def soon(seconds=10):
    return time.monotonic() + seconds


def test_a_stream_is_worked_off_when_all_that_was_written_before_has_been_handled(stream, place, seen):
    place("before")
    feeder = stream(lanes=2, every_seconds=5)  # it is woken and does not wait for the interval
    seen(1)
    time.sleep(0.3)  # it is idle
    place(*"abc", how="slow")
    requested_at = time.monotonic()

    feeder.work_off(soon())

    assert time.monotonic() - requested_at < 4
    assert {name for batch in seen(9, seconds=0.2) for name in batch} == {"before", "a", "b", "c"}


def test_an_empty_stream_is_worked_off_at_once(stream, place):
    feeder = stream(every_seconds=2)
    feeder.work_off(soon())
    requested_at = time.monotonic()

    for _ in range(10):
        feeder.work_off(soon())

    assert time.monotonic() - requested_at < 1


def test_waiting_for_a_record_that_is_retried_endlessly_ends_in_time(stream, place, seen):
    feeder = stream(maximum_retries=-1)
    place("a", how="raise")
    requested_at = time.monotonic()

    feeder.work_off(soon(1))

    assert 1 <= time.monotonic() - requested_at < 3


@pytest.fixture
def queue(template, clients, ids, function, stopping, seen):
    def start(**changes):
        trigger = template.functions["ShipOrders"].queues[0]._replace(**changes)
        feeder = QueueFeeder(trigger, function(APP, SEEN=seen.file), clients, ids, stopping=stopping)
        feeder.start()
        return feeder

    return start


def send(clients, ids, name, how="well"):
    clients.sqs.send_message(QueueUrl=ids["Later"], MessageBody=json.dumps({"pk": name, "how": how}))


def left(clients, ids):
    attributes = clients.sqs.get_queue_attributes(QueueUrl=ids["Later"], AttributeNames=["All"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"]) + int(attributes["ApproximateNumberOfMessagesNotVisible"])


def test_a_successful_message_is_deleted_and_a_failed_one_stays(queue, clients, ids, seen):
    send(clients, ids, "a")
    send(clients, ids, "b", how="fail")
    queue(reports_item_failures=True)

    assert seen(1)[0] == ["a", "b"]
    assert wait_for(lambda: left(clients, ids) == 1)


def test_a_queue_is_worked_off_when_no_due_message_is_left(queue, clients, ids, seen):
    feeder = queue()
    for name in "abcdefgh":
        send(clients, ids, name, how="slow" if name == "a" else "well")

    feeder.work_off(soon())

    assert sorted(name for batch in seen(9, seconds=0.2) for name in batch) == [*"abcdefgh"]
    assert left(clients, ids) == 0


def test_a_failed_message_is_not_due_until_it_is_visible_again(queue, clients, ids, seen):
    feeder = queue(reports_item_failures=True)
    send(clients, ids, "a", how="fail")

    feeder.work_off(soon())

    assert seen(1) == [["a"]]
    assert left(clients, ids) == 1


def test_the_whole_batch_stays_when_the_function_fails(queue, clients, ids, seen):
    send(clients, ids, "a")
    send(clients, ids, "b", how="raise")
    queue()

    seen(1)
    time.sleep(0.2)
    assert left(clients, ids) == 2


def test_a_message_that_matches_no_filter_is_dropped(queue, clients, ids, seen):
    send(clients, ids, "a")
    send(clients, ids, "b")
    queue(filters=({"body": {"pk": ["b"]}},))

    assert seen(1) == [["b"]]
    assert wait_for(lambda: left(clients, ids) == 0)


def wait_for(ask, seconds=5):
    ends_at = time.monotonic() + seconds
    while not (answer := ask()) and time.monotonic() < ends_at:
        time.sleep(0.05)
    return answer


def test_a_batch_that_is_not_full_waits_for_more_records(stream, place, seen):
    stream(lanes=1, batch_size=10, window_seconds=0.6)
    place("a")
    time.sleep(0.1)
    place("b")

    assert seen(1) == [["a", "b"]]


def test_a_full_batch_does_not_wait(stream, place, seen):
    place("a", "b", "c")
    stream(lanes=1, batch_size=2, window_seconds=60)

    assert seen(1, seconds=5) == [["a", "b"]]


def test_a_batch_does_not_wait_while_somebody_waits_for_its_records(stream, place, seen):
    feeder = stream(lanes=1, batch_size=10, window_seconds=60)
    place("a")
    began = time.monotonic()
    feeder.work_off(began + 30)

    assert seen(1, seconds=0.5) == [["a"]]
    assert time.monotonic() - began < 20
