"""Creates the resources that the functions depend on (tables, queues, secrets, keys) from the template, on a real or an embedded AWS."""

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from local.intrinsics import ACCOUNT_ID, PSEUDO_PARAMETERS, Properties
from local.template import FUNCTION, LAYER, Template
from local.triggers import referred

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodbstreams import DynamoDBStreamsClient
    from types_boto3_kms import KMSClient
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sqs import SQSClient

REGION = PSEUDO_PARAMETERS["AWS::Region"]
ACCESS_KEY = "local"
CREDENTIALS = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": "local", "aws_session_token": "local"}
TABLE = "AWS::DynamoDB::Table"
QUEUE = "AWS::SQS::Queue"
SECRET = "AWS::SecretsManager::Secret"  # noqa: S105 - a type
KEY = "AWS::KMS::Key"
# The properties that affect behaviour; encryption, backups and tags do not, and TTL would delete by the system's clock.
TABLE_PROPERTIES = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")
QUEUE_ATTRIBUTES = ("DelaySeconds", "VisibilityTimeout", "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds")


class Clients:
    """Clients for AWS at `aws`, and for DynamoDB at `dynamodb` if it is elsewhere; without URLs, for moto's mocks in this process."""

    def __init__(self, aws: str | None = None, dynamodb: str | None = None, *, access_key: str = ACCESS_KEY) -> None:
        self._session = boto3.Session(region_name=REGION, **(CREDENTIALS | {"aws_access_key_id": access_key}))  # type: ignore[arg-type]
        self._aws = aws
        self._dynamodb = dynamodb or aws
        # moto does not serve account-specific endpoints.
        self._config = Config(connect_timeout=2, read_timeout=30, retries={"total_max_attempts": 2}, account_id_endpoint_mode="disabled")

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return self._session.client("dynamodb", endpoint_url=self._dynamodb, config=self._config)

    @cached_property
    def streams(self) -> "DynamoDBStreamsClient":
        return self._session.client("dynamodbstreams", endpoint_url=self._dynamodb, config=self._config)

    @cached_property
    def sqs(self) -> "SQSClient":
        return self._session.client("sqs", endpoint_url=self._aws, config=self._config)

    @cached_property
    def secrets(self) -> "SecretsManagerClient":
        return self._session.client("secretsmanager", endpoint_url=self._aws, config=self._config)

    @cached_property
    def kms(self) -> "KMSClient":
        return self._session.client("kms", endpoint_url=self._aws, config=self._config)


def create(
    template: Template, clients: Clients, *, secrets: Mapping[str, str] | None = None, keys: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Create the template's resources and return their physical ids: `Ref` by logical id, `Fn::GetAtt` by `LogicalId.Attribute`.

    Existing tables and secrets stay as they are. `secrets` are values and `keys` ids of KMS keys, by logical id, to use instead of new
    ones. Functions, layers and custom resources get a name or an ARN; other resources are not created and have no id.
    """
    stack = PSEUDO_PARAMETERS["AWS::StackName"]
    makers: Mapping[str, Callable[[str, Properties], Mapping[str, str]]] = {
        TABLE: lambda name, properties: _table(clients, f"{stack}-{name}", properties),
        QUEUE: lambda name, properties: _queue(clients, f"{stack}-{name}", properties),
        SECRET: lambda name, properties: _secret(clients, f"{stack}-{name}", properties, (secrets or {}).get(name)),
        KEY: lambda name, properties: _key(clients, properties, (keys or {}).get(name)),
        FUNCTION: lambda name, _: _function(f"{stack}-{name}"),
        LAYER: lambda name, _: {"": f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:layer:{stack}-{name}:1"},
    }
    ids: dict[str, str] = {name: f"{stack}-{name}" for name in template.custom_resources}
    for kind, make in makers.items():
        for name, properties in template.resources_of(kind).items():
            ids |= {f"{name}.{attribute}" if attribute else name: value for attribute, value in make(name, properties).items()}
    for name, properties in template.resources_of(QUEUE).items():
        _redrive(clients, ids, ids[name], properties)
    return ids


def _table(clients: Clients, name: str, properties: Properties) -> Mapping[str, str]:
    request: dict[str, Any] = {each: properties[each] for each in TABLE_PROPERTIES if each in properties}
    if "StreamSpecification" in properties:
        request["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
    try:
        clients.dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **request)
        clients.dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    except clients.dynamodb.exceptions.ResourceInUseException:
        pass  # kept from an earlier run
    description = clients.dynamodb.describe_table(TableName=name)["Table"]
    attributes = {"": name, "Arn": description["TableArn"]}
    return attributes | ({"StreamArn": description["LatestStreamArn"]} if "LatestStreamArn" in description else {})


def _queue(clients: Clients, name: str, properties: Properties) -> Mapping[str, str]:
    attributes = {each: str(properties[each]) for each in QUEUE_ATTRIBUTES if each in properties}
    url = clients.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]  # type: ignore[arg-type]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}"
    return {"": url, "Arn": arn, "QueueName": name, "QueueUrl": url}


def _redrive(clients: Clients, ids: Mapping[str, str], url: str, properties: Properties) -> None:
    policy = properties.get("RedrivePolicy")
    if policy:
        target = ids[f"{referred(policy['deadLetterTargetArn'])}.Arn"]
        attribute = json.dumps({**policy, "deadLetterTargetArn": target})
        clients.sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": attribute})


def _secret(clients: Clients, name: str, properties: Properties, value: str | None) -> Mapping[str, str]:
    """A generated secret stays as it is; one whose text the template has gets that text."""
    text = properties.get("SecretString")
    value = str(text) if text is not None else _generated(clients, properties) if value is None else value
    try:
        arn = clients.secrets.create_secret(Name=name, SecretString=value)["ARN"]
    except clients.secrets.exceptions.ResourceExistsException:
        arn = clients.secrets.describe_secret(SecretId=name)["ARN"]
        if text is not None:
            clients.secrets.put_secret_value(SecretId=arn, SecretString=value)
    return {"": arn, "Id": arn}


def _generated(clients: Clients, properties: Properties) -> str:
    """A secret by `GenerateSecretString`: a password, or JSON with the password as one of its members."""
    options = dict(properties.get("GenerateSecretString") or {})
    member, frame = options.pop("GenerateStringKey", None), options.pop("SecretStringTemplate", "{}")
    password = clients.secrets.get_random_password(**options)["RandomPassword"]
    return password if member is None else json.dumps({**json.loads(frame), member: password})


def _key(clients: Clients, properties: Properties, key_id: str | None) -> Mapping[str, str]:
    options = {name: properties[name] for name in ("Description", "KeySpec", "KeyUsage") if name in properties}
    key_id = key_id or clients.kms.create_key(**options)["KeyMetadata"]["KeyId"]
    return {"": key_id, "KeyId": key_id, "Arn": f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/{key_id}"}


def _function(name: str) -> Mapping[str, str]:
    return {"": name, "Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{name}"}
