"""Sets the stack policy on the stack that `samconfig.toml` names for an environment; `sam deploy` has no option for it."""

import sys
import tomllib
from pathlib import Path

import boto3

ROOT = Path(__file__).resolve().parents[1]


def main(environment: str) -> None:
    """Set it; the policy stays until it is set anew."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    stack = config[environment]["deploy"]["parameters"]["stack_name"]
    policy = (ROOT / "stack-policy.json").read_text(encoding="utf-8")
    boto3.client("cloudformation").set_stack_policy(StackName=stack, StackPolicyBody=policy)
    print(f"{stack}: no update may replace or delete what stack-policy.json names")


if __name__ == "__main__":
    main(sys.argv[1])
