"""HTTP in, HTTP out: the only place that knows Lambda's events. parse → call → answer, with every failure told in one shape.

An endpoint is `@endpoint(body=…, answer=…)` over a handler that takes a `Call` and returns its answer's model.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from customer_auth import audit, aws
from customer_auth.base import settings
from customer_auth.base.account_errors import AccountDeletionPending
from customer_auth.base.client import Client
from customer_auth.base.errors import (
    BadRequest,
    Internal,
    NoPublishableKey,
    NotAllowed,
    NotAuthenticated,
    Refusal,
    Throttled,
    TooLarge,
    Unavailable,
    UnsupportedMedia,
    WrongProof,
)
from customer_auth.http import request
from customer_auth.http.fields import Model
from customer_auth.tokens import publishable_keys


class Bearer(StrEnum):
    """What an endpoint's bearer token is, if it wants one."""

    CUSTOMER = "customer"  # an access token
    REGISTRATION = "registration"
    RESET = "reset"


type Event = dict[str, Any]
type Answer = Model | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call[B, C]:
    """What a rule may know of a call: its body and query, parsed, its path's parameters, who is asking and, if needed, signed in."""

    body: B
    client: Client
    caller: C
    idempotency_key: str | None
    issuer: str
    parameters: Mapping[str, str]
    query: Any
    at: int  # the second by the gateway's clock


@dataclass(frozen=True, slots=True)
class Contract:
    """What an endpoint takes and answers; the OpenAPI document is made from it."""

    purpose: str
    body: type[Model] | None
    query: type[Model] | None
    answer: type[Model] | None
    caller: Callable[[str, str], Any] | None
    bearer: Bearer
    refusals: tuple[type[Refusal], ...]
    takes_key: bool
    publishable: bool
    cache_seconds: int
    uses: tuple[str, ...]

    @property
    def audited(self) -> bool:
        """Whether a call is an attempt at something; discovery is not."""
        return self.body is not None or self.caller is not None or self.publishable


def endpoint(  # noqa: PLR0913 (an endpoint's whole contract in one place)
    *,
    body: type[Model] | None = None,
    query: type[Model] | None = None,
    answer: type[Model] | None = None,
    caller: Callable[[str, str], Any] | None = None,
    bearer: Bearer = Bearer.CUSTOMER,
    refusals: tuple[type[Refusal], ...] = (),
    takes_key: bool = False,
    publishable: bool = False,
    cache_seconds: int = 0,
    uses: tuple[str, ...] = ("dynamodb", "secretsmanager"),
) -> Callable[[Callable[[Call[Any, Any]], Answer]], Callable[[Event, aws.Context], Event]]:
    """Make a Lambda handler of a rule; `answer` says by itself with which status it goes out.

    `caller` turns a bearer token, of the kind `bearer`, and the issuer into who is calling (401 without one). `refusals` are the rule's
    own, for the document; those that every endpoint has are added, and those of an access token. `takes_key`: the call consumes a proof
    and may be repeated with its Idempotency-Key. `publishable`: the call needs a storefront's key. `cache_seconds`: anyone may keep the
    answer for so long. `uses`: the AWS services that every call asks.
    """
    settings.service()  # a wrong setting ends the start, with its name
    aws.warm_up(*uses)
    if publishable:
        refusals = (*refusals, NoPublishableKey, NotAllowed)
    of_input = (BadRequest, TooLarge, UnsupportedMedia) if body else (BadRequest,) if query else ()
    by_session = caller is not None and bearer is Bearer.CUSTOMER
    always = (*of_input, *((NotAuthenticated,) if caller else ()), *((AccountDeletionPending,) if by_session else ()))

    def decorate(rule: Callable[[Call[Any, Any]], Answer]) -> Callable[[Event, aws.Context], Event]:
        name = rule.__module__.rpartition(".")[2]
        all_refusals = (*dict.fromkeys((*refusals, *always)), Internal, Unavailable)
        contract = Contract(_purpose(rule), body, query, answer, caller, bearer, all_refusals, takes_key, publishable, cache_seconds, uses)

        def handler(event: Event, context: aws.Context) -> Event:
            aws.begin_invocation(context)
            asked = request.Request(event)
            audit.begin(event=name, request_id=asked.id)
            told = outcome(asked)
            return told | {"body": ""} if asked.is_head else told

        def outcome(asked: request.Request) -> Event:
            try:
                told = rule(_call(asked, contract))
            except Exception as failure:  # noqa: BLE001 (the last line of defence: nothing of the inside gets out)
                refusal = _named_as_sent(_refusal(failure), contract)
                _count(refusal)
                audit.end(refusal.type, refusal.reason)
                return refused(refusal, asked)
            if contract.audited:
                audit.end("ok")
            return answered(told, cache_seconds)

        handler.contract = contract  # type: ignore[attr-defined]
        return handler

    return decorate


