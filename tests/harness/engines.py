"""The AWS that tests run on: moto in the process with the local stack's tables, or moto with AWS's own DynamoDB Local beside it."""

import contextlib
import os
import time
from pathlib import Path
from typing import ClassVar

import boto3
import pytest
from moto import mock_aws

from local import cloud
from local import engine as tables
from local.template import Template
from tests.harness.direct import STREAMS, Direct, Refused
from tools.dynamodb_local import FOLDER as DYNAMODB_LOCAL
from tools.dynamodb_local import SHORT_LIVED, URL, running

ROOT = Path(__file__).resolve().parents[2]
HERE = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled"}  # moto knows no others
OWN = f"local{os.getpid()}" if URL in os.environ else "local"  # this process's access key
CREDENTIALS = {"AWS_ACCESS_KEY_ID": OWN, "AWS_SECRET_ACCESS_KEY": "local", "AWS_SESSION_TOKEN": "local"}

ENGINES = ["moto", "dynamodb-local"]
ENGINE = ENGINES[DYNAMODB_LOCAL.exists()]  # what tests run on: DynamoDB's own engine, where it is there
# For behaviour by which both engines show that they do not differ.
ON_BOTH_ENGINES = pytest.mark.parametrize("engine", ENGINES, indirect=True)
# For what never reaches a table.
ON_MOTO = pytest.mark.parametrize("engine", ["moto"], indirect=True)
# For races, faults and whatever else needs DynamoDB itself; left out where it is missing.
ON_DYNAMODB = pytest.mark.parametrize("engine", ["dynamodb-local"], indirect=True)


class Engine:
    """A provisioned AWS: `environment` has the variables of all functions together."""

    instances: ClassVar[list["Engine"]] = []

    def __init__(self, name: str, template: Template, dynamodb: str | None):
        self.name = name
        self.dynamodb = dynamodb
        self.clients = cloud.Clients(dynamodb=dynamodb, access_key=OWN)
        self._direct = Direct(dynamodb, OWN) if dynamodb else None
        for url in self.clients.sqs.list_queues().get("QueueUrls", []):
            self.clients.sqs.delete_queue(QueueUrl=url)  # an engine's before; tests change how long their messages wait
        self.ids = cloud.create(template, self.clients)
        boto3.client("ses").verify_email_identity(EmailAddress=str(template.settings["EMAIL_FROM"]))
        self.instances.append(self)
        self.environment = HERE | CREDENTIALS
        for function in template.functions.values():
            self.environment |= function.environment(self.ids)
        if dynamodb:
            self.environment["AWS_ENDPOINT_URL_DYNAMODB"] = dynamodb
        self._arn = self.ids["CodesTable.StreamArn"]
        shards = self._stream("describe_stream", StreamArn=self._arn)["StreamDescription"]["Shards"]
        self._iterators = {shard["ShardId"]: self._iterator(shard["ShardId"]) for shard in shards}

    def scan(self, table: str) -> list[dict]:
        """Every item of a table."""
        if self._direct:
            return self._direct.scan(table)
        pages = self.clients.dynamodb.get_paginator("scan").paginate(TableName=table)
        return [item for page in pages for item in page["Items"]]

    def write(self, requests: dict[str, list]) -> dict:
        """Put and delete items, at most 25 at once."""
        if self._direct:
            return self._direct.call("BatchWriteItem", RequestItems=requests)
        return self.clients.dynamodb.batch_write_item(RequestItems=requests)

    def new_records(self) -> list[dict]:
        """What was written to the codes table since the last look, in its stream's records."""
        return [record for shard in self._iterators for record in self._records(shard)]

    def skip_records(self) -> None:
        """What was written until now is not looked at."""
        while self.new_records():
            pass  # a page of the stream may not be all of it

    def await_records(self, count: int) -> None:
        """Wait for so many records: DynamoDB Local puts a mass of writes into its streams a good while after they are done."""
        ends_at = time.monotonic() + 10
        while count > 0 and time.monotonic() < ends_at:
            count -= len(self.new_records())

    def _records(self, shard: str) -> list[dict]:
        try:
            answer = self._stream("get_records", ShardIterator=self._iterators[shard])
        except (Refused, self.clients.streams.exceptions.TrimmedDataAccessException):
            # DynamoDB Local numbers all tables' writes as one: an iterator from before a stream's first record is "past the oldest".
            answer = self._stream("get_records", ShardIterator=self._iterator(shard))
        self._iterators[shard] = answer["NextShardIterator"]
        return answer["Records"]

    def _iterator(self, shard: str) -> str:
        return self._stream("get_shard_iterator", StreamArn=self._arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]

    def _stream(self, operation: str, **parameters) -> dict:
        if self._direct:
            return self._direct.call(operation.title().replace("_", ""), of=STREAMS, **parameters)
        return getattr(self.clients.streams, operation)(**parameters)


@contextlib.contextmanager
def embedded():
    """moto stands in for AWS in this process, with the local stack's tables; requests to loopback addresses go through."""
    os.environ |= HERE | CREDENTIALS
    with mock_aws(config={"core": {"mock_credentials": False, "reset_boto3_session": False}}):
        tables.install()
        yield


@contextlib.contextmanager
def dynamodb_local():
    """A DynamoDB Local of one's own."""
    if not DYNAMODB_LOCAL.exists():
        pytest.skip("DynamoDB Local is missing: apt-get install default-jre-headless maven, then make dynamodb-local")
    with running(SHORT_LIVED) as url:
        yield url


def shared_dynamodb_local():
    """The one of the run that this process is part of, where its tables are apart from all others' by its access key; or one of its own."""
    return contextlib.nullcontext(os.environ[URL]) if URL in os.environ else dynamodb_local()
