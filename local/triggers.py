"""What invokes a function: the `Events` of a SAM function, one class for each type (AWS SAM, EventSource)."""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from local.intrinsics import Node, Properties

UNLIMITED = -1  # unlimited retries of a record, in Lambda's notation


class Route(NamedTuple):
    """A method and path of the HTTP API; `ANY` is every method."""

    method: str
    path: str


class StreamTrigger(NamedTuple):
    """A table's stream. `table` and `on_failure` are logical ids; a record passes if any of `filters` fits, or if there are none.

    A batch that is not full waits for further records for `window_seconds`.
    """

    name: str
    table: str
    batch_size: int
    window_seconds: float
    filters: tuple[Properties, ...]
    reports_item_failures: bool
    maximum_retries: int
    bisects: bool
    lanes: int
    from_start: bool
    on_failure: str | None


class QueueTrigger(NamedTuple):
    """A queue, by its logical id."""

    name: str
    queue: str
    batch_size: int
    filters: tuple[Properties, ...]
    reports_item_failures: bool


class ScheduleTrigger(NamedTuple):
    """A rule of EventBridge: `rate(…)` or `cron(…)`; `payload` replaces the event if it is given."""

    name: str
    expression: str
    payload: str | None


type Trigger = Route | StreamTrigger | QueueTrigger | ScheduleTrigger


def of(events: Mapping[str, Properties]) -> list[Trigger]:
    """The triggers that a function's `Events` declare. Raises: KeyError (an unknown type, so that none is ignored)."""
    return [_KINDS[event["Type"]](name, event.get("Properties", {})) for name, event in events.items()]


def referred(node: Node) -> str:
    """The logical id that a `Ref` or `Fn::GetAtt` names."""
    return str(node["Ref"] if "Ref" in node else node["Fn::GetAtt"][0])


def _route(_name: str, properties: Properties) -> Route:
    return Route(properties["Method"].upper(), properties["Path"])


def _stream(name: str, properties: Properties) -> StreamTrigger:
    failure = properties.get("DestinationConfig", {}).get("OnFailure")
    return StreamTrigger(
        name=name,
        table=referred(properties["Stream"]),
        batch_size=int(properties.get("BatchSize", 100)),
        window_seconds=float(properties.get("MaximumBatchingWindowInSeconds", 0)),
        filters=_filters(properties),
        reports_item_failures=_reports(properties),
        maximum_retries=int(properties.get("MaximumRetryAttempts", UNLIMITED)),
        bisects=bool(properties.get("BisectBatchOnFunctionError", False)),
        lanes=int(properties.get("ParallelizationFactor", 1)),
        from_start=properties["StartingPosition"] == "TRIM_HORIZON",
        on_failure=referred(failure["Destination"]) if failure else None,
    )


def _queue(name: str, properties: Properties) -> QueueTrigger:
    return QueueTrigger(
        name=name,
        queue=referred(properties["Queue"]),
        batch_size=int(properties.get("BatchSize", 10)),
        filters=_filters(properties),
        reports_item_failures=_reports(properties),
    )


def _schedule(name: str, properties: Properties) -> ScheduleTrigger:
    return ScheduleTrigger(name, str(properties.get("Schedule") or properties["ScheduleExpression"]), properties.get("Input"))


def _filters(properties: Properties) -> tuple[Properties, ...]:
    return tuple(json.loads(each["Pattern"]) for each in properties.get("FilterCriteria", {}).get("Filters", []))


def _reports(properties: Properties) -> bool:
    return "ReportBatchItemFailures" in properties.get("FunctionResponseTypes", [])


_KINDS: Mapping[str, Callable[[str, Properties], Trigger]] = {
    "HttpApi": _route,
    "DynamoDB": _stream,
    "SQS": _queue,
    "Schedule": _schedule,
    "ScheduleV2": _schedule,
}
