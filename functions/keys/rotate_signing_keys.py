"""Daily, and once while the stack is made: sees to it that a key signs now and that its successor is published ahead."""

import json
import urllib.request
from typing import Any

from aws_lambda_powertools import Logger

from customer_auth import aws, key_rotation, settings
from customer_auth.settings import SettingsError

_logger = Logger(location=None)
aws.prepare("dynamodb")


def handler(event: dict[str, Any], context: aws.Context) -> dict[str, Any]:
    """By schedule, answers how many keys were made. As CloudFormation's custom resource, tells it whether the first one is there."""
    aws.begin_invocation(context)
    if "ResponseURL" not in event:
        return _rotate()
    if event["RequestType"] == "Delete":
        return _tell(event, "SUCCESS", "the keyring stays with the customers")
    try:
        settings.service()  # a stack whose settings do not fit together is not made; its operator is told which
        made = _rotate()
    except (SettingsError, aws.Failed) as failed:
        return _tell(event, "FAILED", str(failed))
    except Exception as failed:  # noqa: BLE001 (not answered, the stack would wait for its time-out and tell nothing)
        return _tell(event, "FAILED", type(failed).__name__)
    return _tell(event, "SUCCESS", f"{made['made']} made")


def _rotate() -> dict[str, Any]:
    made = key_rotation.rotate()
    _logger.info("rotate_signing_keys", extra={"made": made})
    return {"made": made}


def _tell(event: dict[str, Any], status: str, reason: str) -> dict[str, Any]:
    """Answer a custom resource's request: a PUT to its own URL, or the stack waits for an hour."""
    told = {"Status": status, "Reason": reason, "PhysicalResourceId": "signing-keyring"}
    told |= {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(told).encode(), {"content-type": ""}, method="PUT")  # noqa: S310 (CloudFormation's own URL)
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        return told
