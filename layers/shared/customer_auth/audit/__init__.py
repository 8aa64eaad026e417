"""One structured log line for each call: what was attempted and how it ended, with its metrics in the same line (CloudWatch EMF).

Only the keys named here are ever logged. An address or a client appears as a keyed hash alone; a code, token or body never.
"""

import logging
import os
import time
import traceback
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from pydantic_core import to_json

from customer_auth.addresses.address import Address
from customer_auth.aws import secret_keys
from customer_auth.base import ids

KEYS: Final = frozenset({
    "event", "outcome", "reason", "purpose", "lane", "provider", "address", "channel", "country", "ip", "sid", "request_id", "registered",
    "operation", "refund", "crash",
})  # fmt: skip
METRICS: Final = frozenset({
    "requested", "sent", "failed", "failed_over", "verified", "refused", "throttled", "crashed", "undeleted", "notifications_dropped",
    "refresh_tokens_reused", "signing_key_overdue", "discovery_refused",
    "provider_tokens_not_revoked", "provider_events", "consents_posted", "consents_rejected",
})  # fmt: skip
NAMESPACE: Final = "CustomerAuth"
_HASH_BYTES = 12
_CRASH_FRAMES = 5

# Nothing of a line is about threads, processes or tasks, so logging need not look for them.
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
logging.logAsyncioTasks = False  # type: ignore[attr-defined]  # typeshed does not know it


class _LineFormatter(LambdaPowertoolsFormatter):
    """Powertools' own fields and the facts of `extra={"line": …}`, encoded in one go.

    Powertools' formatter searches every attribute of a record for extra fields and first tries to read the message as JSON, which takes
    three times as long.
    """

    def format(self, record: logging.LogRecord) -> str:
        if "line" not in vars(record):  # of a scheduled function's own logger, which shares this handler
            return super().format(record)
        line: dict[str, Any] = {
            "level": record.levelname,
            "message": record.msg,
            "timestamp": self.formatTime(record),
            "service": self.log_format["service"],
            **vars(record)["line"],
        }
        if trace := os.environ.get("_X_AMZN_TRACE_ID"):
            line["xray_trace_id"] = trace.partition(";")[0].removeprefix("Root=")
        return to_json(line, ensure_ascii=True).decode()


_logger = Logger(location=None, logger_formatter=_LineFormatter())
_noted: ContextVar[dict[str, Any]] = ContextVar("noted")
_counted: ContextVar[list[str]] = ContextVar("counted")


def begin(**facts: Any) -> None:
    """Start the line of a call."""
    _noted.set({})
    _counted.set([])
    note(**facts)


def note(*, address: Address | None = None, bucket: str | None = None, **facts: Any) -> None:
    """Add to the line: plain facts under a key of `KEYS`, an address with its channel and country, a client's bucket."""
    line = _noted.get({})
    if address is not None:
        facts |= {"address": _hashed("address", address.key), "channel": str(address.channel), "country": address.country}
    if bucket is not None:
        facts["ip"] = _hashed("ip", bucket)
    line |= {key: value for key, value in facts.items() if key in KEYS}


def count(metric: str, **facts: Any) -> None:
    """Count one of this metric, and add facts to the line."""
    _counted.get([]).append(metric)
    note(**facts)


def crash(failure: Exception) -> None:
    """Note a fault of ours by its type and its place in the code, without its message, which may hold what the caller sent."""
    frames = traceback.extract_tb(failure.__traceback__)[-_CRASH_FRAMES:]
    count("crashed", crash=[type(failure).__name__, *(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)])


def end(outcome: str, reason: str = "") -> None:
    """Write the line."""
    note(outcome=outcome)
    if reason:
        note(reason=reason)
    line = {key: value for key, value in _noted.get({}).items() if value not in (None, "")}
    _logger.info(line.pop("event", "attempt"), extra={"line": line | _metrics(_counted.get([]))})


def _metrics(names: list[str]) -> dict[str, Any]:
    """The counts in CloudWatch's embedded metric format, or nothing. Powertools forms it; the log line carries it."""
    counted = tuple(name for name in names if name in METRICS)
    if not counted:
        return {}
    formed = _formed(counted)
    return formed | {"_aws": formed["_aws"] | {"Timestamp": int(time.time() * 1000)}}


@lru_cache(maxsize=64)
def _formed(counted: tuple[str, ...]) -> dict[str, Any]:
    """What Powertools forms for these counts, which differs from call to call in its time alone."""
    metrics = EphemeralMetrics(service=_logger.service, namespace=NAMESPACE)
    for name in counted:
        metrics.add_metric(name, MetricUnit.Count, 1)
    return {**metrics.serialize_metric_set()}


def _hashed(use: str, text: str) -> str:
    return ids.base64url(ids.hmac_sha256(secret_keys.index_key(), f"audit-{use}", text)[:_HASH_BYTES])
