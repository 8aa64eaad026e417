"""The one door to AWS: every request of every function goes through `call`, so what it costs and how it fails is decided here alone.

What stands on each request's path speaks AWS's JSON protocol directly (`json_protocol`), which repeats a lost, failed or throttled
request by itself; what hands messages over goes through the SDK (`sdk`), and is not repeated. A transaction's conflict is repeated here.
How long is waited, and whether there is time, is decided in `retries` for all of them.
"""

import itertools
import os
from typing import Any

from customer_auth.aws import json_protocol
from customer_auth.aws.errors import ConditionFailed, Conflict, Failed, Refused, TransactionFailed, Unknown
from customer_auth.aws.retries import Context, begin_invocation, try_again

__all__ = [
    "ConditionFailed",
    "Context",
    "Failed",
    "Refused",
    "TransactionFailed",
    "Unknown",
    "begin_invocation",
    "call",
    "prepare",
    "try_again",
]

_CONFLICT_ATTEMPTS = 4


def call(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    """One request, repeated while its answer is lost and, with jitter, while it is throttled or conflicts with another.

    `operation` is AWS's own name, like `UpdateItem`.
    Raises: ConditionFailed, TransactionFailed, Refused (nothing was done), Unknown (it may have been done).
    """
    for attempt in itertools.count(1):
        try:
            return _once(service, operation, parameters)
        except Conflict:
            if not try_again(attempt, most=_CONFLICT_ATTEMPTS):
                break
    raise Refused("TransactionConflict")


def _once(service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    if service in json_protocol.SERVICES:
        return json_protocol.call(service, operation, parameters)
    from customer_auth.aws import sdk  # noqa: PLC0415 (a function that sends no messages starts in half the time)

    return sdk.call(service, operation, parameters)


def prepare(*services: str) -> None:
    """Make ready for these while Lambda starts a container: it has a whole core then, and at a request the memory's share of one.

    Elsewhere, where documents and tests import endpoints too, each is made ready at its first call.
    """
    if "AWS_LAMBDA_INITIALIZATION_TYPE" not in os.environ:
        return
    for service in services:
        if service in json_protocol.SERVICES:
            json_protocol.prepare(service)
        else:
            from customer_auth.aws import sdk  # noqa: PLC0415 (see above)

            sdk.client(service)
