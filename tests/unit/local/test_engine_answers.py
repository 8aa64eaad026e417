"""The embedded DynamoDB's responses, as the SDK reads them, compared with moto's."""

import botocore.session
import pytest
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from moto import mock_aws
from moto.core.request import Request as MotoRequest
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.responses import DynamoHandler
from moto.dynamodbstreams.models import dynamodbstreams_backends
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler

from local import engine
from local.intrinsics import ACCOUNT_ID

ADA, BEN = {"pk": {"S": "ada"}}, {"pk": {"S": "ben"}}
NEW = {"ConditionExpression": "attribute_not_exists(pk)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
EVERYTHING = {
    **ADA,
    "binary": {"B": b"\x00\xff"},
    "binaries": {"BS": [b"1", b"2"]},
    "numbers": {"NS": ["1", "2"]},
    "nothing": {"NULL": True},
    "yes": {"BOOL": True},
    "deep": {"M": {"list": {"L": [{"S": "é"}, {"B": b"x"}, {"M": {}}]}}},
}
UPDATE = {"UpdateExpression": "SET yes = :no", "ExpressionAttributeValues": {":no": {"BOOL": False}}, "ReturnValues": "ALL_NEW"}
QUERY = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": ADA["pk"]}}


@pytest.fixture
def ask():
    """A handler's response as the SDK reads it: `ask(handler, action, parameters)`."""
    models = {service: botocore.session.get_session().get_service_model(service) for service in ("dynamodb", "dynamodbstreams")}

    def ask_handler(handler, action, parameters):
        model = models["dynamodbstreams" if issubclass(handler, DynamoDBStreamsHandler) else "dynamodb"]
        operation = model.operation_model(action)
        request = create_serializer("json").serialize_to_request(parameters, operation)
        headers = request["headers"] | {"Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, x"}
        sent = MotoRequest.from_primitives("POST", "http://127.0.0.1/", headers, request["body"])
        status, answered, body = handler.dispatch(sent, sent.raw_url, headers)
        raw = {"status_code": status, "headers": answered, "body": body if isinstance(body, bytes) else body.encode()}
        answer = create_parser("json").parse(raw, operation.output_shape)
        return {name: value for name, value in answer.items() if name not in {"ResponseMetadata", "NextShardIterator"}}

    with mock_aws():
        people = {
            "TableName": "people",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        }
        engine.install()
        ask_handler(engine.Handler, "CreateTable", people)
        yield ask_handler
        dynamodb_backends[ACCOUNT_ID].pop("us-east-1")  # where moto expects its own


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("GetItem", {"TableName": "people", "Key": ADA}),
        ("GetItem", {"TableName": "people", "Key": BEN}),
        ("Query", {"TableName": "people", **QUERY}),
        ("BatchGetItem", {"RequestItems": {"people": {"Keys": [ADA, BEN]}}}),
        ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": "people", "Key": ADA}}]}),
        ("UpdateItem", {"TableName": "people", "Key": ADA, **UPDATE}),
        ("PutItem", {"TableName": "people", "Item": EVERYTHING, "ReturnValues": "ALL_OLD"}),
        ("PutItem", {"TableName": "people", "Item": EVERYTHING, **NEW}),
        ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "people", "Item": ADA, **NEW}}]}),
        ("TransactWriteItems", {"TransactItems": [{"Delete": {"TableName": "people", "Key": ADA}}]}),
        ("DescribeTable", {"TableName": "people"}),
        ("GetItem", {"TableName": "nowhere", "Key": ADA}),
    ],
)
def test_the_sdk_reads_a_response_as_it_reads_moto_s(ask, action, parameters):
    answers = []
    for handler in (DynamoHandler, engine.Handler):
        ask(engine.Handler, "PutItem", {"TableName": "people", "Item": EVERYTHING})
        answers.append(ask(handler, action, parameters))

    assert answers[0] == answers[1]


def test_the_sdk_reads_a_stream_s_records_as_it_reads_moto_s(ask):
    arn = ask(engine.Handler, "DescribeTable", {"TableName": "people"})["Table"]["LatestStreamArn"]
    ask(engine.Handler, "PutItem", {"TableName": "people", "Item": EVERYTHING})
    [shard] = ask(engine.StreamsHandler, "DescribeStream", {"StreamArn": arn})["StreamDescription"]["Shards"]

    answers = []
    for handler in (DynamoDBStreamsHandler, engine.StreamsHandler):
        start = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = ask(handler, "GetShardIterator", start)["ShardIterator"]
        answers.append(ask(handler, "GetRecords", {"ShardIterator": iterator}))

    [record] = answers[0]["Records"]
    assert record["dynamodb"]["NewImage"] == EVERYTHING
    for answer in answers:  # one writes whole seconds, the other also fractions
        answer["Records"][0]["dynamodb"]["ApproximateCreationDateTime"] = None
    assert answers[0] == answers[1]


def test_an_iterator_is_forgotten_after_its_first_use(ask):
    arn = ask(engine.Handler, "DescribeTable", {"TableName": "people"})["Table"]["LatestStreamArn"]
    [shard] = ask(engine.StreamsHandler, "DescribeStream", {"StreamArn": arn})["StreamDescription"]["Shards"]
    start = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterators = dynamodbstreams_backends["123456789012"]["us-east-1"].shard_iterators
    for _ in range(3):
        ask(engine.StreamsHandler, "GetRecords", {"ShardIterator": ask(engine.StreamsHandler, "GetShardIterator", start)["ShardIterator"]})

    assert len(iterators) == 3  # the next iterators, not used yet
