import base64
from datetime import UTC, datetime

import pytest

from local.events import custom_resource_event, http_event, queue_event, schedule_event, stream_event
from local.records import change


def test_an_http_event_has_the_gateway_s_form():
    event = http_event(
        "POST",
        "/orders/%2B1%20a",
        headers=[
            ("Content-Type", "application/json; charset=utf-8"),
            ("User-Agent", "t"),
            ("X-A", "1"),
            ("x-a", "2"),
            ("Connection", "close"),
        ],
        query="a=1&a=2&b=%20&c",
        body='{"é": 1}'.encode(),
        route_key="POST /orders/{id}",
        path_parameters={"id": "+1 a"},
        source_ip="127.0.0.9",
        domain="127.0.0.1:8001",
        request_id="r1",
        at=1_700_000_000.5,
    )

    context = event["requestContext"]
    assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", "POST /orders/{id}", "/orders/+1 a")
    assert event["rawQueryString"] == "a=1&a=2&b=%20&c"
    assert event["queryStringParameters"] == {"a": "1,2", "b": " ", "c": ""}
    assert event["pathParameters"] == {"id": "+1 a"}
    assert (event["body"], event["isBase64Encoded"]) == ('{"é": 1}', False)
    assert event["headers"]["x-a"] == "1,2"
    assert "te" not in event["headers"]
    assert context["http"] == {"method": "POST", "path": "/orders/+1 a", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.9", "userAgent": "t"}
    assert (context["domainName"], context["requestId"], context["stage"]) == ("127.0.0.1:8001", "r1", "$default")
    assert (context["time"], context["timeEpoch"]) == ("14/Nov/2023:22:13:20 +0000", 1_700_000_000_500)


def test_the_connection_s_address_is_last_in_x_forwarded_for_and_alone_in_source_ip():
    event = http_event("GET", "/", headers={"X-Forwarded-For": "6.6.6.6"}, source_ip="127.0.0.2")

    assert event["headers"]["x-forwarded-for"] == "6.6.6.6, 127.0.0.2"
    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.2"


def test_cookies_stand_beside_the_headers():
    event = http_event("GET", "/", headers=[("Cookie", "a=1; b=2"), ("Cookie", "c=3")])

    assert event["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in event["headers"]


def test_the_event_omits_what_the_request_does_not_have():
    assert not {"body", "cookies", "queryStringParameters", "pathParameters"} & http_event("GET", "/").keys()


@pytest.mark.parametrize(
    ("content_type", "is_text"),
    [
        ("application/json", True),
        ("text/plain; charset=utf-8", True),
        ("application/xml", True),
        ("APPLICATION/JAVASCRIPT", True),
        ("application/x-www-form-urlencoded", False),
        ("application/octet-stream", False),
        (None, False),
    ],
)
def test_a_body_that_is_not_text_comes_as_base64(content_type, is_text):
    event = http_event("POST", "/", headers={"content-type": content_type} if content_type else {}, body=b"a=1")

    assert event["isBase64Encoded"] is not is_text
    assert event["body"] == ("a=1" if is_text else base64.b64encode(b"a=1").decode())


def test_a_stream_record_read_by_the_sdk_is_written_as_lambda_writes_it():
    record = change("INSERT", {"pk": {"S": "a"}}, new_image={"pk": {"S": "a"}, "b": {"B": b"\x00"}, "m": {"M": {"b": {"BS": [b"\x01"]}}}})
    record["dynamodb"]["ApproximateCreationDateTime"] = datetime(2026, 1, 31, tzinfo=UTC)

    [written] = stream_event([record], "arn:stream")["Records"]

    assert written["eventSourceARN"] == "arn:stream"
    assert written["dynamodb"]["NewImage"] == {"pk": {"S": "a"}, "b": {"B": "AA=="}, "m": {"M": {"b": {"BS": ["AQ=="]}}}}
    assert written["dynamodb"]["ApproximateCreationDateTime"] == 1_769_817_600
    assert "OldImage" not in written["dynamodb"]


def test_a_queue_message_is_written_as_lambda_writes_it():
    attributes = {"a": {"StringValue": "x", "DataType": "String"}}
    message = {"Body": "{}", "MessageId": "m", "Attributes": {"ApproximateReceiveCount": "2"}, "MessageAttributes": attributes}

    [record] = queue_event([message], "arn:q")["Records"]

    assert (record["messageId"], record["body"], record["eventSourceARN"]) == ("m", "{}", "arn:q")
    assert record["attributes"]["ApproximateReceiveCount"] == "2"
    assert record["messageAttributes"]["a"]["stringValue"] == "x"


def test_a_schedule_event_names_its_rule_and_time():
    event = schedule_event("Nightly", 1_700_000_000)

    assert (event["source"], event["detail-type"], event["time"]) == ("aws.events", "Scheduled Event", "2023-11-14T22:13:20Z")
    assert event["resources"][0].endswith(":rule/Nightly")


def test_a_custom_resource_event_has_cloudformation_s_form():
    event = custom_resource_event("First", "Custom::First", {"ServiceToken": "arn:f"}, "http://127.0.0.1:1/answer")

    assert (event["RequestType"], event["LogicalResourceId"], event["ServiceToken"]) == ("Create", "First", "arn:f")
