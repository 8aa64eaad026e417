"""The house rules, held by the template and the tree: one name everywhere, nothing listed twice, nothing left open by default."""

import base64
import importlib.util
import json
import re
import subprocess
import sys

import pytest

from benchmarks.attacks import ATTACKS
from customer_auth.base import ids
from local.events import http_event
from local.template import Template
from tests.harness.engines import ROOT
from tests.harness.forgery import claims_of
from tests.harness.roles import BY_LAMBDA, arns, roles
from tests.harness.service import template
from tools.invoke_all import events_of

FUNCTIONS = list(template().functions.values())
BY_NAME = [pytest.param(function, id=function.logical_id) for function in FUNCTIONS]
ENDPOINTS = [pytest.param(function, id=function.logical_id) for function in FUNCTIONS if function.routes]


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize("function", BY_NAME)
def test_a_function_has_one_name_everywhere(function):
    name, area = snake(function.logical_id), function.code.name

    assert function.handler == (name, "handler")
    assert (ROOT / "functions" / area / f"{name}.py").exists()
    assert ROOT / "events" / area / f"{name}.json" in events_of(function)
    assert (ROOT / "tests" / "integration" / area / f"test_{name}.py").exists()


def test_every_file_of_functions_and_events_belongs_to_a_function():
    named = {(function.code.name, function.handler.module) for function in FUNCTIONS}

    assert {(path.parent.name, path.stem) for path in (ROOT / "functions").rglob("*.py")} == named
    assert set((ROOT / "events").rglob("*.json")) == {event for function in FUNCTIONS for event in events_of(function)}


def test_every_trigger_has_an_event():
    for function in FUNCTIONS:
        triggers = function.properties["Events"].values()
        assert len(events_of(function)) == len(triggers), function.logical_id


@pytest.mark.parametrize("function", ENDPOINTS)
def test_an_endpoints_events_are_whole_and_agree_with_themselves(function):
    for path in events_of(function):
        assert_whole(json.loads(path.read_text(encoding="utf-8")))


def assert_whole(event: dict) -> None:
    headers, context = event["headers"], event["requestContext"]
    body = base64.b64decode(event["body"]) if event["isBase64Encoded"] else event.get("body", "").encode()
    cookies = {"cookie": "; ".join(event["cookies"])} if "cookies" in event else {}
    event_here = http_event(
        context["http"]["method"],
        event["rawPath"],
        headers={name: value for name, value in headers.items() if name != "x-forwarded-for"} | cookies,
        body=body,
        route_key=event["routeKey"],
        path_parameters=event.get("pathParameters"),
        query=event["rawQueryString"],
        source_ip=headers["x-forwarded-for"],
        domain=headers["host"],
        request_id=context["requestId"],
        at=context["timeEpoch"] / 1000,
    )
    gateways_own = {"x-amzn-trace-id": headers["x-amzn-trace-id"], "x-forwarded-port": "443", "x-forwarded-proto": "https"}

    assert event == event_here | {
        "headers": event_here["headers"] | gateways_own,
        "requestContext": context | event_here["requestContext"] | {"accountId": context["accountId"], "apiId": context["apiId"]},
    }
    assert headers.get("content-length") == (str(len(body)) if "body" in event else None)


@pytest.mark.parametrize("function", ENDPOINTS)
def test_an_endpoint_file_is_short_and_opens_with_its_route(function):
    text = (function.code / f"{function.handler.module}.py").read_text(encoding="utf-8")
    routes = [f"{route.method} {route.path}" for route in function.routes if route.method != "HEAD"]

    assert text.startswith(f'"""{", ".join(routes)}: ')
    assert len(routes) == 1 or function.logical_id == "ExecuteGraphql"
    assert len(function.routes) - len(routes) in (0, 1)
    assert len(text.splitlines()) <= 50
    assert not re.search(r"boto3|os\.environ|\btry:", text)


@pytest.mark.parametrize("function", ENDPOINTS)
def test_an_endpoints_events_are_answered_without_a_server_error(api, function):
    of = {event["routeKey"]: event for event in (json.loads(path.read_text(encoding="utf-8")) for path in events_of(function))}

    assert of.keys() == {f"{route.method} {route.path}" for route in function.routes}
    for event in of.values():
        answer = api.invoke(function.logical_id, event)
        assert answer["statusCode"] < 500, answer


def test_the_senders_events_are_of_one_message_that_passes_the_streams_filter_and_is_handled(api):
    stream, queue = (json.loads(path.read_text(encoding="utf-8")) for path in events_of(template().functions["SendMessages"]))
    [challenge], [again] = stream["Records"], queue["Records"]
    image, body = challenge["dynamodb"]["NewImage"], json.loads(again["body"])

    assert api._passes(challenge)
    assert (body["pk"], body["purpose"]) == (image["pk"]["S"], image["event"]["S"].removeprefix("requested:"))
    assert ids.from_base64url(body["challenge_id"]) == base64.b64decode(image[body["purpose"]]["M"]["id"]["B"])
    assert [api.invoke("SendMessages", event) for event in (stream, queue)] == [{"batchItemFailures": []}] * 2


