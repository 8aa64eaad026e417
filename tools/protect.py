"""Sets the stack policy of the stack that `samconfig.toml` names for an environment; `sam deploy` has no option for it."""

import sys
import tomllib
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

ROOT = Path(__file__).resolve().parents[1]
POLICY = ROOT / "stack-policy.json"


def main(environment: str) -> None:
    """Set the policy, which stays until it is set again. If the first deployment failed there is no stack, and nothing to do."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    stack = config[environment]["deploy"]["parameters"]["stack_name"]
    try:
        boto3.client("cloudformation").set_stack_policy(StackName=stack, StackPolicyBody=POLICY.read_text(encoding="utf-8"))
    except ClientError as missing:
        if missing.response["Error"]["Code"] != "ValidationError":
            raise
        print(f"{stack}: there is no stack to set its policy on")
    else:
        print(f"{stack}: no update may do what stack-policy.json denies")


if __name__ == "__main__":
    main(sys.argv[1])
