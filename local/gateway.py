"""What API Gateway's HTTP API does around the functions: routes, CORS, limits, and the conversion of results to responses.

Source: API Gateway developer guide, "HTTP APIs". A function that fails is answered 500 (a REST API would answer 502), one that is too slow
503.
"""

import base64
import json
import uuid
from collections.abc import Callable, Mapping
from email.utils import formatdate
from typing import Any

from local.events import http_event
from local.pool import Broken, Pool
from local.routes import Routes
from local.server import Request, Response
from local.template import Cors

LONGEST_BODY = 10 * 1024 * 1024
LONGEST_WAIT_SECONDS = 30
JSON = ("content-type", "application/json")
TIMED_OUT = "Sandbox.Timedout"


def message(status: int, text: str) -> Response:
    """A response of the gateway itself."""
    return Response(status, (JSON,), json.dumps({"message": text}, separators=(",", ":")).encode())


NOT_FOUND = message(404, "Not Found")
TOO_LONG = message(413, "Request Too Long")
BROKEN = message(500, "Internal Server Error")
TOO_SLOW = message(503, "Service Unavailable")


class Gateway:
    """Answers the service's requests. `origins` are allowed in addition to the template's; `now` is the stack's clock."""

    def __init__(self, routes: Routes, pools: Mapping[str, Pool], cors: Cors, *, domain: str, now: Callable[[], float]) -> None:
        self._routes = routes
        self._pools = pools
        self._cors = cors
        self._domain = domain
        self._now = now
        self._origins = {*cors.allow_origins, f"http://{domain}", f"http://localhost:{domain.rpartition(':')[2]}"}

    def answer(self, request: Request) -> Response:
        """The response, with CORS headers if the origin is allowed."""
        origin = request.header("origin")
        if request.method == "OPTIONS" and origin and request.header("access-control-request-method"):
            return Response(204, self._preflight_headers(origin))
        request_id = uuid.uuid4().hex[:16]
        response = self._routed(request, request_id)
        headers = tuple((name, value) for name, value in response.headers if not name.lower().startswith("access-control-"))
        own = (("date", formatdate(self._now(), usegmt=True)), ("apigw-requestid", request_id))
        return response._replace(headers=(*headers, *own, *self._cors_headers(origin)))

    def _routed(self, request: Request, request_id: str) -> Response:
        match = self._routes.find(request.method, request.path)
        if match is None:
            return NOT_FOUND
        event = http_event(
            request.method,
            request.path,
            headers=request.headers,
            query=request.query,
            body=request.body,
            route_key=f"{match.route.method} {match.route.path}",
            path_parameters=match.path_parameters,
            source_ip=request.client,
            domain=self._domain,
            request_id=request_id,
            at=self._now(),
        )
        try:
            return response_of(self._pools[match.function].invoke(event, within_seconds=LONGEST_WAIT_SECONDS))
        except Broken as broken:
            return TOO_SLOW if broken.failure.kind == TIMED_OUT else BROKEN

    def _allowed(self, origin: str) -> str | None:
        if "*" in self._origins:
            return "*"
        return origin if origin in self._origins else None

    def _cors_headers(self, origin: str) -> tuple[tuple[str, str], ...]:
        allowed = self._allowed(origin) if origin else None
        if allowed is None:
            return ()
        optional = {
            "access-control-expose-headers": ",".join(self._cors.expose_headers),
            "access-control-allow-credentials": "true" if self._cors.allow_credentials and allowed != "*" else "",
        }
        return (("access-control-allow-origin", allowed), *((name, value) for name, value in optional.items() if value))

    def _preflight_headers(self, origin: str) -> tuple[tuple[str, str], ...]:
        if self._allowed(origin) is None:
            return ()
        optional = {
            "access-control-allow-methods": ",".join(self._cors.allow_methods),
            "access-control-allow-headers": ",".join(self._cors.allow_headers),
            "access-control-max-age": str(self._cors.max_age_seconds or ""),
        }
        return (*self._cors_headers(origin), *((name, value) for name, value in optional.items() if value))


def response_of(result: str) -> Response:
    """The response that a function's JSON result means (payload format 2.0); a result that means none is an error of the function."""
    value = json.loads(result)
    if not isinstance(value, dict) or "statusCode" not in value:
        text = value if isinstance(value, str) else json.dumps(value)
        return Response(200, (JSON,), text.encode())
    try:
        return Response(int(value["statusCode"]), _headers(value), _body(value))
    except (TypeError, ValueError, AttributeError):
        return BROKEN


def _headers(value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    headers = [(str(name).lower(), _header_text(text)) for name, text in (value.get("headers") or {}).items()]
    if "content-type" not in dict(headers):
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    return (*headers, *(("set-cookie", str(cookie)) for cookie in value.get("cookies") or ()))


def _header_text(text: object) -> str:
    return str(text).lower() if isinstance(text, bool) else str(text)


def _body(value: Mapping[str, Any]) -> bytes:
    body = value.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise TypeError("a body is a string")
    return base64.b64decode(body, validate=True) if value.get("isBase64Encoded") else body.encode()
