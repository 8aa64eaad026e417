import json
from pathlib import Path

import pytest
from moto import mock_aws

from local import cloud
from local.template import Template

SHOP = Path(__file__).with_name("shop.yaml")


@pytest.fixture
def shop():
    return Template.load(SHOP)


@pytest.fixture
def clients():
    with mock_aws():
        yield cloud.Clients()


@pytest.fixture
def ids(shop, clients):
    return cloud.create(shop, clients)


def test_tables_have_their_keys_and_streams(clients, ids):
    orders = clients.dynamodb.describe_table(TableName=ids["Orders"])["Table"]
    lines = clients.dynamodb.describe_table(TableName=ids["Lines"])["Table"]

    assert orders["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert orders["LatestStreamArn"] == ids["Orders.StreamArn"]
    assert [key["AttributeName"] for key in lines["KeySchema"]] == ["pk", "sk"]
    assert "Lines.StreamArn" not in ids


def test_queues_have_their_attributes_and_dead_letters(clients, ids):
    attributes = clients.sqs.get_queue_attributes(QueueUrl=ids["Later"], AttributeNames=["All"])["Attributes"]

    assert attributes["VisibilityTimeout"] == "60"
    assert json.loads(attributes["RedrivePolicy"]) == {"deadLetterTargetArn": ids["Dead.Arn"], "maxReceiveCount": 3}
    assert attributes["QueueArn"] == ids["Later.Arn"]


def test_secrets_are_generated_as_the_template_says(clients, ids):
    seed, seeds = (clients.secrets.get_secret_value(SecretId=ids[name])["SecretString"] for name in ("Seed", "Seeds"))

    assert len(seed) == 40
    assert seed.isalnum()
    assert json.loads(seeds).keys() == {"kept", "0"}


def test_a_key_encrypts(clients, ids):
    blob = clients.kms.encrypt(KeyId=ids["Cipher"], Plaintext=b"x")["CiphertextBlob"]

    assert clients.kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_functions_have_names_and_resources_that_are_not_created_have_none(ids):
    assert ids["PlaceOrder.Arn"].endswith(f":function:{ids['PlaceOrder']}")
    assert "Notices" not in ids
    assert "Api" not in ids


def test_existing_resources_stay(shop, clients, ids):
    clients.dynamodb.put_item(TableName=ids["Orders"], Item={"pk": {"S": "1"}})
    seed = clients.secrets.get_secret_value(SecretId=ids["Seed"])["SecretString"]

    again = cloud.create(shop, clients, keys={"Cipher": ids["Cipher"]})

    assert again == ids
    assert clients.secrets.get_secret_value(SecretId=ids["Seed"])["SecretString"] == seed
    assert "Item" in clients.dynamodb.get_item(TableName=ids["Orders"], Key={"pk": {"S": "1"}})


def test_a_secret_that_the_template_gives_is_as_it_is_given_now(clients):
    shop = Template.load(SHOP, {"NICKNAME": "ada"})
    ids = cloud.create(shop, clients, secrets={"Given": "saved"})

    assert clients.secrets.get_secret_value(SecretId=ids["Given"])["SecretString"] == '{"nickname": "ada"}'


def test_saved_values_replace_new_ones(shop, clients):
    ids = cloud.create(shop, clients, secrets={"Seed": "kept"})

    assert clients.secrets.get_secret_value(SecretId=ids["Seed"])["SecretString"] == "kept"
