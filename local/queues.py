"""Feeds a queue to a function, like Lambda's event source mapping: successful messages are deleted, the others are received again."""

import json
import logging
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from local.batches import failed_items
from local.cloud import Clients
from local.events import queue_event
from local.filters import fits_any
from local.pool import Pool
from local.rounds import Rounds
from local.triggers import QueueTrigger

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

POLL_SECONDS = 0.4
MOST_MESSAGES = 10  # the most that SQS returns at once
log = logging.getLogger(__name__)


class QueueFeeder:
    """Feeds the queue of one trigger until `stopping` is set."""

    def __init__(self, trigger: QueueTrigger, pool: Pool, clients: Clients, ids: Mapping[str, str], *, stopping: threading.Event) -> None:
        self._trigger = trigger
        self._pool = pool
        self._sqs = clients.sqs
        self._url = ids[trigger.queue]
        self._arn = ids[f"{trigger.queue}.Arn"]
        self._stopping = stopping
        self._rounds = Rounds(POLL_SECONDS, stopping)

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name=f"queue:{self._trigger.queue}").start()

    def work_off(self, ends_at: float) -> None:
        """Wait until no due message is left, but not longer than until `ends_at` on the monotonic clock."""
        self._rounds.await_next(ends_at)

    def _run(self) -> None:
        while not self._stopping.is_set():
            number = self._rounds.begin()
            try:
                while messages := self._receive():
                    self._feed(messages)
                self._rounds.finish(number)
                self._rounds.rest()
            except (BotoCoreError, ClientError) as error:
                if not self._stopping.is_set():
                    log.warning("queue %s: %s", self._url, error)
                self._stopping.wait(1)

    def _receive(self) -> "list[MessageTypeDef]":
        batch_size = min(self._trigger.batch_size, MOST_MESSAGES)
        answer = self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=batch_size, MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"]
        )
        return answer.get("Messages", [])

    def _feed(self, messages: "list[MessageTypeDef]") -> None:
        fitting = [message for message in messages if fits_any(self._trigger.filters, _seen_by_filters(message))]
        ids = [message["MessageId"] for message in fitting]
        failed: list[str] | None = []
        if fitting:
            failed = failed_items(self._pool, queue_event(fitting, self._arn), ids, reports=self._trigger.reports_item_failures)
        failed_ids = set(ids if failed is None else failed)
        for message in messages:
            if message["MessageId"] not in failed_ids:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])


def _seen_by_filters(message: "MessageTypeDef") -> dict[str, Any]:
    try:
        body: Any = json.loads(message["Body"])
    except ValueError:
        body = message["Body"]
    return {"body": body}
