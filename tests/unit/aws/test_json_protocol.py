"""The requests to a service, how responses are read, and which requests are repeated."""

import base64
import json
import time
from types import SimpleNamespace

import botocore.session
import pytest

from customer_auth import aws
from customer_auth.aws import connections, json_protocol, retries
from customer_auth.aws.connections import Response, ResponseLost
from customer_auth.base import settings
from local.template import Template

NOTHING = Response(200, b"{}")


class Service:
    """Returns these responses in turn, and records the requests."""

    def __init__(self):
        self.answers, self.requests = [], []

    def post(self, url, headers, body):
        self.requests.append((url, headers, json.loads(body)))
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
    json_protocol.forget()
    yield service
    json_protocol.forget()


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    """The pauses between attempts in seconds; the test does not really wait."""
    pauses = []
    monkeypatch.setattr(retries, "time", SimpleNamespace(sleep=pauses.append, monotonic=time.monotonic))
    return pauses


@pytest.fixture
def invocation():
    """Begins a Lambda invocation with this number of seconds left."""
    yield lambda seconds: aws.begin_invocation(SimpleNamespace(get_remaining_time_in_millis=lambda: int(seconds * 1000)))
    aws.begin_invocation(SimpleNamespace(get_remaining_time_in_millis=lambda: 900_000))


def refused(code: str, status: int = 400) -> Response:
    return Response(status, json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no"}).encode())


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

    [(requested_url, headers, body)] = service.requests
    assert (requested_url, headers["host"], body) == (url, url.partition("//")[2], {"TableName": "t"})
    assert headers["x-amz-target"] == "DynamoDB_20120810.GetItem"


@pytest.fixture
def sms_region(monkeypatch):
    """The sender's settings, with a region of its own for SMS."""
    for name in settings.Messaging.model_fields:
        monkeypatch.setenv(name.upper(), str(Template.of_service().settings.get(name.upper(), "")))
    monkeypatch.setenv("SMS_REGION", "eu-west-1")
    settings.forget()
    yield "eu-west-1"
    settings.forget()


@pytest.mark.parametrize("service_name", json_protocol.SERVICES)
def test_the_variable_that_moves_a_service_is_the_sdk_s(service, monkeypatch, sms_region, service_name):
    [region, name] = ["eu-central-1", {"sms-voice": "pinpoint-sms-voice-v2"}.get(service_name, service_name)]
    service_id = botocore.session.get_session().get_service_model(name).service_id.replace(" ", "_").upper()
    monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service_id}", "http://127.0.0.1:9")
    by_the_sdk = botocore.session.get_session().create_client(name, region, aws_access_key_id="a", aws_secret_access_key="b")
    service.answers = [NOTHING]

    aws.call(service_name, "Anything")

    assert service.requests[0][0] == by_the_sdk.meta.endpoint_url == "http://127.0.0.1:9"


def test_sms_leave_from_the_region_that_the_settings_name_signed_for_it(service, sms_region):
    service.answers = [NOTHING]

    aws.call("sms-voice", "SendTextMessage")

    [(url, headers, _)] = service.requests
    assert url == f"https://sms-voice.{sms_region}.amazonaws.com"
    assert f"/{sms_region}/sms-voice/aws4_request" in headers["authorization"]
    assert headers["x-amz-target"] == "PinpointSMSVoiceV2.SendTextMessage"


@pytest.mark.parametrize("answer", [Response(500, b"{}"), Response(400, b'{"__type": "ThrottlingException"}'), ResponseLost("x")])
def test_an_sms_is_sent_once_whatever_comes_back(service, sms_region, answer):
    service.answers = [answer]

    with pytest.raises(aws.Failed):
        aws.call("sms-voice", "SendTextMessage")

    assert len(service.requests) == 1


def test_blobs_are_bytes_for_the_caller(service):
    service.answers = [Response(200, json.dumps({"Plaintext": base64.b64encode(b"\x00\xff").decode(), "KeyId": "k"}).encode())]

    response = aws.call("kms", "Decrypt", CiphertextBlob=b"\xfe", KeyId="k")

    assert response == {"Plaintext": b"\x00\xff", "KeyId": "k"}
    assert service.requests[0][2] == {"CiphertextBlob": base64.b64encode(b"\xfe").decode(), "KeyId": "k"}


