"""What a request to AWS can fail with.

Failed
├── Refused                      the service refused the request: nothing was done
│   ├── ConditionalCheckFailed   the condition of a write does not hold
│   └── TransactionCanceled      conditions of a transaction do not hold
└── OutcomeUnknown               there was no response, or a server error: the request may have been executed

`Conflict` stays inside this package, which repeats the request.
"""

from collections.abc import Mapping
from typing import Any

_CONFLICTS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_SERVER_ERROR = 500


class Failed(Exception):
    """A request that was refused, or whose outcome is unknown; `code` is AWS's name for it, `reason` a closer one, if there is one."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


class Refused(Failed):
    """The service refused the request: nothing was done."""


class OutcomeUnknown(Failed):
    """There was no usable response: the request may have been executed."""


class ConditionalCheckFailed(Refused):
    """The condition of a write does not hold; `item` has DynamoDB's attribute values, and is empty if there is no item."""

    def __init__(self, item: dict[str, Any]) -> None:
        super().__init__("ConditionalCheckFailedException")
        self.item = item


class TransactionCanceled(Refused):
    """Conditions of a transaction do not hold; `items` has, for each of its parts, the item of a failed condition or None."""

    def __init__(self, items: list[dict[str, Any] | None]) -> None:
        super().__init__("TransactionCanceledException")
        self.items = items


class Conflict(Exception):
    """Another request was writing the same item; nothing was done."""


def from_response(status: int, code: str, body: Mapping[str, Any]) -> Exception:
    """The error that a response with a failure means. `code` is AWS's name for it, without the namespace."""
    if code == "ConditionalCheckFailedException":
        return ConditionalCheckFailed(body.get("Item", {}))
    if code == "TransactionConflictException":
        return Conflict()
    if code == "TransactionCanceledException":
        reasons = body.get("CancellationReasons", [])
        # A failed condition decides, even beside a conflict: repeating the request would not help.
        if any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons):
            return TransactionCanceled(
                [reason.get("Item", {}) if reason.get("Code") == "ConditionalCheckFailed" else None for reason in reasons]
            )
        if any(reason.get("Code") in _CONFLICTS for reason in reasons):
            return Conflict()
    # A server error may come after the request was executed.
    return OutcomeUnknown(code) if status >= _SERVER_ERROR else Refused(code, str(body.get("Reason", "")))
