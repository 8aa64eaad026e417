"""Requests: one HTTP API event (payload format 2.0), who sent it, and everything about it that can be wrong."""

import base64
import json
import re
from functools import cached_property
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from customer_auth.base import client, settings
from customer_auth.base.client import Client
from customer_auth.base.errors import BadRequest, FieldError, NotAuthenticated, TooLarge, UnsupportedMedia
from customer_auth.base.locales import choose
from customer_auth.http import user_agents
from customer_auth.http.schemas.base import Model
from customer_auth.tokens import publishable_keys

MAX_BYTES = 10 * 1024
KEY = re.compile(r"[\x21-\x7e]{16,64}")
_UNREADABLE = "\ufffd"
_BEARER = re.compile(r"Bearer +(\S+)", re.IGNORECASE)


class Request:
    """The parts of an event that an endpoint may use. Forwarding headers are not among them: anyone can send those."""

    def __init__(self, event: dict[str, Any]) -> None:
        self._event = event
        # HTTP APIs write names in lower case; `sam local start-api` does not.
        self._headers: dict[str, str] = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        context = event["requestContext"]
        self.id = str(context["requestId"])
        method, _, self.route = str(event["routeKey"]).partition(" ")  # the path may begin with a custom domain's mapping
        self.is_head = method == "HEAD"
        self.query: dict[str, str] = event.get("queryStringParameters") or {}
        self.parameters: dict[str, str] = event.get("pathParameters") or {}
        self.at = int(context.get("timeEpoch", 0)) // 1000
        self.method = str(context["http"]["method"])
        self._domain = str(context["domainName"])
        self._source_ip = str(context["http"]["sourceIp"])

    @cached_property
    def bucket(self) -> str:
        """What rate limits count as one client."""
        return client.bucket(self._source_ip)

    def client(self, body: object) -> Client:
        """The client, by its connection and by what its body says of it."""
        locale = choose(getattr(body, "locale", None), self._headers.get("accept-language"))
        return Client(self.bucket, locale, getattr(body, "device", None), user_agents.label(self._headers.get("user-agent", "")))

    def issuer(self) -> str:
        """The ISSUER, or the domain that the request came to."""
        return settings.service().issuer or f"https://{self._domain}"

    @property
    def has_access_token(self) -> bool:
        return "authorization" in self._headers

    def access_token(self) -> str:
        """The bearer token (RFC 6750 §2.1). Raises: NotAuthenticated."""
        match = _BEARER.fullmatch(self._headers.get("authorization", ""))
        if match is None:
            raise NotAuthenticated("no_token")
        return match[1]

    def header(self, name: str) -> str | None:
        """A header's value, by its name in lower case."""
        return self._headers.get(name)

    def publishable_key(self) -> tuple[str | None, str | None]:
        """A storefront's key, and the page's origin (RFC 6454) if a browser sent one."""
        return self._headers.get(publishable_keys.HEADER), self._headers.get("origin")

    def idempotency_key(self) -> str | None:
        """The key with which the caller may repeat this call. Raises: BadRequest."""
        key = self._headers.get("idempotency-key")
        if key is not None and not KEY.fullmatch(key):
            message = "must be 16 to 64 printable ASCII characters"
            raise BadRequest(f"Idempotency-Key {message}", FieldError("Idempotency-Key", message))
        return key

    def cookies(self, name: str) -> list[str]:
        """The values of the cookies with this name (RFC 6265 §4.2)."""
        pairs = (cookie.partition("=") for cookie in self._event.get("cookies") or ())
        return [value for each, _, value in pairs if each == name]

    def text(self, media_type: str, *, is_optional: bool = False) -> str:
        """The body's text, of this content type; `{}` if there is none and it is optional (then it needs no type either).

        Raises: UnsupportedMedia, TooLarge, BadRequest.
        """
        body: str = self._event.get("body") or ""
        if is_optional and not body:
            return "{}"
        if self._headers.get("content-type", "").partition(";")[0].strip().lower() != media_type:
            raise UnsupportedMedia(f"The body must be {media_type}")
        try:
            raw = base64.b64decode(body, validate=True) if self._event.get("isBase64Encoded") else body.encode()
        except ValueError:  # not base64, or lone surrogates
            raise BadRequest("The body must be UTF-8", FieldError("body", "must be UTF-8")) from None
        if len(raw) > MAX_BYTES:
            raise TooLarge("The body must be at most 10 KB", FieldError("body", "must be at most 10 KB"))
        return _text(raw)

    def json_for(self, model: type[Model], *, is_optional: bool = False) -> str:
        """The same for this model: an empty optional member counts as absent, and the query string's members where the model says so."""
        text = model.as_json(self.text(model.media_type, is_optional=is_optional))
        try:
            body = from_json(text)
        except ValueError:
            return text  # the model's parser says what is wrong
        if not isinstance(body, dict):
            return text
        members = model.without_empty(body)
        if from_query := {name: value for name, value in self.query.items() if name in model.in_query}:
            members = model.without_empty(from_query | members)
        return text if members == body else json.dumps(members)


def _text(raw: bytes) -> str:
    """UTF-8, read strictly. The gateway passes JSON on as text, with U+FFFD for bytes that are not UTF-8. Raises: BadRequest."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = _UNREADABLE
    if _UNREADABLE in text:
        raise BadRequest("The body must be UTF-8", FieldError("body", "must be UTF-8"))
    return text


def parse_body[B: Model](request: Request, model: type[B]) -> B:
    """The body as its model. Raises: UnsupportedMedia, TooLarge, BadRequest naming every field that is wrong, never its value."""
    is_optional = request.method == "POST" and not any(info.is_required() for info in model.model_fields.values())
    try:
        return model.model_validate_json(request.json_for(model, is_optional=is_optional))
    except ValidationError as wrong:
        raise _wrong(model, wrong) from None


def parse_query[Q: Model](request: Request, model: type[Q]) -> Q:
    """The query string as its model. Raises: BadRequest naming every parameter that is wrong, never its value."""
    try:
        return model.model_validate_strings(model.without_empty(request.query))
    except ValidationError as wrong:
        raise _wrong(model, wrong) from None


def _wrong(model: type[Model], wrong: ValidationError) -> BadRequest:
    errors = [_field_error(model, error) for error in wrong.errors(include_url=False)]
    return BadRequest(f"{_title(model, errors[0].field)} {errors[0].message}", *errors)


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _field_error(model: type[Model], error: Any) -> FieldError:
    if not error["loc"]:
        return FieldError("body", "must be a JSON object")
    name = str(error["loc"][0])
    required = any(name in (field, info.alias) and info.is_required() for field, info in model.model_fields.items())
    if error["type"] == "missing" or (required and error["input"] in (None, "")):
        return FieldError(name, "is required", missing=True)
    if error["type"] in ("int_parsing", "greater_than_equal", "less_than_equal"):
        low, high = (getattr(rule, key) for key in ("ge", "le") for rule in model.model_fields[name].metadata if hasattr(rule, key))
        return FieldError(name, f"must be a whole number from {low} to {high}")
    if error["type"] == "value_error":
        return FieldError(name, str(error["ctx"]["error"]))
    return FieldError(name, _KINDS.get(error["type"], "is not valid"))


_KINDS = {"string_type": "must be text", "bool_type": "must be true or false"}


def _title(model: type[Model], name: str) -> str:
    """What people call a field."""
    titles = {info.alias or field: info.title for field, info in model.model_fields.items()}
    return titles.get(name) or ("The body" if name == "body" else name)
