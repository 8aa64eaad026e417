"""What a service is asked, how its answers are read, and what is repeated."""

import base64
import json

import pytest

from customer_auth import aws
from customer_auth.aws import connections, json_protocol
from customer_auth.aws.connections import Answer, Lost

NOTHING = Answer(200, b"{}")


class Service:
    """Gives these answers in turn, and notes what it was asked."""

    def __init__(self):
        self.answers, self.asked = [], []

    def post(self, url, headers, body):
        self.asked.append((url, headers, json.loads(body)))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def service(monkeypatch):
    for name, value in {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "eu-central-1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_URL_SUFFIX", "amazonaws.com")
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"):
        monkeypatch.delenv(name, raising=False)
    service = Service()
    monkeypatch.setattr(connections, "post", service.post)
    monkeypatch.setattr(json_protocol, "_PAUSE_SECONDS", 0)
    json_protocol.forget()
    yield service
    json_protocol.forget()


def refused(code: str, status: int = 400) -> Answer:
    return Answer(status, json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no"}).encode())


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({}, "https://dynamodb.eu-central-1.amazonaws.com"),
        ({"AWS_URL_SUFFIX": "amazonaws.com.cn", "AWS_REGION": "cn-north-1"}, "https://dynamodb.cn-north-1.amazonaws.com.cn"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:5000/"}, "http://127.0.0.1:5000"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:5000", "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000"}, "http://127.0.0.1:8000"),
    ],
)
def test_a_service_is_where_the_environment_says(service, monkeypatch, variables, url):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    service.answers = [NOTHING]

    aws.call("dynamodb", "GetItem", TableName="t")

    [(asked, headers, body)] = service.asked
    assert (asked, headers["host"], body) == (url, url.partition("//")[2], {"TableName": "t"})
    assert headers["x-amz-target"] == "DynamoDB_20120810.GetItem"


def test_blobs_are_bytes_on_our_side(service):
    service.answers = [Answer(200, json.dumps({"Plaintext": base64.b64encode(b"\x00\xff").decode(), "KeyId": "k"}).encode())]

    told = aws.call("kms", "Decrypt", CiphertextBlob=b"\xfe", KeyId="k")

    assert told == {"Plaintext": b"\x00\xff", "KeyId": "k"}
    assert service.asked[0][2] == {"CiphertextBlob": base64.b64encode(b"\xfe").decode(), "KeyId": "k"}


@pytest.mark.parametrize(
    "first",
    [
        Lost("TimeoutError"),
        refused("InternalServerError", 500),
        Answer(502, b"<html>"),
        refused("ThrottlingException"),
        Answer(200, b'{"It'),
    ],
)
def test_what_was_lost_or_may_pass_is_asked_once_more(service, first):
    service.answers = [first, NOTHING]

    assert aws.call("dynamodb", "GetItem") == {}
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Lost("TimeoutError"), aws.Unknown),
        (refused("InternalServerError", 500), aws.Unknown),
        (Answer(502, b"<html>"), aws.Unknown),
        (Answer(200, b'{"It'), aws.Unknown),
        (refused("ThrottlingException"), aws.Refused),
    ],
)
def test_after_two_attempts_it_is_told_what_came_of_it(service, answer, outcome):
    service.answers = [answer, answer]

    with pytest.raises(outcome) as told:
        aws.call("dynamodb", "PutItem")

    assert type(told.value) is outcome


def test_a_refusal_is_not_repeated_and_told_by_its_name(service):
    service.answers = [refused("ResourceNotFoundException")]

    with pytest.raises(aws.Refused) as told:
        aws.call("dynamodb", "GetItem")

    assert told.value.code == "ResourceNotFoundException"


def test_a_repeated_transaction_is_the_same_one_and_the_next_call_another(service):
    service.answers = [Lost("TimeoutError"), NOTHING, NOTHING]

    aws.call("dynamodb", "TransactWriteItems", TransactItems=[])
    aws.call("dynamodb", "TransactWriteItems", TransactItems=[])

    first, again, other = (body["ClientRequestToken"] for _, _, body in service.asked)
    assert first == again != other
