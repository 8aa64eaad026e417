"""Endpoints: parse the event, call the rule, respond; every failure gets a response of the same shape.

An endpoint is `@endpoint(body=…, answer=…)` over a handler that takes a `Call` and returns its response's model.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
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
    TooLarge,
    Unavailable,
    UnsupportedMedia,
)
from customer_auth.http import failures, response
from customer_auth.http.request import Request, parse_body, parse_query
from customer_auth.http.response import Payload
from customer_auth.http.schemas.base import Model
from customer_auth.tokens import publishable_keys


class Bearer(StrEnum):
    """What an endpoint's bearer token is, if it wants one."""

    CUSTOMER = "customer"  # an access token
    REGISTRATION = "registration"
    RESET = "reset"


type Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call[B, C]:
    """What a rule may know of a call. `at` is the second of the call by the gateway's clock; `cookies` finds a cookie's values by name."""

    body: B
    client: Client
    caller: C
    idempotency_key: str | None
    issuer: str
    parameters: Mapping[str, str]
    query: Any
    at: int
    cookies: Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Contract:
    """What an endpoint accepts and responds; the OpenAPI document is made from it."""

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
    caller_optional: bool

    @property
    def audited(self) -> bool:
        """Whether a call leaves a line in the log; discovery does not."""
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
    caller_optional: bool = False,
) -> Callable[[Callable[[Call[Any, Any]], Payload]], Callable[[Event, aws.Context], Event]]:
    """Make a Lambda handler of a rule; the `answer` says itself with which status it is sent.

    `caller` turns a bearer token, of the kind `bearer`, and the issuer into who is calling (401 without one). `refusals` are the rule's
    own, for the document; those that every endpoint has are added, and those of an access token. `takes_key`: the call redeems a proof
    and may be repeated with its Idempotency-Key. `publishable`: the call needs a storefront's key. `cache_seconds`: how long anyone may
    cache the response. `uses`: the AWS services that every call needs, connected to before the first one. `caller_optional`: without a
    bearer token the call is anybody's.
    """
    settings.service()  # a wrong setting ends the start, and is named
    aws.warm_up(*uses)
    for model in (body, query, answer):
        if model:
            model.build()  # now, and none of the other models of its module
    if publishable:
        refusals = (*refusals, NoPublishableKey, NotAllowed)
    of_input = (BadRequest, TooLarge, UnsupportedMedia) if body else (BadRequest,) if query else ()
    by_session = caller is not None and bearer is Bearer.CUSTOMER
    always = (*of_input, *((NotAuthenticated,) if caller else ()), *((AccountDeletionPending,) if by_session else ()))

    def decorate(rule: Callable[[Call[Any, Any]], Payload]) -> Callable[[Event, aws.Context], Event]:
        all_refusals = (*dict.fromkeys((*refusals, *always)), Internal, Unavailable)
        contract = Contract(
            _purpose(rule), body, query, answer, caller, bearer, all_refusals, takes_key, publishable, cache_seconds, uses, caller_optional
        )
        return _handler(rule, contract)

    return decorate


def _handler(rule: Callable[[Call[Any, Any]], Payload], contract: Contract) -> Callable[[Event, aws.Context], Event]:
    name = rule.__module__.rpartition(".")[2]

    def handler(event: Event, context: aws.Context) -> Event:
        aws.begin_invocation(context)
        request = Request(event)
        audit.begin(event=name, request_id=request.id)
        answered = respond(request)
        return answered | {"body": ""} if request.is_head else answered

    def respond(request: Request) -> Event:
        try:
            payload = rule(_call(request, contract))
        except Exception as failure:  # noqa: BLE001 (the last line of defence: nothing internal gets out)
            refusal = _named_as_sent(failures.refusal_of(failure), contract)
            failures.count(refusal)
            audit.end(refusal.type, refusal.reason)
            return response.refuse(refusal, request)
        if contract.audited:
            audit.end("ok")
        return response.succeed(payload, contract.cache_seconds)

    handler.contract = contract  # type: ignore[attr-defined]
    return handler


def _call(request: Request, contract: Contract) -> Call[Any, Any]:
    if contract.audited:
        audit.note(bucket=request.bucket)
    body = parse_body(request, contract.body) if contract.body else None
    query = parse_query(request, contract.query) if contract.query else None
    if contract.publishable:
        publishable_keys.check(*request.publishable_key())
    is_anybodys = contract.caller is None or (contract.caller_optional and not request.has_access_token)
    caller = contract.caller(request.access_token(), request.issuer()) if contract.caller and not is_anybodys else None
    key = request.idempotency_key() if contract.takes_key else None
    return Call(body, request.client(body), caller, key, request.issuer(), request.parameters, query, request.at, request.cookies)


def _purpose(rule: Callable[..., Any]) -> str:
    """The purpose, from the endpoint file's first line: «METHOD /path: purpose»."""
    return (rule.__globals__["__doc__"] or "").strip().splitlines()[0].partition(": ")[2]


def _named_as_sent(refusal: Refusal, contract: Contract) -> Refusal:
    """Rules name a field as they know it; the caller may know it by another name."""
    if isinstance(refusal, BadRequest) and contract.body:
        fields = contract.body.model_fields
        aliases = {name: info.alias or name for name, info in fields.items()}
        refusal.errors = tuple(error._replace(field=aliases.get(error.field, error.field)) for error in refusal.errors)
    return refusal
