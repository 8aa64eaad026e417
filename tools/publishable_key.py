"""Makes a publishable key in a stack on AWS and prints it, once: the stack keeps its hash alone.

publishable_key.py STACK LABEL [ORIGIN …]     without an origin, pages of any may use it
"""

import os
import sys

import boto3


def main(stack: str, label: str, *origins: str) -> None:
    """Make it with the settings of the stack's own functions, and print it."""
    told = boto3.client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId="LookUpPhone")
    name = told["StackResourceDetail"]["PhysicalResourceId"]
    os.environ |= boto3.client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    from customer_auth import publishable_keys  # noqa: PLC0415 - after the settings are there

    print(publishable_keys.create(label, list(origins)))


if __name__ == "__main__":
    main(*sys.argv[1:])
