"""What a request to AWS can come to, other than its answer."""

from collections.abc import Mapping
from typing import Any

_CONFLICTS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_SERVER_ERROR = 500


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


class Conflict(Exception):
    """Another write held the same item; nothing was done."""


def meaning(status: int, code: str, told: Mapping[str, Any]) -> Exception:
    """What an answer other than success means: `code` is AWS's name for it, `told` what it says beside."""
    if code == "ConditionalCheckFailedException":
        return ConditionFailed(told.get("Item", {}))
    if code == "TransactionConflictException":
        return Conflict()
    if code == "TransactionCanceledException":
        reasons = told.get("CancellationReasons", [])
        # A condition that failed decides, even beside a conflict: repeating cannot mend it.
        if any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons):
            return TransactionFailed(
                [reason.get("Item", {}) if reason.get("Code") == "ConditionalCheckFailed" else None for reason in reasons]
            )
        if any(reason.get("Code") in _CONFLICTS for reason in reasons):
            return Conflict()
    # A server error may come after the deed.
    return Unknown(code) if status >= _SERVER_ERROR else Refused(code)
