"""Feeds a table's stream to a function, like Lambda's event source mapping: in order for each item, in parallel across items.

The stream is read by its API, so it works with the embedded DynamoDB and a real one alike.
"""

import json
import logging
import threading
import time
import zlib
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from local.batches import failed_items
from local.cloud import Clients
from local.events import stream_event
from local.filters import fits_any
from local.pool import Pool
from local.rounds import Rounds
from local.shards import ShardReader
from local.triggers import UNLIMITED, StreamTrigger

if TYPE_CHECKING:
    from types_boto3_dynamodbstreams.type_defs import RecordTypeDef

type Record = Mapping[str, Any]

LONGEST_PAUSE_SECONDS = 5.0  # between attempts of a batch; Lambda waits up to a minute
FULL_READ = 1_000  # the most records that GetRecords returns
log = logging.getLogger(__name__)


class StreamFeeder:
    """Feeds the stream of one trigger, reading it at intervals and when it is woken, until `stopping` is set.

    `shown_seconds`: how long it takes until a write appears in the stream.
    """

    def __init__(
        self,
        trigger: StreamTrigger,
        pool: Pool,
        clients: Clients,
        ids: Mapping[str, str],
        *,
        every_seconds: float,
        shown_seconds: float = 0,
        stopping: threading.Event,
    ) -> None:
        self._trigger = trigger
        self._pool = pool
        self._clients = clients
        self.table = ids[trigger.table]
        self._arn = ids[f"{trigger.table}.StreamArn"]
        self._failures_url = ids[trigger.on_failure] if trigger.on_failure else None
        self._shown_seconds = shown_seconds
        self._stopping = stopping
        self._rounds = Rounds(every_seconds, stopping)
        self._lanes = [_Lane() for _ in range(trigger.lanes)]

    def start(self) -> None:
        threading.Thread(target=self._read, daemon=True, name=f"stream:{self._trigger.table}").start()
        for number, lane in enumerate(self._lanes):
            threading.Thread(target=self._run, args=(lane,), daemon=True, name=f"stream:{self._trigger.table}:{number}").start()

    def wake(self) -> None:
        """Read the stream at once, because there may be something new."""
        self._rounds.wake()

    def work_off(self, ends_at: float) -> None:
        """Wait until all earlier writes are processed, but not longer than until `ends_at` on the monotonic clock."""
        self._stopping.wait(self._shown_seconds)
        self._rounds.await_next(ends_at)
        for lane in self._lanes:
            lane.await_done(self._stopping, ends_at)

    def _read(self) -> None:
        reader = ShardReader(self._clients, self._arn, from_start=self._trigger.from_start)
        while not self._stopping.is_set():
            number = self._rounds.begin()
            try:
                while self._hand_out(reader.read()) == FULL_READ:
                    pass
            except (BotoCoreError, ClientError) as error:
                if not self._stopping.is_set():
                    log.warning("stream %s: %s", self._arn, error)
                self._stopping.wait(1)
                continue
            self._rounds.finish(number)
            self._rounds.rest()

    def _hand_out(self, records: "list[RecordTypeDef]") -> int:
        """Put the records that match the filters into their lanes; returns the number of all records."""
        records_of: dict[int, list[Record]] = {}
        for record in records:
            if fits_any(self._trigger.filters, record):
                key = json.dumps(record["dynamodb"]["Keys"], sort_keys=True, default=str)
                records_of.setdefault(zlib.crc32(key.encode()) % len(self._lanes), []).append(record)
        for lane, lane_records in records_of.items():
            self._lanes[lane].put(lane_records)
        return len(records)

    def _run(self, lane: "_Lane") -> None:
        while not self._stopping.is_set():
            batch = lane.take(self._trigger.batch_size, self._trigger.window_seconds)
            try:
                self._feed(batch)
            finally:
                lane.done(len(batch))

    def _feed(self, batch: list[Record], tries_before: int = 0) -> None:
        """Run a batch until it is processed, its retries are used up, or the stack stops."""
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
                self._feed(batch[:middle], tries - 1)  # a bisection does not count as a retry
                batch, tries = batch[middle:], tries - 1
                continue
            if self._trigger.maximum_retries != UNLIMITED and tries > self._trigger.maximum_retries:
                self._give_up(batch)
                return
            self._stopping.wait(min(LONGEST_PAUSE_SECONDS, 0.2 * 2**tries))

    def _give_up(self, batch: list[Record]) -> None:
        """Report the unprocessed records to the on-failure queue, like Lambda, and continue without them."""
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


class _Lane:
    """Records that wait to be processed, and the number of those that were."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._records = deque[Record]()
        self._put = 0
        self._done = 0
        self._waiting = 0  # callers that wait until the records are processed

    def put(self, records: list[Record]) -> None:
        with self._changed:
            self._put += len(records)
            self._records.extend(records)
            self._changed.notify_all()

    def take(self, limit: int, window_seconds: float) -> list[Record]:
        """Wait for records, then up to `window_seconds` for more, unless somebody waits for them; take up to `limit` of them."""
        with self._changed:
            self._changed.wait_for(lambda: self._records)
            self._changed.wait_for(lambda: len(self._records) >= limit or self._waiting, window_seconds)
            return [self._records.popleft() for _ in range(min(limit, len(self._records)))]

    def done(self, count: int) -> None:
        with self._changed:
            self._done += count
            self._changed.notify_all()

    def await_done(self, stopping: threading.Event, ends_at: float) -> None:
        """Wait until all records that were put before this call are processed, but not longer than until `ends_at`."""
        with self._changed:
            target = self._put
            self._waiting += 1
            self._changed.notify_all()
            while self._done < target and not stopping.is_set() and time.monotonic() < ends_at:
                self._changed.wait(0.1)
            self._waiting -= 1
