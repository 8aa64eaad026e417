"""HTTP in, HTTP out: the only place that knows Lambda's events. parse → call → answer, with every failure told in one shape.

An endpoint is `@endpoint(body=…, answer=…)` over a handler that takes a `Call` and returns its answer's model.
"""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from customer_auth import audit, aws, request, settings
from customer_auth.client import Client
from customer_auth.errors import BadRequest, Internal, NotAuthenticated, Refusal, Throttled, Unavailable, WrongProof
from customer_auth.fields import Model

type Event = dict[str, Any]
type Answer = Model | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call[B, C]:
    """What a rule may know of a call: the parsed body, who is asking, and who is signed in, where the endpoint demands that."""

    body: B
    client: Client
    caller: C
    idempotency_key: str | None
    issuer: str


@dataclass(frozen=True, slots=True)
class Contract:
    """What an endpoint takes and answers; the OpenAPI document is made from it."""

    purpose: str
    body: type[Model] | None
    answer: type[Model] | None
    statuses: tuple[int, ...]
    signed_in: bool
    takes_key: bool
    headers: Mapping[str, str] = field(default_factory=dict)


def endpoint[B, C](
    *,
    body: type[Model] | None = None,
    answer: type[Model] | None = None,
    caller: Callable[[str, str], C] | None = None,
    created: Callable[[Any], bool] | None = None,
    healthy: Callable[[Any], bool] | None = None,
    takes_key: bool = False,
    audited: bool = True,
    headers: Mapping[str, str] | None = None,
) -> Callable[[Callable[[Call[Any, Any]], Answer]], Callable[[Event, object], Event]]:
    """Make a Lambda handler of a rule.

    `caller` turns an access token and the issuer into who is calling (401 without one). `created` tells which answers are 201, `healthy`
    which are not 503. `takes_key`: the call consumes a proof and may be repeated with its Idempotency-Key. `audited` writes a line an
    attempt. `headers` go with every answer of success.
    """
    settings.service()  # a wrong setting ends the start, with its name

    def decorate(rule: Callable[[Call[Any, Any]], Answer]) -> Callable[[Event, object], Event]:
        name = rule.__module__.rpartition(".")[2]

        def handler(event: Event, _context: object) -> Event:
            asked = request.Request(event)
            if audited:
                audit.begin(event=name, request_id=asked.id)
            try:
                if audited:
                    audit.note(bucket=asked.bucket)
                parsed = request.body(asked, body) if body else None
                who = caller(asked.access_token(), asked.issuer()) if caller else None
                key = asked.idempotency_key() if takes_key else None
                told = rule(Call(parsed, asked.client(parsed), who, key, asked.issuer()))
            except Exception as failure:  # noqa: BLE001 (the last line of defence: nothing of the inside gets out)
                refusal = _refusal(failure)
                if audited:
                    _count(refusal)
                    audit.end(refusal.type, refusal.reason)
                return _refused(refusal, asked)
            if audited:
                audit.end("ok")
            status = 201 if created and created(told) else 503 if healthy and not healthy(told) else 200
            return _response(status, told, headers or {})

        statuses = (200, 201) if created else (200, 503) if healthy else (200,)
        handler.contract = Contract((_summary(rule)), body, answer, statuses, caller is not None, takes_key, headers or {})  # type: ignore[attr-defined]
        return handler

    return decorate


def _summary(rule: Callable[..., Any]) -> str:
    """The purpose, from the endpoint file's first line: «METHOD /path: purpose»."""
    return (rule.__globals__["__doc__"] or "").strip().splitlines()[0].partition(": ")[2]


def _refusal(failure: Exception) -> Refusal:
    if isinstance(failure, Refusal):
        return failure
    if isinstance(failure, aws.Failed) and failure.code != "ValidationException":
        return Unavailable(failure.code)
    # Where it happened and of what kind; its message may hold what the caller sent.
    frames = traceback.extract_tb(failure.__traceback__)[-5:]
    audit.note(crash=[type(failure).__name__, *(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)])
    return Internal(type(failure).__name__)


def _count(refusal: Refusal) -> None:
    match refusal:
        case Throttled():
            audit.count("throttled")
        case WrongProof() | NotAuthenticated():
            audit.count("refused")
        case Internal():
            audit.count("crashed")


def _refused(refusal: Refusal, asked: request.Request) -> Event:
    told: dict[str, Any] = {"success": False, "type": refusal.type, "message": refusal.message, "request_id": asked.id}
    if isinstance(refusal, BadRequest) and refusal.errors:
        told["errors"] = [{"field": error.field, "message": error.message} for error in refusal.errors]
    if asked.path.startswith("/login/") and (code := _error_code(refusal)):
        told["errorCode"] = code
    headers = {"retry-after": str(refusal.retry_after_seconds)} if isinstance(refusal, Throttled | Unavailable) else {}
    return _response(refusal.status, told, headers)


def _error_code(refusal: Refusal) -> str | None:
    """The sign-in API's own code for a refusal."""
    match refusal:
        case BadRequest():
            return "E011002" if any(error.missing for error in refusal.errors) else "E011001"
        case WrongProof():
            return "E061102"
        case Throttled():
            return "E061103"
    return None


def _response(status: int, told: Answer, headers: Mapping[str, str]) -> Event:
    text = told.model_dump_json(by_alias=True) if isinstance(told, Model) else request.dumps(told)
    always = {"content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff"}
    return {"statusCode": status, "headers": always | dict(headers), "body": text}