@pytest.mark.parametrize(
    "first",
    [
        ResponseLost("TimeoutError"),
        refused("InternalServerError", 500),
        Response(502, b"<html>"),
        Response(200, b'{"It'),
    ],
)
def test_a_lost_or_failed_request_is_repeated_once(service, first):
    service.answers = [first, NOTHING]

    assert aws.call("dynamodb", "GetItem") == {}
    assert len(service.requests) == 2


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (ResponseLost("TimeoutError"), aws.OutcomeUnknown),
        (refused("InternalServerError", 500), aws.OutcomeUnknown),
        (Response(502, b"<html>"), aws.OutcomeUnknown),
        (Response(200, b'{"It'), aws.OutcomeUnknown),
    ],
)
def test_after_two_attempts_the_failure_is_raised(service, answer, outcome):
    service.answers = [answer, answer]

    with pytest.raises(outcome) as raised:
        aws.call("dynamodb", "PutItem")

    assert type(raised.value) is outcome


THROTTLES = ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled"]


@pytest.mark.parametrize("code", THROTTLES)
def test_a_throttled_request_is_tried_four_times_with_growing_pauses(service, pauses, code):
    service.answers = [refused(code)] * 3 + [NOTHING]

    assert aws.call("dynamodb", "PutItem") == {}
    assert len(pauses) == 3
    assert all(0.2 * most <= pause <= most for pause, most in zip(pauses, (0.1, 0.2, 0.4), strict=True))


def test_a_fourth_throttle_is_raised(service, pauses):
    service.answers = [refused("ThrottlingException")] * 4

    with pytest.raises(aws.Refused) as raised:
        aws.call("dynamodb", "PutItem")

    assert type(raised.value) is aws.Refused
    assert not service.answers


def test_pauses_are_random(service, pauses):
    for _ in range(2):
        service.answers = [refused("ThrottlingException")] * 3 + [NOTHING]
        aws.call("dynamodb", "PutItem")

    assert len(set(pauses)) == 6


def test_a_lost_response_among_throttles_leaves_the_outcome_unknown(service):
    service.answers = [ResponseLost("TimeoutError")] + [refused("ThrottlingException")] * 3

    with pytest.raises(aws.OutcomeUnknown) as raised:
        aws.call("dynamodb", "PutItem")

    assert raised.value.code == "ThrottlingException"
    assert not service.answers


@pytest.mark.parametrize(("seconds", "attempts"), [(6, 1), (7, 1), (8, 4), (900, 4)])
def test_nothing_is_retried_that_might_not_end_in_time(service, invocation, seconds, attempts):
    invocation(seconds)
    service.answers = [refused("ThrottlingException")] * attempts

    with pytest.raises(aws.Refused):
        aws.call("dynamodb", "PutItem")

    assert not service.answers


@pytest.mark.parametrize(
    "answer", [ResponseLost("TimeoutError"), refused("TransactionConflictException"), refused("InternalServerError", 500)]
)
def test_the_remaining_time_limits_every_kind_of_retry(service, invocation, answer):
    invocation(6)
    service.answers = [answer]

    with pytest.raises(aws.Failed):
        aws.call("dynamodb", "UpdateItem")

    assert not service.answers


def test_a_refusal_is_not_repeated_and_is_raised_with_its_code(service):
    service.answers = [refused("ResourceNotFoundException")]

    with pytest.raises(aws.Refused) as raised:
        aws.call("dynamodb", "GetItem")

    assert raised.value.code == "ResourceNotFoundException"


def test_a_retried_transaction_has_the_same_token_and_the_next_call_another(service):
    service.answers = [ResponseLost("TimeoutError"), NOTHING, NOTHING]

    aws.call("dynamodb", "TransactWriteItems", TransactItems=[])
    aws.call("dynamodb", "TransactWriteItems", TransactItems=[])

    first, again, other = (body["ClientRequestToken"] for _, _, body in service.requests)
    assert first == again != other
