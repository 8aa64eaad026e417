"""The one door to AWS: every request of every function goes through `call`, so what it costs and how it fails is decided here alone.

The SDK repeats a lost or throttled request by itself; what it does not repeat, a transaction's conflict, is repeated here. It is
botocore alone, which boto3 would wrap, and is imported where it is used: a function that asks AWS nothing starts in half the time.
"""

import os
import random
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from customer_auth import settings

if TYPE_CHECKING:
    from botocore.session import Session

# Two attempts of at most 1 s + 2 s each: with the one call that follows a failure they fit into the function's 20 s. Checking
# parameters again and naming the SDK's version cost a tenth of a call.
_CONFIG: dict[str, Any] = {
    "user_agent": "customer-auth",
    "parameter_validation": False,
    "connect_timeout": 1,
    "read_timeout": 2,
    "retries": {"mode": "standard", "total_max_attempts": 2},
}
# A message whose answer was lost may have gone out: whether it goes out again is the outbox's to decide, not the SDK's.
_ONCE = _CONFIG | {"parameter_validation": True, "read_timeout": 3, "retries": {"mode": "standard", "total_max_attempts": 1}}
_SENDERS = ("sns", "sesv2")
_SERVICES = ("dynamodb", "kms", "secretsmanager", "sqs", *_SENDERS)

_CONFLICTS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_CONFLICT_TRIES = 4
_CONFLICT_PAUSE_SECONDS = 0.05


class Failed(Exception):
    """AWS did not do what was asked, or nobody knows whether it did."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(Failed):
    """The service answered and refused: nothing was done."""


class Unknown(Failed):
    """No answer came: it may have been done."""


class ConditionFailed(Refused):
    """A write's condition did not hold; `item` is the raw item as it was, empty where there was none."""

    def __init__(self, item: dict[str, Any]) -> None:
        super().__init__("ConditionalCheckFailedException")
        self.item = item


class TransactionFailed(Refused):
    """A transaction's conditions did not hold; `reasons` has, for each of its parts, the raw item of a failed condition or None."""

    def __init__(self, reasons: list[dict[str, Any] | None]) -> None:
        super().__init__("TransactionCanceledException")
        self.reasons = reasons


class _Conflict(Exception):
    """Another write held the same item; nothing was done."""


def call(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    """One request, repeated by the SDK while its answer is lost, and by us, with jitter, while it conflicts with another.

    `operation` is the client's method, like `update_item`.
    Raises: ConditionFailed, TransactionFailed, Refused (nothing was done), Unknown (it may have been done).
    """
    for tried in range(_CONFLICT_TRIES):
        if tried:
            time.sleep(random.uniform(0.2, 1) * _CONFLICT_PAUSE_SECONDS * 2**tried)  # noqa: S311 (jitter, not a secret)
        try:
            return _once(service, operation, parameters)
        except _Conflict:
            continue
    raise Refused("TransactionConflict")


def _once(service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (see above)

    try:
        answer: dict[str, Any] = getattr(client(service), operation)(**parameters)
    except ClientError as refused:
        raise _meaning(refused.response) from refused
    except BotoCoreError as lost:
        raise Unknown(type(lost).__name__) from lost
    return answer


def _meaning(response: Any) -> Exception:
    code = response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        return ConditionFailed(response.get("Item", {}))
    if code == "TransactionConflictException":
        return _Conflict()
    if code == "TransactionCanceledException":
        reasons = response.get("CancellationReasons", [])
        # A condition that failed decides, even beside a conflict: repeating cannot mend it.
        if any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons):
            return TransactionFailed(
                [reason.get("Item", {}) if reason.get("Code") == "ConditionalCheckFailed" else None for reason in reasons]
            )
        if any(reason.get("Code") in _CONFLICTS for reason in reasons):
            return _Conflict()
    # A server error may come after the deed.
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    return Unknown(code) if status >= 500 else Refused(code)  # noqa: PLR2004 (HTTP's own line)


def prepare(*services: str) -> None:
    """Make these clients while Lambda starts a container: it has a whole core then, and at a request the memory's share of one.

    Elsewhere, where documents and tests import endpoints too, each is made at its first call.
    """
    if "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ:
        for service in services:
            client(service)


@cache
def client(service: str) -> Any:
    """The SDK's client, made once a container."""
    from botocore.config import Config  # noqa: PLC0415 (see above)

    region = settings.messaging().sms_region if service == "sns" else None
    make: Any = session().create_client
    return make(service, region_name=region, config=Config(**(_ONCE if service in _SENDERS else _CONFIG)))


@cache
def session() -> "Session":
    """What all clients are made of; its events are where tests listen and break things."""
    from botocore.loaders import Loader  # noqa: PLC0415 (see above)
    from botocore.session import Session  # noqa: PLC0415

    class OurServices(Loader):
        """Knows which services there are without a look into the folders of all 400, a third of what the first client takes."""

        def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 (the SDK's signature)
            return list(_SERVICES)

    made = Session()
    made.register_component("data_loader", OurServices())
    return made


def forget() -> None:
    """Make clients anew at the next use; for tests, each of which takes the SDK's retry quota from full."""
    client.cache_clear()
    session.cache_clear()