def test_the_event_of_a_used_code_passes_its_stream_s_filter_alone_and_is_handled(api):
    [path] = events_of(template().functions["RecordConversions"])
    event = json.loads(path.read_text(encoding="utf-8"))
    [used] = event["Records"]

    assert (api._passes(used, "RecordConversions"), api._passes(used)) == (True, False)
    assert api.invoke("RecordConversions", event) == {"batchItemFailures": []}


def test_the_schedules_event_rotates(api):
    event = json.loads((ROOT / "events" / "keys" / "rotate_signing_keys.json").read_text(encoding="utf-8"))

    assert api.invoke("RotateSigningKeys", event) == {"made": 0}


def test_the_openapi_document_is_what_the_endpoints_declare():
    checked = subprocess.run(
        [sys.executable, "tools/openapi.py", "--check"],
        cwd=ROOT,
        env={"PYTHONPATH": "layers/shared:.", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_parameter_has_a_description_a_default_and_bounds():
    for name, parameter in template().document["Parameters"].items():
        bounded = {"AllowedPattern", "AllowedValues"} & set(parameter) or {"MinValue", "MaxValue"} <= set(parameter)
        assert parameter["Description"].endswith("."), name
        assert "Default" in parameter or name == "StorefrontUrl", name  # which its owner alone can say
        assert bounded or parameter["Type"] == "CommaDelimitedList", name


def test_the_stack_stays_well_below_cloudformations_limit(resources):
    assert len(resources) < 300


def references(node):
    if isinstance(node, dict):
        if "Ref" in node:
            yield node["Ref"]
        if "Fn::GetAtt" in node:
            yield node["Fn::GetAtt"][0] if isinstance(node["Fn::GetAtt"], list) else node["Fn::GetAtt"].split(".")[0]
        if "Fn::Sub" in node:
            text = node["Fn::Sub"] if isinstance(node["Fn::Sub"], str) else node["Fn::Sub"][0]
            yield from re.findall(r"\$\{(\w+)", text)
        if isinstance(node.get("DependsOn"), str):
            yield node["DependsOn"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_no_resource_waits_for_itself(resources):
    waits = {name: {each for each in references(resource) if each in resources} for name, resource in resources.items()}
    while ready := {name for name, others in waits.items() if not others}:
        waits = {name: others - ready for name, others in waits.items() if name not in ready}

    assert not waits


@pytest.mark.parametrize(("execute_api", "is_off"), [("on", False), ("off", True)])
def test_the_api_s_own_address_is_open_unless_it_is_turned_off(resources, execute_api, is_off):
    template = Template.of_service({"EXECUTE_API": execute_api, "ISSUER": "https://auth.shop.example.com"})
    [configured] = [api["DisableExecuteApiEndpoint"] for api in template.resources_of("AWS::Serverless::HttpApi").values()]
    [server] = resources["Api"]["Properties"]["Body"]["servers"]
    disabled = server["x-amazon-apigateway-endpoint-configuration"]["disableExecuteApiEndpoint"]

    assert configured is is_off
    assert template.resolve(disabled) is is_off


@pytest.mark.parametrize(
    ("parameters", "is_valid"),
    [
        ({}, True),
        ({"EXECUTE_API": "off"}, False),
        ({"EXECUTE_API": "off", "ISSUER": "https://auth.shop.example.com"}, True),
        ({"ISSUER": "https://auth.shop.example.com"}, True),
    ],
)
def test_a_stack_that_answers_at_a_domain_of_its_own_alone_has_an_issuer(parameters, is_valid):
    stack = Template.of_service(parameters)
    [rule] = stack.document["Rules"].values()
    [asserted] = rule["Assertions"]

    assert (not stack.resolve(rule["RuleCondition"]) or stack.resolve(asserted["Assert"])) is is_valid


@pytest.mark.parametrize("issuer", ["", "https://auth.shop.example.com"])
def test_a_stack_says_which_issuer_its_tokens_have(api, setting, customer, issuer):
    stack = Template.of_service({"ISSUER": issuer})
    output = stack.resolve(stack.document["Outputs"]["TokenIssuer"]["Value"], {"Api": "a1b2c3"})
    setting(ISSUER=issuer)
    customer.sign_in()
    domain = "https://auth.shop.example"  # that the tests' requests come to, as others come to execute-api's

    assert output == (issuer or "https://a1b2c3.execute-api.us-east-1.amazonaws.com")
    assert claims_of(customer.session["token"])["iss"] == (issuer or domain)


def test_personal_data_is_encrypted_and_recoverable(resources):
    tables = {name: each for name, each in resources.items() if each["Type"] == "AWS::DynamoDB::Table"}
    customers = tables["CustomersTable"]

    assert len(tables) == 4
    assert all(each["Properties"]["SSESpecification"] == {"SSEEnabled": True} for each in tables.values())
    assert all(each["Properties"]["TimeToLiveSpecification"]["Enabled"] for each in tables.values())
    assert customers["DeletionPolicy"] == customers["UpdateReplacePolicy"] == "Retain"
    assert customers["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert template().parameters["DeletionProtection"] == "true"
    for name in ("IndexKey", "DerivationKey", "SigningKeysKey", "ReceiptsKey"):
        policies = resources[name]["DeletionPolicy"], resources[name]["UpdateReplacePolicy"]
        assert policies == ("RetainExceptOnCreate", "Retain"), name


def test_logs_end_and_queues_are_encrypted(resources):
    groups = [each for each in resources.values() if each["Type"] == "AWS::Logs::LogGroup"]
    queues = [each for each in resources.values() if each["Type"] == "AWS::SQS::Queue"]

    assert groups
    assert all("RetentionInDays" in each["Properties"] for each in groups)
    assert all(each["Properties"]["SqsManagedSseEnabled"] for each in queues)


def test_two_stacks_of_an_account_share_neither_a_layer_nor_a_log_group(resources):
    [layer] = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::Lambda::LayerVersion"]

    assert layer["LayerName"] == {"Ref": "AWS::StackName"}
    assert resources["ApiLogs"]["Properties"]["LogGroupName"] == {"Fn::Sub": "/aws/vendedlogs/${AWS::StackName}/api"}


@pytest.mark.parametrize(("parallelism", "of_queue"), [("1", 2), ("2", "2"), ("10", "10")])
def test_no_more_senders_run_concurrently_than_the_parameter_says_whatever_feeds_them(parallelism, of_queue):
    sender = Template.of_service({"SENDER_PARALLELISM": parallelism}).functions["SendMessages"]
    fed_by = {each["Type"]: each["Properties"] for each in sender.properties["Events"].values()}

    assert fed_by["DynamoDB"]["ParallelizationFactor"] == parallelism
    assert fed_by["SQS"]["ScalingConfig"]["MaximumConcurrency"] == of_queue


def watched_queues(resources) -> set[str]:
    return {
        dimension["Value"]["Fn::GetAtt"][0]
        for each in resources.values()
        if each["Type"] == "AWS::CloudWatch::Alarm"
        for dimension in each["Properties"].get("Dimensions", [])
        if dimension["Name"] == "QueueName"
    }


def test_every_dead_letter_queue_has_an_alarm(resources):
    assert watched_queues(resources) == {"RetryFailures", "StreamFailures", "ConversionFailures", "DeletionFailures"}


def test_failures_of_a_stream_or_a_queue_go_into_a_queue_with_an_alarm(resources):
    streams = [stream for function in FUNCTIONS for stream in function.streams]
    queues = [queue.queue for function in FUNCTIONS for queue in function.queues]
    failure_queues = [stream.on_failure for stream in streams]
    failure_queues += [resources[name]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] for name in queues]

    assert streams
    assert queues
    assert set(failure_queues) <= watched_queues(resources), failure_queues
    assert all(0 <= stream.maximum_retries <= 2 for stream in streams)  # else a record that always fails holds its shard up for a day


def test_lambda_may_send_a_stream_s_failures_to_the_queue():
    streams = [(function.logical_id, arns()[f"{stream.on_failure}.Arn"]) for function in FUNCTIONS for stream in function.streams]
    allowed = [
        (name, resource)
        for name, policy in BY_LAMBDA
        for statement in roles()[name].statements
        if statement.policy == policy and "sqs:SendMessage" in statement.actions
        for resource in statement.resources
        if template().functions[name].streams
    ]

    assert sorted(allowed) == sorted(streams)


def test_nothing_scans_a_table():
    for path in [*(ROOT / "layers").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]:
        assert not re.search(r"\bscan\b", path.read_text(encoding="utf-8"), re.IGNORECASE), path


def test_what_is_run_in_part_is_run_whole_by_the_benchmarks():
    takes_part = re.compile(r"\bpart_of\b[^()]*\):$", re.MULTILINE)
    tests = [path for path in (ROOT / "tests").rglob("test_*.py") if takes_part.search(path.read_text("utf-8"))]

    assert sorted(str(path.relative_to(ROOT)) for path in tests) == sorted(ATTACKS)


def test_an_endpoints_module_shadows_no_standard_module():
    for function in FUNCTIONS:
        assert function.handler.module not in sys.stdlib_module_names
        assert importlib.util.find_spec(function.handler.module) is None
