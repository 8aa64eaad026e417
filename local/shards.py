"""Reads the shards of a table's stream, by DynamoDB's own API."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud import Clients

if TYPE_CHECKING:
    from types_boto3_dynamodbstreams.type_defs import RecordTypeDef

SHARDS_ANEW_SECONDS = 10.0


class ShardReader:
    """Reads all shards of a stream, each from where the last read ended."""

    def __init__(self, clients: Clients, arn: str, *, from_start: bool) -> None:
        self._streams = clients.streams
        self._arn = arn
        self._kind = "TRIM_HORIZON" if from_start else "LATEST"
        self._iterators: dict[str, str | None] = {}  # None: read to the end
        self._last: dict[str, str] = {}
        self._looked_at = float("-inf")

    def read(self) -> "list[RecordTypeDef]":
        """The new records."""
        now = datetime.now(UTC).timestamp()
        if now - self._looked_at > SHARDS_ANEW_SECONDS:
            self._find_shards()
            self._looked_at = now
        return [record for shard in [*self._iterators] for record in self._read_shard(shard)]

    def _find_shards(self) -> None:
        for shard in self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"].get("Shards", []):
            if shard["ShardId"] not in self._iterators:
                self._iterators[shard["ShardId"]] = self._iterator(shard["ShardId"])
        self._kind = "TRIM_HORIZON"  # all records of a shard that appears later are new

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
