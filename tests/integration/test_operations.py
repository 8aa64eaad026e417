"""What the operator relies on: every alarm has its runbook, the dashboard shows each figure, and state is guarded as the document says."""

import json
import re
import tomllib
from collections import defaultdict

import boto3
import pytest

from customer_auth import audit
from local.template import Template
from tests.harness.documents import read, rows
from tools import protect

RESOURCES = Template.of_service().document["Resources"]
ALARMS = {name: each["Properties"] for name, each in RESOURCES.items() if each["Type"] == "AWS::CloudWatch::Alarm"}


# ── alarms ──


@pytest.mark.parametrize("alarm", ALARMS)
def test_an_alarm_leads_to_a_section_that_says_what_it_means_where_to_look_and_what_to_do(alarm):
    sections = re.split(r"^### (\w+)$", read("docs/operations.md"), flags=re.MULTILINE)
    runbook = dict(zip(sections[1::2], sections[2::2], strict=True))[alarm].partition("\n## ")[0]

    assert ALARMS[alarm]["AlarmDescription"].endswith(f"See docs/operations.md#{alarm.lower()}")
    assert re.findall(r"\*\*(Means|Look|Do)\b", runbook) == ["Means", "Look", "Do"] or "| Do |" in runbook
    assert "**Means:**" in runbook
    assert "**Look at**" in runbook
    assert ALARMS[alarm]["AlarmActions"] == [{"Ref": "Alarms"}]


def test_every_section_of_an_alarm_has_its_alarm():
    [chapter] = re.findall(r"^## Alarms\n(.*?)^## ", read("docs/operations.md"), re.MULTILINE | re.DOTALL)

    assert set(re.findall(r"^### (.*)$", chapter, re.MULTILINE)) == set(ALARMS)


LANGUAGE = {
    "filter", "stats", "count", "by", "in", "not", "and", "like", "limit", "sort", "desc", "as", "asks", "ispresent", "bin", "m",
}  # fmt: skip


def test_each_thing_that_a_query_of_the_runbooks_names_is_in_the_lines():
    queries = re.findall(r"^insights (\w+) '(.*)'$", read("docs/operations.md"), re.MULTILINE)
    ours = {"FunctionLogs": audit.KEYS - {"event"} | {"message", "@logStream", "@message"}, "ApiLogs": access_log()}

    assert queries
    for group, query in queries:
        words = set(re.findall(r"@?[a-zA-Z_]+", re.sub(r'"[^"]*"|/[^/]*/', "", query)))
        assert words - LANGUAGE <= ours[group], query


def access_log() -> set[str]:
    return set(json.loads(RESOURCES["Api"]["Properties"]["AccessLogSettings"]["Format"]))


# ── the dashboard ──


@pytest.fixture(scope="module", params=[{}, {"SMS_REGION": "eu-west-1"}], ids=["sms-from-here", "sms-from-elsewhere"])
def dashboard(request):
    """The body that CloudWatch gets, with each resource's name or ARN spelled `its-…`."""
    template = Template.of_service(request.param)
    names = {name: f"its-{name}" for name in RESOURCES} | {
        f"{name}.{attribute}": f"its-{name}" for name in RESOURCES for attribute in ("Arn", "QueueName")
    }
    body = json.loads(template.resolve(RESOURCES["Dashboard"]["Properties"]["DashboardBody"], names))
    return body["widgets"], request.param.get("SMS_REGION", "us-east-1")


def shown(widgets) -> list[list]:
    return [metric for widget in widgets for metric in widget["properties"].get("metrics", [])]


def test_the_dashboard_shows_every_count_of_the_stack_s_own(dashboard):
    widgets, _ = dashboard

    assert {metric[1] for metric in shown(widgets) if metric[0] == "CustomerAuth"} == audit.METRICS
    assert {tuple(metric[2:4]) for metric in shown(widgets) if metric[0] == "CustomerAuth"} == {("service", "customer-auth")}


def test_the_dashboard_shows_every_alarm_that_the_stack_has(dashboard):
    widgets, sms_region = dashboard
    [alarms] = [widget["properties"]["alarms"] for widget in widgets if widget["type"] == "alarm"]

    where_sms_leave_from = {name for name, each in RESOURCES.items() if each.get("Condition") == "SendsSmsFromHere"}
    assert where_sms_leave_from == {"SmsSpend", "UndeliveredSms"}
    assert set(alarms) == {f"its-{name}" for name in ALARMS if name not in where_sms_leave_from or sms_region == "us-east-1"}


