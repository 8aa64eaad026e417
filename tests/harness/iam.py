"""IAM's decisions on requests, by `@cloud-copilot/iam-simulate`, which knows its rules: a statement is compared with all keys together."""

import json
import subprocess
from collections.abc import Sequence

import pytest

from tests.harness import roles
from tests.harness.engines import ROOT
from tests.harness.nodes import node
from tests.harness.permissions import LEADING_KEYS, Request, example

SIMULATOR = ROOT / ".tools" / "iam-simulate"
PROGRAM = ROOT / "tests" / "iam" / "decide.mjs"


def allowed(policies: dict[str, dict[str, dict]], requests: Sequence[Request]) -> set[Request]:
    """Those of the requests (their resources are ARNs) that IAM allows; `policies` are documents by function and name."""
    if not (SIMULATOR / ".done").exists():
        pytest.skip("iam-simulate is missing: make iam-simulate (it needs npm: apt-get install npm)")
    question = {"roles": policies, "keys": roles.key_policies(), "requests": [_spelled(each) for each in requests]}
    command = [node(), str(PROGRAM), str(SIMULATOR)]
    done = subprocess.run(command, input=json.dumps(question), capture_output=True, text=True, timeout=100, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return {request for request, decision in zip(requests, json.loads(done.stdout), strict=True) if decision == "Allowed"}


def _spelled(request: Request) -> dict:
    keys = {LEADING_KEYS: [example(each) for each in sorted(request.kinds)]} if request.kinds else {}
    return {"role": request.function, "action": request.action, "resource": request.resource, "context": keys | dict(request.context)}
