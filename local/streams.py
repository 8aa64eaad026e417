"""Feeds a table's stream to a function, as Lambda's event source mapping does: in order for each item, in parallel over items.

The stream is read by its own API, so an embedded and a real DynamoDB work alike.
"""

import json
import logging
import queue
import threading
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from local.batches import failed_items
from local.cloud import Clients
from local.events import stream_event
from local.filters import fits_any
from local.pool import Pool
from local.triggers import UNLIMITED, StreamTrigger

if TYPE_CHECKING:
    from types_boto3_dynamodbstreams.type_defs import RecordTypeDef

type Record = Mapping[str, Any]

LONGEST_PAUSE_SECONDS = 5.0  # between tries of a batch; Lambda goes up to a minute
SHARDS_ANEW_SECONDS = 10.0
FULL_READ = 1_000  # records that GetRecords gives at most
log = logging.getLogger(__name__)


class StreamFeeder:
    """One trigger. `wait` returns when there may be something new, `stopping` ends it."""

    def __init__(
        self,
        trigger: StreamTrigger,
        pool: Pool,
        clients: Clients,
        ids: Mapping[str, str],
        *,
        wait: Callable[[], None],
        stopping: threading.Event,
    ) -> None:
        self._trigger = trigger
        self._pool = pool
        self._clients = clients
        self._arn = ids[f"{trigger.table}.StreamArn"]
        self._failures_url = ids[trigger.on_failure] if trigger.on_failure else None
        self._wait = wait
        self._stopping = stopping
        self._lanes = [queue.SimpleQueue[Record]() for _ in range(trigger.lanes)]

    def start(self) -> None:
        threading.Thread(target=self._read, daemon=True, name=f"stream:{self._trigger.table}").start()
        for number, lane in enumerate(self._lanes):
            threading.Thread(target=self._run, args=(lane,), daemon=True, name=f"stream:{self._trigger.table}:{number}").start()

    def _read(self) -> None:
        reader = _Reader(self._clients, self._arn, from_start=self._trigger.from_start)
        while not self._stopping.is_set():
            try:
                records = reader.read()
            except (BotoCoreError, ClientError) as error:
                if not self._stopping.is_set():
                    log.warning("stream %s: %s", self._arn, error)
                self._stopping.wait(1)
                continue
            for record in records:
                if fits_any(self._trigger.filters, record):
                    key = json.dumps(record["dynamodb"]["Keys"], sort_keys=True, default=str)
                    self._lanes[zlib.crc32(key.encode()) % len(self._lanes)].put(record)
            if len(records) < FULL_READ:
                self._wait()

    def _run(self, lane: "queue.SimpleQueue[Record]") -> None:
        while not self._stopping.is_set():
            batch = [lane.get()]
            while len(batch) < self._trigger.batch_size and not lane.empty():
                batch.append(lane.get())
            self._feed(batch)

    def _feed(self, batch: list[Record], tries_before: int = 0) -> None:
        """Run a batch until all of it is done, its retries are used up, or the stack ends."""
        tries = tries_before
        while batch and not self._stopping.is_set():
            ids = [str(record["dynamodb"]["SequenceNumber"]) for record in batch]
            failed = failed_items(self._pool, stream_event(batch, self._arn), ids, reports=self._trigger.reports_item_failures)
            if failed == []:
                return
            first = ids.index(failed[0]) if failed else 0
            batch, tries = batch[first:], tries + 1
            if self._trigger.bisects and failed is None and len(batch) > 1:
                middle = len(batch) // 2
                self._feed(batch[:middle], tries - 1)  # a bisection is no retry
                batch, tries = batch[middle:], tries - 1
                continue
            if self._trigger.maximum_retries != UNLIMITED and tries > self._trigger.maximum_retries:
                self._give_up(batch)
                return
            self._stopping.wait(min(LONGEST_PAUSE_SECONDS, 0.2 * 2**tries))

    def _give_up(self, batch: list[Record]) -> None:
        """Tell the on-failure queue which records went unprocessed, as Lambda does, and go on without them."""
        if self._failures_url is None:
            return
        numbers = [str(record["dynamodb"]["SequenceNumber"]) for record in batch]
        info = {"startSequenceNumber": numbers[0], "endSequenceNumber": numbers[-1], "batchSize": len(batch), "streamArn": self._arn}
        notice = {
            "requestContext": {"functionArn": self._pool.spec.arn, "condition": "RetryAttemptsExhausted"},
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(),
            "DDBStreamBatchInfo": info,
        }
        self._clients.sqs.send_message(QueueUrl=self._failures_url, MessageBody=json.dumps(notice))


class _Reader:
    """Reads all shards of a stream, each where it was left."""

    def __init__(self, clients: Clients, arn: str, *, from_start: bool) -> None:
        self._streams = clients.streams
        self._arn = arn
        self._kind = "TRIM_HORIZON" if from_start else "LATEST"
        self._iterators: dict[str, str | None] = {}  # None: read to its end
        self._last: dict[str, str] = {}
        self._looked_at = float("-inf")

    def read(self) -> "list[RecordTypeDef]":
        """What is new."""
        now = datetime.now(UTC).timestamp()
        if now - self._looked_at > SHARDS_ANEW_SECONDS:
            self._find_shards()
            self._looked_at = now
        return [record for shard in [*self._iterators] for record in self._read_shard(shard)]

    def _find_shards(self) -> None:
        for shard in self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"].get("Shards", []):
            if shard["ShardId"] not in self._iterators:
                self._iterators[shard["ShardId"]] = self._iterator(shard["ShardId"])
        self._kind = "TRIM_HORIZON"  # a shard that appears later is new from its first record on

    def _iterator(self, shard: str) -> str:
        where: dict[str, Any] = {"ShardIteratorType": self._kind}
        if shard in self._last:
            where = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._last[shard]}
        return self._streams.get_shard_iterator(StreamArn=self._arn, ShardId=shard, **where)["ShardIterator"]

    def _read_shard(self, shard: str) -> "list[RecordTypeDef]":
        iterator = self._iterators[shard]
        if iterator is None:
            return []
        try:
            answer = self._streams.get_records(ShardIterator=iterator)
        except self._streams.exceptions.TrimmedDataAccessException:
            # DynamoDB Local numbers all tables' writes as one: an iterator from before a stream's first record is "past the oldest".
            self._last.pop(shard, None)
            self._iterators[shard] = self._iterator(shard)
            return []
        except (BotoCoreError, ClientError):
            self._iterators[shard] = self._iterator(shard)
            raise
        records = answer["Records"]
        if records:
            self._last[shard] = records[-1]["dynamodb"]["SequenceNumber"]
        self._iterators[shard] = answer.get("NextShardIterator")
        return records
