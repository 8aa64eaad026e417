"""The settings of a stack on AWS, for commands that act like its functions."""

import os

import boto3


def use(stack: str, logical_id: str) -> None:
    """Take over the environment of a function of the stack, with the credentials and the region that the SDK finds here."""
    session = boto3.Session()
    response = session.client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    name = response["StackResourceDetail"]["PhysicalResourceId"]
    os.environ |= session.client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    credentials = session.get_credentials()
    frozen = credentials and credentials.get_frozen_credentials()
    variables = {
        "AWS_ACCESS_KEY_ID": frozen and frozen.access_key,
        "AWS_SECRET_ACCESS_KEY": frozen and frozen.secret_key,
        "AWS_SESSION_TOKEN": frozen and frozen.token,
        "AWS_REGION": session.region_name,
    }
    for variable, value in variables.items():
        os.environ[variable] = value or ""
