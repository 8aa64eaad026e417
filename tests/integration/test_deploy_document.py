"""The lists of docs/deploy.md and the deployer's policy against the template: permissions, retained resources, checks on AWS afterwards."""

import fnmatch
import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from local.template import Template
from tests.harness.documents import read, rows

# Permissions in the schemas of resources for features that this stack does not have, by feature.
UNUSED = {
    "code from a bucket that is not SAM's own": ["s3:*"],
    "a VPC, a file system": ["ec2:*", "elasticfilesystem:*", "s3files:*"],
    "a table's import, replicas, Kinesis stream, policy, contributor insights": [
        "dynamodb:*Import*", "dynamodb:*Replica", "dynamodb:*Item", "dynamodb:Scan", "dynamodb:Query", "dynamodb:EnableKinesis*",
        "dynamodb:DisableKinesis*", "dynamodb:UpdateKinesis*", "dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy",
        "dynamodb:UpdateContributorInsights", "kinesis:*", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams",
        "iam:CreateServiceLinkedRole",
    ],
    "keys of one's own for tables, functions and logs": [
        "kms:CreateGrant", "kms:RevokeGrant", "kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:ListAliases", "logs:*KmsKey",
    ],
    "users and groups, boundaries, policies within roles": ["iam:*Group*", "iam:*User*", "iam:*PermissionsBoundary", "iam:PutRolePolicy"],
    "reserved concurrency, signed code, versions, capacity": [
        "lambda:*FunctionConcurrency", "lambda:Put*Config", "lambda:*CodeSigningConfig", "lambda:PassCapacityProvider",
        "lambda:AssociateRuntimeAlias", "lambda:PublishVersion",
    ],
    "logs that are masked, indexed, delivered elsewhere, kept from deletion": [
        "logs:PutDataProtectionPolicy", "logs:DeleteDataProtectionPolicy", "logs:PutIndexPolicy", "logs:DeleteIndexPolicy",
        "logs:PutBearerTokenAuthentication", "logs:PutLogGroupDeletionProtection", "logs:DeleteResourcePolicy",
        "logs:DeleteRetentionPolicy", "firehose:*",
    ],
    "topics that are masked, secrets in two regions": ["sns:PutDataProtectionPolicy", "secretsmanager:*Replic*"],
}  # fmt: skip
# Permissions beside those of the resources.
BESIDE = {
    "the custom resource, by CloudFormation": {"lambda:InvokeFunction"},
    "the API's access log (API Gateway, Configure logging for HTTP APIs)": {
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:UpdateLogDelivery",
    },
    "make check-quotas": {
        "lambda:GetAccountSettings",
        "ses:GetAccount",
        "sms-voice:DescribeSpendLimits",
        "sns:GetSMSAttributes",
        "sns:GetSMSSandboxAccountStatus",
    },
    "a function's code signing, which is read whether it has any or not": {"lambda:GetFunctionCodeSigningConfig"},
}
OF_TOOLS = ("cloudformation:", "s3:")  # the stack and its bucket, by SAM and by ours


@cache
def allowed() -> list[dict]:
    return json.loads(read("deployer-policy.json"))["Statement"]


def actions() -> set[str]:
    listed = [each["Action"] if isinstance(each["Action"], list) else [each["Action"]] for each in allowed()]
    return {action for some in listed for action in some}


def of_resources(resources) -> set[str]:
    """The permissions that CloudFormation's own schemas require to create, read, update and delete the stack's resources."""
    schemas = Path(find_spec("cfnlint").origin).parent / "data" / "schemas"  # whose import would take longer than all that is read here
    index = json.loads((schemas / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    kinds = {each["Type"] for each in resources.values() if not each["Type"].startswith("Custom::")}
    texts = [(schemas / "resources" / f"{index[kind]}.json").read_text(encoding="utf-8") for kind in kinds]
    handlers = [item for text in texts for item in json.loads(text)["handlers"].items()]
    permissions = {action for name, each in handlers if name != "list" for action in each.get("permissions", [])}
    return {action for action in permissions if not any(fnmatch.fnmatchcase(action, each) for some in UNUSED.values() for each in some)}


def test_whoever_deploys_may_do_what_the_stack_s_resources_need_and_nothing_else(resources):
    needed = of_resources(resources).union(*BESIDE.values())

    assert {action for action in actions() if not action.startswith(OF_TOOLS)} == needed


def test_a_deployer_has_power_over_stacks_of_this_service_alone_wherever_a_name_narrows_it():
    for statement in allowed():
        if statement["Resource"] == "*":
            assert not {"iam", "dynamodb", "cloudformation", "s3"} & {each.partition(":")[0] for each in statement["Action"]}
        if any(each.startswith("iam:") for each in statement["Action"]):
            assert all("customer-auth-" in each for each in statement["Resource"]) or "customer-auth-" in statement["Resource"]
        if statement["Action"] == ["iam:PassRole"]:
            assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    assert len(json.dumps({"Version": "2012-10-17", "Statement": allowed()}, separators=(",", ":"))) <= 6_144  # what IAM takes


def test_the_services_of_a_deployer_are_listed():
    documented = {name for cells in rows("docs/deploy.md", "Service | For") for name in cells[0].split(", ")}

    assert documented == {action.partition(":")[0] for action in actions()}


def test_the_parameters_that_are_explained_are_parameters():
    documented = {name for cells in rows("docs/deploy.md", "Parameter | Why") for name in cells[0].split(", ")}

    assert documented <= set(Template.of_service().document["Parameters"])


# ── what stays when a stack is deleted ──

ENDED_BY = {
    "AWS::DynamoDB::Table": 'aws dynamodb delete-table --table-name "${}"',
    "AWS::KMS::Key": 'aws kms schedule-key-deletion --key-id "${}"',
    "AWS::SecretsManager::Secret": 'aws secretsmanager delete-secret --secret-id "${}"',
}


@pytest.fixture
def retained(resources):
    return {name: each["Type"] for name, each in resources.items() if each.get("DeletionPolicy", "Delete") != "Delete"}


def test_the_names_of_all_retained_resources_are_noted_before_a_stack_is_deleted(retained):
    [listed] = re.findall(r"contains\('([\w ]+)', LogicalResourceId\)", read("docs/deploy.md"))

    assert sorted(listed.split()) == sorted(retained)


def test_each_retained_resource_has_a_command_that_deletes_it(retained):
    [chapter] = re.findall(r"^## Delete a stack\n(.*?)^## ", read("docs/deploy.md"), re.MULTILINE | re.DOTALL)

    for name, kind in retained.items():
        assert ENDED_BY[kind].replace("{}", name) in chapter, name
        assert f"\n{name}=" in chapter, name


# ── what only AWS can show ──


def test_each_check_after_the_first_deployment_has_its_command_and_the_answer_expected():
    [chapter] = re.findall(r"^## After the first deployment\n(.*?)^## ", read("docs/deploy.md"), re.MULTILINE | re.DOTALL)
    steps = re.findall(r"^# (\d+)\. ", chapter, re.MULTILINE)
    table = rows("docs/deploy.md", "# | Expected | If not")

    assert steps == [cells[0] for cells in table]
    assert all(len(cell) > 5 for cells in table for cell in cells[1:])
    for what in ("CorsConfiguration.AllowOrigins", "${plus}14155550123", "AccessDenied", "Value=PhoneNumberDirect"):
        assert what in chapter
