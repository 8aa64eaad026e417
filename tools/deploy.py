"""Deploys the stack of an environment as the files describe it, or shows what that would change.

deploy.py check|run|diff ENV ARCHITECTURE     `check` runs before the build, with the architecture that make is about to build
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import ClientError

from tools import protect, stack_parameters
from tools.stack_parameters import ROOT, Deployment, Wrong

BUILT = ROOT / ".aws-sam" / "build" / "SharedLayer"
MACHINES = {0xB7: "arm64", 0x3E: "x86_64"}  # e_machine of an ELF file
MACHINE_AT = slice(18, 20)
IN_REVIEW = "REVIEW_IN_PROGRESS"  # the status of a stack that has a change set and nothing else


def main(command: str, environment: str, architecture: str) -> int | str:
    """The exit status of the process, or an error message."""
    try:
        deployment = stack_parameters.read(environment)
        stack_parameters.check(deployment)
        arguments = stack_parameters.spelled(deployment.values)
        _same("make would build", architecture, deployment, environment)
        if command == "check":
            return 0
        for built in _built():
            _same("what was built is", built, deployment, environment)
    except Wrong as wrong:
        return str(wrong)
    # CloudFormation tells nobody what a secret was, and nobody is told here what it will be; the change set says whether it changes.
    shown = {name: value for name, value in deployment.values.items() if not deployment.is_secret(name)}
    return {"run": _run, "diff": _diff}[command](environment, deployment.stack, shown, arguments)


def _run(environment: str, _stack: str, _values: dict[str, str], arguments: list[str]) -> int:
    """Deploy, and then set the stack policy again, even if nothing was changed or the deployment failed."""
    completed = _sam(environment, arguments)
    protect.main(environment)
    return completed


def _diff(environment: str, stack: str, values: dict[str, str], arguments: list[str]) -> int:
    """Print the parameters and resources that a deployment would change, and what the stack policy would refuse; leaves nothing behind."""
    cloudformation = boto3.client("cloudformation")
    for line in _changed_parameters(cloudformation, stack, values):
        print(line)
    before = {each["ChangeSetId"] for each in _change_sets(cloudformation, stack)}
    completed = _sam(environment, arguments, "--no-execute-changeset")
    for each in _change_sets(cloudformation, stack):
        if each["ChangeSetId"] not in before:
            for line in _refused(cloudformation, each["ChangeSetId"]):
                print(line)
            cloudformation.delete_change_set(ChangeSetName=each["ChangeSetId"])
    if _status(cloudformation, stack) == IN_REVIEW:
        cloudformation.delete_stack(StackName=stack)
    return completed


def _sam(environment: str, parameters: list[str], *flags: str) -> int:
    options = ("--config-env", environment, "--no-fail-on-empty-changeset", *flags, "--parameter-overrides", *parameters)
    command = [os.environ.get("SAM", "sam"), "deploy", *options]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603


def _same(what: str, architecture: str, deployment: Deployment, environment: str) -> None:
    configured = deployment.values["Architecture"]
    if configured != architecture:
        raise Wrong(
            f"Architecture is {configured} in {environment}, and {what} {architecture}: "
            f"give make ARCHITECTURE={configured}, or change the parameter in samconfig.toml"
        )


def _built() -> set[str]:
    """The architectures of the libraries in the built layer."""
    headers = [path.read_bytes()[:20] for path in BUILT.rglob("*.so")]
    machines = {MACHINES.get(int.from_bytes(header[MACHINE_AT], "little"), "another machine") for header in headers}
    if not machines:
        raise Wrong(f"nothing was built in {BUILT}")
    return machines


def _changed_parameters(cloudformation: Any, stack: str, values: dict[str, str]) -> Iterator[str]:
    before = {each["ParameterKey"]: each["ParameterValue"] for each in _described(cloudformation, stack).get("Parameters", [])}
    for name, value in values.items():
        if before and before.get(name) != value:
            yield f"{name}: {_shown(before.get(name))} -> {_shown(value)}"


def _shown(value: str | None) -> str:
    return "not there" if value is None else f'"{value}"'


def _refused(cloudformation: Any, change_set: str) -> Iterator[str]:
    """The changes of a change set that the stack policy would refuse, one line each."""
    denied = [each for each in json.loads(protect.POLICY.read_text(encoding="utf-8"))["Statement"] if each["Effect"] == "Deny"]
    for page in cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=change_set):
        for change in (each["ResourceChange"] for each in page.get("Changes", [])):
            actions = _actions(change)
            for statement in denied:
                if f"LogicalResourceId/{change['LogicalResourceId']}" in statement["Resource"]:
                    yield from (
                        f"{change['LogicalResourceId']}: the stack policy refuses {action} (docs/operations.md, What the stack holds)"
                        for action in statement["Action"]
                        if action in actions
                    )


def _actions(change: dict[str, Any]) -> set[str]:
    if change["Action"] == "Remove":
        return {"Update:Delete"}
    if change["Action"] != "Modify":
        return set()
    by_replacement = {"True": {"Update:Replace"}, "Conditional": {"Update:Modify", "Update:Replace"}}
    return by_replacement.get(change.get("Replacement", "False"), {"Update:Modify"})


def _change_sets(cloudformation: Any, stack: str) -> list[dict[str, Any]]:
    if not _described(cloudformation, stack):
        return []
    return [each for page in cloudformation.get_paginator("list_change_sets").paginate(StackName=stack) for each in page["Summaries"]]


def _status(cloudformation: Any, stack: str) -> str:
    return str(_described(cloudformation, stack).get("StackStatus", ""))


def _described(cloudformation: Any, stack: str) -> dict[str, Any]:
    """The description of the stack, empty if there is none."""
    try:
        description: dict[str, Any] = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as missing:
        if missing.response["Error"]["Code"] != "ValidationError":
            raise
        return {}
    return description


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