def test_the_dashboard_shows_delivery_and_money_where_the_sms_are_sent(dashboard):
    widgets, sms_region = dashboard
    about_sms = [widget for widget in widgets if "AWS/SNS" in json.dumps(widget)]
    panel = json.dumps(about_sms)

    assert {widget["properties"]["region"] for widget in about_sms} == {sms_region}
    assert "SMSMonthToDateSpentUSD" in panel
    assert "NumberOfNotificationsDelivered" in panel
    assert "SMSSuccessRate" in panel
    assert ["AWS/SES", "Delivery"] in shown(widgets)


def test_the_dashboard_shows_latency_by_its_middle_and_its_tails(dashboard):
    widgets, _ = dashboard
    percentiles = defaultdict(list)
    for *names, options in shown(widgets):
        if isinstance(options, dict) and options.get("stat", "").startswith("p"):
            percentiles[names[1]].append(options["stat"])
    [by_route] = [widget["properties"]["query"] for widget in widgets if widget["type"] == "log"]

    assert percentiles["Latency"] == percentiles["Duration"] == ["p50", "p95", "p99"]
    assert re.findall(r"pct\((\w+), (\d+)\)", by_route) == [("integration_ms", each) for each in ("50", "95", "99")]
    assert "integration_ms" in access_log()


def test_the_dashboard_shows_every_queue_and_table(dashboard):
    widgets, _ = dashboard
    of = {metric[3] for metric in shown(widgets) if len(metric) > 3}

    for name, each in RESOURCES.items():
        if each["Type"] in ("AWS::SQS::Queue", "AWS::DynamoDB::Table"):
            assert f"its-{name}" in of


def test_no_widget_of_the_dashboard_lies_on_another(dashboard):
    widgets, _ = dashboard
    taken = [
        (column, line)
        for each in widgets
        for column in range(each["x"], each["x"] + each["width"])
        for line in range(each["y"], each["y"] + each["height"])
    ]

    assert len(taken) == len(set(taken))
    assert all(0 <= column < 24 for column, _ in taken)


# ── stored data, and its protection ──

PERIODS = {3600: "1 hour", 1_209_600: "14 days"}


def test_every_resource_is_retained_encrypted_deleted_and_tagged_as_the_document_says(resources):
    documented = {}
    for names, *guards in rows("docs/operations.md", "Resources"):
        kinds = names.removeprefix("all ").split(", ")
        for name, each in resources.items():
            if name in kinds or (names.startswith("all ") and each["Type"] in kinds):
                assert name not in documented, name
                documented[name] = guards

    assert documented == {name: [leaves(each), at_rest(each), ends(each), tag(each)] for name, each in resources.items()}


def leaves(resource) -> str:
    policies = resource.get("DeletionPolicy", "Delete"), resource.get("UpdateReplacePolicy", "Delete")
    words = {("Retain", "Retain"): "kept", ("RetainExceptOnCreate", "Retain"): "kept", ("Delete", "Delete"): "deleted"}
    return words.get(policies, "one way kept, one way deleted")


def at_rest(resource) -> str:
    kind, properties = resource["Type"], resource.get("Properties", {})
    own_key = {"KmsKeyId", "KmsMasterKeyId", "KmsKeyArn", "KMSMasterKeyId"} & set(properties)
    encrypted = {
        "AWS::DynamoDB::Table": "KMS aws/dynamodb" if properties.get("SSESpecification") == {"SSEEnabled": True} else "DynamoDB's own key",
        "AWS::SecretsManager::Secret": "KMS aws/secretsmanager",
        "AWS::KMS::Key": "inside KMS",
        "AWS::SQS::Queue": "SQS's own key" if properties.get("SqsManagedSseEnabled") else "not encrypted",
        "AWS::Logs::LogGroup": "CloudWatch's own key",
        "AWS::SNS::Topic": "holds nothing",
        "AWS::Lambda::Function": "Lambda's own key",
        "AWS::Lambda::LayerVersion": "Lambda's own key",
    }
    return "a key of its own" if own_key else encrypted.get(kind, "–")