def _call(asked: request.Request, contract: Contract) -> Call[Any, Any]:
    if contract.audited:
        audit.note(bucket=asked.bucket)
    parsed = request.body(asked, contract.body) if contract.body else None
    query = request.query(asked, contract.query) if contract.query else None
    if contract.publishable:
        publishable_keys.check(*asked.publishable_key())
    caller = contract.caller(asked.access_token(), asked.issuer()) if contract.caller else None
    key = asked.idempotency_key() if contract.takes_key else None
    return Call(parsed, asked.client(parsed), caller, key, asked.issuer(), asked.parameters, query, asked.at)


def answered(told: Answer, cache_seconds: int) -> Event:
    """An answer as it goes out."""
    headers = {"cache-control": f"public, max-age={cache_seconds}" if cache_seconds else "no-store"}
    return _response(told.http_status if isinstance(told, Model) else 200, told, headers)


def _purpose(rule: Callable[..., Any]) -> str:
    """The purpose, from the endpoint file's first line: «METHOD /path: purpose»."""
    return (rule.__globals__["__doc__"] or "").strip().splitlines()[0].partition(": ")[2]


def _refusal(failure: Exception) -> Refusal:
    if isinstance(failure, Refusal):
        return failure
    if isinstance(failure, aws.Failed) and failure.code != "ValidationException":
        return Unavailable(failure.code)
    audit.crash(failure)
    return Internal(type(failure).__name__)


def _named_as_sent(refusal: Refusal, contract: Contract) -> Refusal:
    """The rules name a field as they know it; the caller may have sent it by another name."""
    if isinstance(refusal, BadRequest) and contract.body:
        fields = contract.body.model_fields
        aliases = {name: info.alias or name for name, info in fields.items()}
        refusal.errors = tuple(error._replace(field=aliases.get(error.field, error.field)) for error in refusal.errors)
    return refusal


def _count(refusal: Refusal) -> None:
    match refusal:
        case Throttled():
            audit.count("throttled")
        case WrongProof() | NotAuthenticated():
            audit.count("refused")


def refused(refusal: Refusal, asked: request.Request) -> Event:
    """A refusal as it goes out."""
    told: dict[str, Any] = {"success": False, "type": refusal.type, "message": refusal.message, "request_id": asked.id}
    if isinstance(refusal, BadRequest) and refusal.errors:
        told["errors"] = [{"field": error.field, "message": error.message} for error in refusal.errors]
    told |= refusal.members
    if asked.route.startswith("/login/") and (code := _error_code(refusal)):
        told["errorCode"] = code
    headers = {"retry-after": str(refusal.retry_after_seconds)} if isinstance(refusal, Throttled) else {}
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
    if status == HTTPStatus.NO_CONTENT:
        return {"statusCode": status, "headers": {"cache-control": "no-store"}, "body": ""}
    text = told.model_dump_json(by_alias=True) if isinstance(told, Model) else request.dumps(told)
    always = {"content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff"}
    if status == Unavailable.status:
        always["retry-after"] = str(Unavailable.retry_after_seconds)
    return {"statusCode": status, "headers": always | dict(headers), "body": text}
