"""Daily: sees to it that a key signs now and that its successor is published ahead.

As CloudFormation's custom resource it does so while the stack is made, and says before each change of settings or code whether they fit.
"""

import json
import os
import urllib.request
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

from customer_auth import aws
from customer_auth.base import settings
from customer_auth.base.settings import SettingsError
from customer_auth.tokens import key_rotation

_logger = Logger(location=None)
aws.prepare("dynamodb")
_LONGEST_REASON = 1_000  # of the 4,096 bytes that CloudFormation takes of an answer


def handler(event: dict[str, Any], context: aws.Context) -> dict[str, Any]:
    """By schedule, answers how many keys were made. As a custom resource, tells CloudFormation whether the stack can serve."""
    aws.begin_invocation(context)
    if "ResponseURL" not in event:
        return _rotate(key_rotation.rotate)
    if event["RequestType"] == "Delete":
        return _tell(event, "SUCCESS", "the keyring stays with the customers")
    try:
        _check(event["ResourceProperties"]["Settings"])
        made = _rotate(key_rotation.rotate_once_allowed)
    except (SettingsError, aws.Failed) as failed:
        return _tell(event, "FAILED", str(failed))
    except Exception as failed:  # noqa: BLE001 (not answered, the stack would wait for its time-out and tell nothing)
        return _tell(event, "FAILED", type(failed).__name__)
    return _tell(event, "SUCCESS", f"{made['made']} made")


def _check(given: dict[str, str]) -> None:
    """Whether all functions can start with these settings; what is not among them is as in this function's own environment.

    Raises: SettingsError.
    """
    from customer_auth.messaging import template_lint  # noqa: PLC0415 (the daily run needs none of it)

    variables = {**os.environ, **given}
    settings.check(variables)
    template_lint.check_folder(variables["TEMPLATES_DIR"])


def _rotate(rotate: Callable[[], int]) -> dict[str, Any]:
    made = rotate()
    _logger.info("rotate_signing_keys", extra={"made": made})
    return {"made": made}


def _tell(event: dict[str, Any], status: str, reason: str) -> dict[str, Any]:
    """Answer a custom resource's request: a PUT to its own URL, or the stack waits for an hour."""
    told = {"Status": status, "Reason": reason[:_LONGEST_REASON], "PhysicalResourceId": "signing-keyring"}
    told |= {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(told).encode(), {"content-type": ""}, method="PUT")  # noqa: S310 (CloudFormation's own URL)
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        return told
