"""Requests to senders that are no service of AWS: once each, JSON both ways."""

import json
from collections.abc import Mapping
from typing import Any

from customer_auth import aws
from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut
from customer_auth.messaging.senders.handover import LOST
from customer_auth.messaging.senders.results import RefusalKind, SendRefused
from customer_auth.outgoing import provider_http, provider_secrets
from customer_auth.outgoing.deadline import Deadline
from customer_auth.outgoing.provider_http import ProviderResponse

_SECONDS = 3.0  # as for SNS; the function has 10
_TOO_MANY_REQUESTS, _SERVER_ERROR = 429, 500
_UNAVAILABLE = SendRefused(RefusalKind.TRANSIENT, "provider_unavailable")
THROTTLED = SendRefused(RefusalKind.TRANSIENT, "throttled")
NOT_AUTHORIZED = SendRefused(RefusalKind.PERMANENT, "not_authorized")
REJECTED = SendRefused(RefusalKind.PERMANENT, "rejected")
WRONG_NUMBER = SendRefused(RefusalKind.NUMBER, "wrong_number")


def encode(value: Mapping[str, Any]) -> bytes:
    """The body of a request."""
    return json.dumps(value).encode("ascii")


def secret(name: str) -> str | SendRefused:
    """A credential; if it cannot be read, the message waits, or goes by another sender."""
    try:
        return provider_secrets.get(name)
    except aws.Failed:
        return _UNAVAILABLE


def post(url: str, body: bytes, headers: Mapping[str, str]) -> ProviderResponse | SendRefused:
    """The response to a POST, unless it shows by itself that the provider is not in order."""
    try:
        response = provider_http.post(url, body, Deadline(each_seconds=_SECONDS), headers)
    except (ProviderFailed, ProviderTimedOut) as failed:
        return LOST if failed.was_sent else _UNAVAILABLE
    if response.status == _TOO_MANY_REQUESTS:
        return THROTTLED
    return _UNAVAILABLE if response.status >= _SERVER_ERROR else response


def members(response: ProviderResponse) -> dict[str, Any] | None:
    """The members of the JSON object that the response is; None if it is none, so that nobody knows what became of the message."""
    try:
        return response.json_object()
    except ProviderFailed:
        return None


def not_authorized() -> SendRefused:
    """The refusal of a credential, which may have been changed since it was read."""
    provider_secrets.forget_old()
    return NOT_AUTHORIZED
