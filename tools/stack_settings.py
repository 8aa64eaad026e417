"""The settings of a stack on AWS, for commands that do what its functions can."""

import os

import boto3


def use(stack: str, logical_id: str) -> None:
    """Put the environment of this function of the stack into ours."""
    told = boto3.client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    name = told["StackResourceDetail"]["PhysicalResourceId"]
    os.environ |= boto3.client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]
