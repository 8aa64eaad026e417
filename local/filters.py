"""FilterCriteria: which records a trigger passes to its function (Lambda developer guide, "Filter rule syntax")."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

ABSENT = object()


def fits_any(filters: Sequence[Mapping[str, Any]], record: Mapping[str, Any]) -> bool:
    """Whether one of the patterns matches, or there are none."""
    return not filters or any(fits(pattern, record) for pattern in filters)


def fits(pattern: Mapping[str, Any], value: Any) -> bool:
    """Whether each member of the pattern matches the member of the value with the same name.

    Raises: KeyError (an unknown comparison, so that none is ignored).
    """
    if not isinstance(value, Mapping):
        value = {}
    return all(
        any(fits(each, value) for each in rule) if name == "$or" else _member_fits(rule, value.get(name, ABSENT))
        for name, rule in pattern.items()
    )


def _member_fits(rule: Any, value: Any) -> bool:
    if isinstance(rule, Mapping):
        return fits(rule, value)
    candidates = value if isinstance(value, list) and value else [value]
    return any(_allows(allowed, candidate) for allowed in rule for candidate in candidates)


def _allows(allowed: Any, value: Any) -> bool:
    if isinstance(allowed, Mapping):
        [(name, operand)] = allowed.items()
        return _COMPARISONS[name](operand, value)
    return type(allowed) is type(value) and bool(allowed == value)


def _anything_but(operand: Any, value: Any) -> bool:
    refused = operand if isinstance(operand, list) else [operand]
    return value is not ABSENT and not any(_allows(each, value) for each in refused)


def _numeric(operand: Sequence[Any], value: Any) -> bool:
    """Whether a value is in a range like `[">", 0, "<=", 5]`; DynamoDB's numbers are strings."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return False
    return all(_ORDERS[operator](number, float(bound)) for operator, bound in zip(operand[::2], operand[1::2], strict=True))


_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda number, bound: number == bound,
    "<": lambda number, bound: number < bound,
    "<=": lambda number, bound: number <= bound,
    ">": lambda number, bound: number > bound,
    ">=": lambda number, bound: number >= bound,
}
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "prefix": lambda operand, value: isinstance(value, str) and value.startswith(operand),
    "suffix": lambda operand, value: isinstance(value, str) and value.endswith(operand),
    "equals-ignore-case": lambda operand, value: isinstance(value, str) and value.lower() == operand.lower(),
    "exists": lambda operand, value: (value is not ABSENT) == operand,
    "anything-but": _anything_but,
    "numeric": _numeric,
}
