"""Runs daily: ensures that there is a key to sign with, and that its successor is published ahead of use.

It is also a custom resource of CloudFormation. As such it creates the first key when the stack is created, and checks the settings before
each update of the stack.
"""

import json
import os
import urllib.request
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

from customer_auth import aws
from customer_auth.base import settings_check
from customer_auth.base.settings import SettingsError
from customer_auth.tokens import key_rotation

_logger = Logger(location=None)
aws.warm_up("dynamodb")
_MAX_REASON_LENGTH = 1_000  # CloudFormation accepts 4,096 bytes in a response


def handler(event: dict[str, Any], context: aws.Context) -> dict[str, Any]:
    """Rotate the keys and return how many were created; as a custom resource, report to CloudFormation whether the stack can serve."""
    aws.begin_invocation(context)
    if "ResponseURL" not in event:
        return _rotate(key_rotation.rotate)
    if event["RequestType"] == "Delete":
        return _respond(event, "SUCCESS", "the keyring stays with the customers")
    try:
        _check(event["ResourceProperties"]["Settings"])
        result = _rotate(key_rotation.rotate_in_new_stack)
    except (SettingsError, aws.Failed) as failed:
        return _respond(event, "FAILED", str(failed))
    except Exception as failed:  # noqa: BLE001 (without a response the stack would wait for its time-out, and not say why)
        return _respond(event, "FAILED", type(failed).__name__)
    return _respond(event, "SUCCESS", f"{result['made']} keys created")


def _check(parameters: dict[str, str]) -> None:
    """Check that all functions can start with these settings; the others are as in this function's environment. Raises: SettingsError."""
    from customer_auth.messaging import template_lint  # noqa: PLC0415 (the daily run needs none of it)

    variables = {**os.environ, **parameters}
    settings_check.check(variables)
    template_lint.check_folder(variables["TEMPLATES_DIR"])


def _rotate(rotate: Callable[[], int]) -> dict[str, Any]:
    created = rotate()
    _logger.info("rotate_signing_keys", extra={"made": created})
    return {"made": created}


def _respond(event: dict[str, Any], status: str, reason: str) -> dict[str, Any]:
    """Send the response of a custom resource, by a PUT to the URL in its request; without it the stack waits for an hour."""
    body = {"Status": status, "Reason": reason[:_MAX_REASON_LENGTH], "PhysicalResourceId": "signing-keyring"}
    body |= {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(body).encode(), {"content-type": ""}, method="PUT")  # noqa: S310 (CloudFormation's own URL)
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        return body
