"""`/_local`: what developers and tests can see and do besides calling the service. It exists on the local stack only."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote

from local import graphiql, pages, parameters, sms_providers
from local.clock import Clock
from local.gateway import JSON, message
from local.inbox import Inbox
from local.iys import Iys
from local.pages import PREFIX
from local.pool import Broken, Pool
from local.scheduler import Stopping, event_of
from local.senders import BREAKABLE, MODES, Senders
from local.server import Request, Response
from local.template import Template

GRANT_ADMIN, RECEIPTS_KEY = TASKS = ("grant_admin", "receipts_key")  # the stack's own, in addition to the functions
LONGEST_ADVANCE_SECONDS = 10 * 366 * 86_400


class BadInput(Exception):
    """The request is not possible; the message says why."""


class Console(NamedTuple):
    """The routes under `/_local` and the parts of the stack they use; `advance` moves the clock (Raises: Stopping)."""

    template: Template
    pools: Mapping[str, Pool]
    inbox: Inbox
    senders: Senders
    iys: Iys
    clock: Clock
    advance: Callable[[float], None]
    hosts: frozenset[str]

    def answer(self, request: Request) -> Response | None:
        """The response to a request whose path begins with PREFIX, or None for none."""
        if request.header("host") not in self.hosts:
            return message(403, "The local stack only answers at its own address.")  # no page of another site may read the inbox
        name, _, rest = request.path.removeprefix(PREFIX).partition("/")
        acts = _ROUTES.get(name, {"GET": _file})
        act = acts.get(request.method)
        if act is None:
            words = {"message": f"Use {' or '.join(acts)}."}
            return Response(405, (("allow", ", ".join(acts)), JSON), json.dumps(words).encode())
        try:
            return act(self, request, unquote(rest))
        except BadInput as error:
            return message(400, str(error))


def _inbox(_console: Console, _request: Request, _rest: str) -> Response:
    return pages.inbox()


def _file(_console: Console, request: Request, _rest: str) -> Response:
    return pages.file(request)


def _folder(_console: Console, request: Request, rest: str) -> Response:
    return pages.folder(request, rest)


def _demo(console: Console, request: Request, rest: str) -> Response:
    return pages.demo(console.template.settings, request, rest)


def _graphiql(_console: Console, request: Request, rest: str) -> Response:
    return graphiql.answer(rest) if rest or request.path.endswith("/") else pages.folder(request, rest)


def _messages(console: Console, request: Request, _rest: str) -> Response:
    # A + in a query means a space, so a number like +1… arrives as « 1…»; the inbox handles that.
    query = parse_qs(request.query)
    messages = console.inbox.messages(query.get("to", [""])[0])
    limit = query.get("limit", [""])[0]
    return _json([each.as_json() for each in messages[: int(limit) if limit.isdecimal() else None]])


def _clock(console: Console, request: Request, _rest: str) -> Response:
    seconds = _number(_body(request), "advance_seconds", LONGEST_ADVANCE_SECONDS)
    try:
        console.advance(seconds)
    except Stopping:
        return message(503, "The local stack is stopping; its clock was not moved all the way.")
    console.senders.on_change()  # one that was down may be back
    return _json({"now": console.clock.iso(), "advanced_seconds": console.clock.offset_seconds})


def _faults(console: Console, request: Request, _rest: str) -> Response:
    body = _body(request)
    channel = BREAKABLE.get(str(body.get("sender")))
    if channel is None:
        raise BadInput(f"sender must be one of {', '.join(BREAKABLE)}")
    if body.get("mode") not in MODES and not sms_providers.has_code(channel, str(body.get("mode"))):
        raise BadInput(f"mode must be one of {', '.join(MODES)}")
    seconds = _number(body, "for_seconds", LONGEST_ADVANCE_SECONDS)
    console.senders.break_(channel, str(body["mode"]), seconds)
    return _json({"sender": channel, "mode": body["mode"], "for_seconds": seconds})


def _iys(console: Console, request: Request, _rest: str) -> Response | None:
    return console.iys.answer(request)


def _run(console: Console, _request: Request, name: str) -> Response:
    functions = {parameters.setting_name(each).lower(): each for each in console.template.functions}
    logical_id = functions.get(name, name)
    function = console.template.functions.get(logical_id)
    scheduled = sorted(key for key, each in functions.items() if console.template.functions[each].schedules)
    if function is None or not function.schedules:
        raise BadInput(f"{name} is not a scheduled function; those are: {', '.join(scheduled)}")
    event = event_of(logical_id, function.schedules[0], console.clock.now())
    try:
        return _json({"function": logical_id, "result": json.loads(console.pools[logical_id].invoke(event))})
    except Broken as broken:
        return Response(500, (JSON,), json.dumps({"function": logical_id, **broken.failure.as_json()}).encode())


def _grant_admin(console: Console, request: Request, _rest: str) -> Response:
    body = _body(request)
    named = {name: body[name] for name in ("phone", "email") if isinstance(body.get(name), str)}
    if len(named) != 1:
        raise BadInput("the body must have either phone or email")
    try:
        result = json.loads(console.pools[GRANT_ADMIN].invoke(named))
    except Broken as broken:
        return Response(500, (JSON,), json.dumps(broken.failure.as_json()).encode())
    if "wrong" in result:
        raise BadInput(result["wrong"])
    return message(404, "No customer has verified this address.") if "unknown" in result else _json(result)


def _receipts_key(console: Console, _request: Request, _rest: str) -> Response:
    """The key that verifies the receipts of this stack's deletions, for `make verify-receipt`."""
    pem = json.loads(console.pools[RECEIPTS_KEY].invoke({}))
    return Response(200, (("content-type", "application/x-pem-file"), ("cache-control", "no-store")), pem.encode())


def _environment(console: Console, _request: Request, _rest: str) -> Response:
    """Each function's environment, in the form of `sam local invoke --env-vars`: `make invoke` runs one in Docker against this stack."""
    return _json({name: console.pools[name].spec.environment for name in console.template.functions})


def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError:
        raise BadInput("the body must be JSON") from None
    if not isinstance(body, dict):
        raise BadInput("the body must be a JSON object")
    return body


def _number(body: Mapping[str, Any], name: str, maximum: float) -> float:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= maximum:
        raise BadInput(f"{name} must be a number of seconds from 0 to {maximum}")
    return value


def _json(value: object) -> Response:
    return Response(200, (JSON, ("cache-control", "no-store")), json.dumps(value, ensure_ascii=False).encode())


_ROUTES: Mapping[str, Mapping[str, Callable[[Console, Request, str], Response | None]]] = {
    "": {"GET": _inbox},
    "demo": {"GET": _demo},
    "graphiql": {"GET": _graphiql},
    "messages": {"GET": _messages},
    "clock": {"POST": _clock},
    "faults": {"POST": _faults},
    "iys": {"POST": _iys},
    "run": {"POST": _run},
    "admin": {"GET": _folder, "POST": _grant_admin},
    "receipts-key": {"GET": _receipts_key},
    "environment": {"GET": _environment},
}
