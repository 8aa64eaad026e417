"""A stack on AWS whose functions have the current settings, for commands that read them there."""

import contextlib
import json
import os
from collections.abc import Iterator

import boto3

from tests.harness.engines import Engine
from tests.harness.service import template

ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
        }
    },
}


@contextlib.contextmanager
def deployed(name: str, engine: Engine, *functions: str) -> Iterator[None]:
    """The stack of that name, with these functions."""
    resources = {"Role": ROLE} | {each: _function(each, engine) for each in functions}
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}), Capabilities=["CAPABILITY_IAM"])
    yield
    cloudformation.delete_stack(StackName=name)


def _function(logical_id: str, engine: Engine) -> dict:
    variables = template().functions[logical_id].environment(engine.ids)
    properties = {
        "Code": {"ZipFile": "none"},
        "Handler": "main.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Runtime": "python3.13",
        "Environment": {"Variables": {each: os.environ.get(each, value) for each, value in variables.items()}},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}
