"""HTTP/1.1 to providers: one request on a connection of its own, complete by a point in time, with an answer of 64 KB at most.

Providers are reached over TLS; plain HTTP goes to this very machine alone (the local stack, the tests). No redirect is followed, for a
provider in order answers at the addresses that it published. There are no cookies and no proxies of the environment. Parsing is shared
with the connections to AWS, and so is what llhttp accepts and is refused (docs/decisions/0035-answers-of-aws-are-parsed-by-llhttp.md).

Errors carry a short reason of ours, never anything of what the provider sent.
"""

import ipaddress
import json
import re
import socket
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlencode, urlsplit

from httptools import HttpParserError, HttpParserUpgrade

from customer_auth.aws.connections import READ_BYTES, Receiver
from customer_auth.base import clock, strict_json
from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut
from customer_auth.outgoing import provider_sockets
from customer_auth.outgoing.deadline import Deadline

OK = 200
_MAX_BYTES = 64 * 1024  # of an answer, head included; the longest in practice, Google's discovery document and keys, have 2 KB
_MIN_CACHE_SECONDS, _DEFAULT_CACHE_SECONDS, _MAX_CACHE_SECONDS = 5 * clock.MINUTE, clock.HOUR, clock.DAY
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:.]+")
_URL = re.compile(r"[\x21-\x7e]{1,2048}")
_MAX_AGE = re.compile(rb"(?:^|[,\s])max-age=([0-9]{1,9})(?:$|[,\s])", re.IGNORECASE)


class ProviderResponse(NamedTuple):
    """A provider's answer; `max_age_seconds` is for how long it may be cached (RFC 9111 §5.2.2.1), if it says so."""

    status: int
    body: bytes
    max_age_seconds: int | None = None

    @property
    def cache_seconds(self) -> int:
        """For how long a container keeps the answer: what the provider says, within bounds."""
        seconds = _DEFAULT_CACHE_SECONDS if self.max_age_seconds is None else self.max_age_seconds
        return min(max(seconds, _MIN_CACHE_SECONDS), _MAX_CACHE_SECONDS)

    def json_object(self) -> dict[str, Any]:
        """The JSON object that the body is. Raises: ProviderFailed."""
        try:
            return strict_json.json_object(self.body)
        except ValueError:
            raise ProviderFailed("provider_json") from None


def get(url: str, deadline: Deadline, query: Mapping[str, str] | None = None) -> ProviderResponse:
    """Send a GET, once. Raises: ProviderFailed, ProviderTimedOut."""
    return _send("GET", with_query(url, query) if query else url, "", b"", deadline)


def post_form(url: str, fields: Mapping[str, str], deadline: Deadline) -> ProviderResponse:
    """Send a form by POST, once. Raises: ProviderFailed, ProviderTimedOut."""
    body = urlencode(fields).encode("ascii")
    head = f"content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(body)}\r\n"
    return _send("POST", url, head, body, deadline)


def post_json(url: str, value: Mapping[str, Any], deadline: Deadline) -> ProviderResponse:
    """Send a JSON object by POST, once. Raises: ProviderFailed, ProviderTimedOut."""
    return post(url, json.dumps(value).encode("ascii"), deadline)


def post(url: str, body: bytes, deadline: Deadline, headers: Mapping[str, str] | None = None) -> ProviderResponse:
    """Send JSON by POST, once, with further headers. Raises: ProviderFailed, ProviderTimedOut."""
    further = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n{further}"
    return _send("POST", url, head, body, deadline)


def with_query(url: str, query: Mapping[str, str]) -> str:
    """The URL with further parameters; it may have some of its own (RFC 6749 §3.1)."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def is_allowed(url: object) -> bool:
    """Whether a request may go to this URL: https, or http to this machine."""
    if not isinstance(url, str) or not _URL.fullmatch(url):
        return False
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        return False
    host = parts.hostname or ""
    if "@" in parts.netloc or "#" in url or port == 0 or not _HOST.fullmatch(host):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether the host is this machine: `localhost`, 127.0.0.0/8 or ::1."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _ProviderReceiver(Receiver):
    """An answer as its bytes come in, with the one header that matters."""

    max_head_bytes = max_bytes = _MAX_BYTES
    max_age_seconds: int | None = None

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"cache-control" and (match := _MAX_AGE.search(value)):
            self.max_age_seconds = int(match[1])


def _send(method: str, url: str, headers: str, body: bytes, deadline: Deadline) -> ProviderResponse:
    if not is_allowed(url):
        raise ProviderFailed("provider_url")
    parts, ends_at, is_connected = urlsplit(url), deadline.next_request(), False
    request = _head(method, parts, headers) + body
    try:
        with provider_sockets.connect(parts, ends_at) as connection:
            is_connected = True
            return _exchanged(connection, request, ends_at)
    except TimeoutError as late:
        raise _failure(ProviderTimedOut("provider_timeout"), was_sent=is_connected) from late
    except (OSError, UnicodeError) as failed:
        raise _failure(ProviderFailed("provider_connection"), was_sent=is_connected) from failed
    except (HttpParserError, HttpParserUpgrade) as failed:
        raise ProviderFailed("provider_http") from failed


def _failure[E: (ProviderFailed, ProviderTimedOut)](error: E, *, was_sent: bool) -> E:
    """The error, with whether the provider may have got the request."""
    error.was_sent = was_sent
    return error


def _head(method: str, parts: SplitResult, headers: str) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    general = "accept: application/json\r\nuser-agent: customer-auth\r\nconnection: close\r\n"
    return f"{method} {target} HTTP/1.1\r\nhost: {parts.netloc}\r\n{general}{headers}\r\n".encode("ascii")


def _exchanged(connection: socket.socket, request: bytes, ends_at: float) -> ProviderResponse:
    """Send the request and receive the answer. Raises: OSError (TimeoutError if it is late), HttpParserError, HttpParserUpgrade."""
    receiver = _ProviderReceiver()
    connection.settimeout(provider_sockets.left(ends_at))
    connection.sendall(request)
    response = None
    while response is None:  # each part is waited for until the end, so an answer that drips is late like any other
        connection.settimeout(provider_sockets.left(ends_at))
        response = receiver.add(connection.recv(READ_BYTES))
    return ProviderResponse(response.status, response.body, receiver.max_age_seconds)