def ends(resource) -> str:
    kind, properties = resource["Type"], resource.get("Properties", {})
    if kind == "AWS::DynamoDB::Table":
        recovery = properties.get("PointInTimeRecoverySpecification") == {"PointInTimeRecoveryEnabled": True}
        if recovery and properties["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}:
            return "never; point-in-time recovery, deletion protection by DeletionProtection"
        return "each item by TTL" if properties["TimeToLiveSpecification"]["Enabled"] else "never"
    if kind == "AWS::SQS::Queue":
        return f"each message after {PERIODS[properties['MessageRetentionPeriod']]}"
    if kind == "AWS::Logs::LogGroup":
        return f"each line after {properties['RetentionInDays']['Ref']}" if "RetentionInDays" in properties else "never"
    if kind == "AWS::KMS::Key":
        return "never; its material rotates each year" if properties.get("EnableKeyRotation") else "never"
    return "never" if kind == "AWS::SecretsManager::Secret" else "–"


def tag(resource) -> str:
    properties = resource.get("Properties", {})
    tags = properties.get("Tags", [])
    if resource["Type"] == "AWS::ApiGatewayV2::Api":
        tags = {each["name"]: each["x-amazon-apigateway-tag-value"] for each in properties["Body"]["tags"]}
    if isinstance(tags, list):
        tags = {each["Key"]: each["Value"] for each in tags}
    return "own" if tags.get("application") == "customer-auth" else "stack"


STATEFUL = {"AWS::DynamoDB::Table", "AWS::SecretsManager::Secret", "AWS::KMS::Key"}


def test_the_stack_policy_keeps_tables_secrets_and_keys_from_being_replaced_or_deleted_and_secrets_that_it_made_from_any_change(resources):
    allowed, denied, unchanged = json.loads(read("stack-policy.json"))["Statement"]
    generated = {f"LogicalResourceId/{name}" for name, each in resources.items() if "GenerateSecretString" in each.get("Properties", {})}
    protected = {f"LogicalResourceId/{name}" for name, each in resources.items() if each["Type"] in STATEFUL}

    assert allowed == {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    assert (denied["Effect"], denied["Action"], denied["Principal"]) == ("Deny", ["Update:Replace", "Update:Delete"], "*")
    assert set(denied["Resource"]) == protected
    assert (unchanged["Effect"], unchanged["Action"], unchanged["Principal"]) == ("Deny", ["Update:Modify"], "*")
    assert set(unchanged["Resource"]) == generated


def test_a_secret_comes_from_parameters_or_is_made_by_the_stack_which_then_never_makes_another(resources):
    secrets = {name: each["Properties"] for name, each in resources.items() if each["Type"] == "AWS::SecretsManager::Secret"}
    given = {name for name, each in secrets.items() if "SecretString" in each}
    parameters = re.findall(r"\$\{(\w+)\}", " ".join(secrets[name]["SecretString"]["Fn::Sub"] for name in given))

    assert given == {"ProviderSecrets"}
    assert all("GenerateSecretString" in each for name, each in secrets.items() if name not in given)
    assert all(Template.of_service().document["Parameters"][name]["NoEcho"] for name in parameters)


def test_what_a_failed_first_deployment_leaves_costs_nothing(resources):
    retained = {name: each["Type"] for name, each in resources.items() if each.get("DeletionPolicy") == "Retain"}

    assert retained == {"CustomersTable": "AWS::DynamoDB::Table"}


def test_the_alarm_of_undelivered_sms_reads_what_sns_itself_counts_of_messages_to_phones(dashboard):
    widgets, _ = dashboard
    measured = [each["MetricStat"]["Metric"] for each in ALARMS["UndeliveredSms"]["Metrics"] if "MetricStat" in each]

    assert {(each["Namespace"], each["MetricName"]) for each in measured} == {
        ("AWS/SNS", "NumberOfNotificationsFailed"),
        ("AWS/SNS", "NumberOfNotificationsDelivered"),
    }
    for each in measured:  # as the dashboard has them
        [dimension] = each["Dimensions"]
        assert any(metric[:4] == ["AWS/SNS", each["MetricName"], dimension["Name"], dimension["Value"]] for metric in shown(widgets))


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_a_deployment_sets_the_stack_policy_on_its_stack_and_tags_it(aws_in_process, environment):
    parameters = tomllib.loads(read("samconfig.toml"))[environment]["deploy"]["parameters"]
    cloudformation = boto3.client("cloudformation")
    template = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    cloudformation.create_stack(StackName=parameters["stack_name"], TemplateBody=json.dumps(template))

    protect.main(environment)

    policy = cloudformation.get_stack_policy(StackName=parameters["stack_name"])["StackPolicyBody"]
    cloudformation.delete_stack(StackName=parameters["stack_name"])
    assert json.loads(policy) == json.loads(read("stack-policy.json"))
    assert parameters["tags"] == ["application=customer-auth"]
