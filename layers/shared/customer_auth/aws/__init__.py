"""The only way to AWS: every request of every function goes through `call`, which decides how it is sent and repeated.

The services that HTTP requests depend on speak AWS's JSON protocol, which `json_protocol` implements; it repeats a request that was
throttled, failed or got no response. SNS and SES have the SDK (`sdk`). A message is never repeated; a write conflict is, here.
`retries` decides for all but messages how long to wait, and whether there is time for it.
"""

import itertools
import os
from typing import Any

from customer_auth.aws import json_protocol
from customer_auth.aws.errors import ConditionalCheckFailed, Conflict, Failed, OutcomeUnknown, Refused, TransactionCanceled
from customer_auth.aws.retries import Context, begin_invocation, has_time, wait_to_retry

__all__ = [
    "ConditionalCheckFailed",
    "Context",
    "Failed",
    "OutcomeUnknown",
    "Refused",
    "TransactionCanceled",
    "begin_invocation",
    "call",
    "has_time",
    "wait_to_retry",
    "warm_up",
]

_CONFLICT_ATTEMPTS = 4


def call(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    """Send a request and return the response's body.

    For all services but those that send messages it is repeated, with jitter, if it is lost, throttled or conflicts with another write.
    `operation` has AWS's own name, like `UpdateItem`.
    Raises: ConditionalCheckFailed, TransactionCanceled, Refused (nothing was done), OutcomeUnknown (it may have been executed).
    """
    for attempt in itertools.count(1):
        try:
            return _send(service, operation, parameters)
        except Conflict:
            if not wait_to_retry(attempt, max_attempts=_CONFLICT_ATTEMPTS):
                break
    raise Refused("TransactionConflict")


def _send(service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    if service in json_protocol.SERVICES:
        return json_protocol.call(service, operation, parameters)
    from customer_auth.aws import sdk  # noqa: PLC0415 (a function that sends no messages starts in half the time)

    return sdk.call(service, operation, parameters)


def warm_up(*services: str) -> None:
    """Prepare requests to these services while Lambda starts a container, when it has a whole core instead of its memory's share.

    Elsewhere it does nothing, since documents and tests import endpoints too; each service is then prepared by its first request.
    """
    if "AWS_LAMBDA_INITIALIZATION_TYPE" not in os.environ:
        return
    for service in services:
        if service in json_protocol.SERVICES:
            json_protocol.warm_up(service)
        else:
            from customer_auth.aws import sdk  # noqa: PLC0415 (see above)

            sdk.client(service)
