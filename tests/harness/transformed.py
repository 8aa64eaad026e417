"""The template as CloudFormation gets it, after SAM's transform."""

import json
from functools import cache
from unittest.mock import patch

from samtranslator.translator.transform import transform

from local.intrinsics import load
from tests.harness.engines import ROOT


class _NoPolicies:
    """AWS's own managed policies, of which SAM would look up the names of some."""

    def load(self):
        return {}


@cache
def resources() -> dict:
    """Every resource, by logical id."""
    document = json.loads(json.dumps(load(ROOT / "template.yaml")))
    for resource in document["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = "s3://bucket/key"
    values = {name: parameter.get("Default", "https://shop.example.com") for name, parameter in document["Parameters"].items()}
    with patch.dict("os.environ", AWS_DEFAULT_REGION="eu-central-1"):  # its partition is written into names
        return transform(document, values, _NoPolicies())["Resources"]
