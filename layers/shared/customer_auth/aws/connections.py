"""HTTP/1.1 to AWS on persistent connections: a POST takes an idle connection or opens a new one, and leaves it idle afterwards.

A request is one write to the socket. Threads never share a connection, and a forked process does not use its parent's. Responses are parsed
by llhttp (`httptools`), in a thirtieth of the time that `http.client` takes, whose parser is made for mail; what llhttp accepts and an
HTTP/1.1 client must not is refused here (docs/decisions/0035-answers-of-aws-are-parsed-by-llhttp.md).
"""

import os
import select
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

CONNECT_SECONDS = 1.0
READ_SECONDS = 2.0
_PORTS = {"http": 80, "https": 443}
READ_BYTES = 65_536
_FIRST_FINAL_STATUS = 200


class ResponseLost(Exception):
    """There was no response, or only a part of one."""


class Response(NamedTuple):
    """An HTTP response."""

    status: int
    body: bytes


_idle: dict[str, list[socket.socket]] = {}


def post(url: str, headers: Mapping[str, str], body: bytes) -> Response:
    """Send one POST to the root of this URL, once; `headers` include its host.

    Raises: ResponseLost. All idle connections to the URL are closed then, so that the next request opens a new one.
    """
    connection = None
    try:
        connection = _take_idle(url) or _connect(url)
        connection.sendall(request(headers, body))
        response, is_reusable = _receive(connection)
    except (OSError, HttpParserError, HttpParserUpgrade) as failed:
        if connection:
            connection.close()
        _close_idle(url)  # whatever broke this connection has probably broken the others too
        raise ResponseLost(type(failed).__name__) from failed
    if is_reusable:
        _idle.setdefault(url, []).append(connection)
    else:
        connection.close()
    return response


def request(headers: Mapping[str, str], body: bytes) -> bytes:
    """The bytes of a request."""
    head = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    return f"POST / HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n".encode("latin-1") + body


class _BrokenResponse(HttpParserError):
    """Not a response to our request, or only a part of one."""


class Receiver:
    """A response as its bytes come in: the parser calls these methods by name."""

    max_head_bytes = 2 * READ_BYTES  # including the part of the body that was read with its last bytes
    max_bytes = 32 * 1024 * 1024  # DynamoDB's longest response is 16 MB of items, a third longer as JSON

    def __init__(self) -> None:
        self.parser = HttpResponseParser(self)
        self.length = self.status = 0
        self.is_last = False
        self.parts: list[bytes] = []
        self.response: Response | None = None

    def add(self, received: bytes) -> Response | None:
        """The response once it is complete. Raises: HttpParserError, HttpParserUpgrade."""
        if not received:
            raise _BrokenResponse("closed")
        if not self.length and received[:1] != b"H":  # llhttp skips leading empty lines
            raise _BrokenResponse("not_http")
        self.length += len(received)
        if self.length > (self.max_bytes if self.status else self.max_head_bytes):
            raise _BrokenResponse("too_long")
        try:
            self.parser.feed_data(received)
        except HttpParserError:
            if self.response is None:
                raise
            self.is_last = True  # something follows it
        return self.response

    def on_message_begin(self) -> None:
        if self.response:
            raise _BrokenResponse("more_than_one")

    def on_headers_complete(self) -> None:
        self.status = self.parser.get_status_code()
        if self.status < _FIRST_FINAL_STATUS or not self.parser.get_http_version().startswith("1."):
            raise _BrokenResponse("not_http_1")
        self.is_last = not self.parser.should_keep_alive()

    def on_body(self, part: bytes) -> None:
        self.parts.append(part)

    def on_message_complete(self) -> None:
        self.response = Response(self.status, b"".join(self.parts))


def _receive(connection: socket.socket) -> tuple[Response, bool]:
    """The response, and whether its connection can be used again: not if it says so, or if something follows it.

    A response that ends with its connection is refused: a complete one could not be told from a part of one.
    Raises: OSError, HttpParserError, HttpParserUpgrade.
    """
    receiver = Receiver()
    while (response := receiver.add(connection.recv(READ_BYTES))) is None:
        pass
    return response, not receiver.is_last


@cache
def ssl_context() -> ssl.SSLContext:
    """TLS 1.2 or later, trusting the system's authorities or those of AWS_CA_BUNDLE, like the SDK."""
    context = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def forget() -> None:
    """Close all idle connections; when a forked process does so, its parent's stay open."""
    for url in [*_idle]:
        _close_idle(url)
    _idle.clear()


os.register_at_fork(after_in_child=forget)


def _close_idle(url: str) -> None:
    while connections := _idle.get(url):
        with suppress(IndexError):  # another thread was faster
            connections.pop().close()


def _take_idle(url: str) -> socket.socket | None:
    """An idle connection that the other side has not closed: before the next request there must be nothing to read."""
    connections = _idle.get(url, [])
    while connections:
        try:
            connection = connections.pop()
        except IndexError:  # another thread was faster
            break
        if not _is_readable(connection):
            return connection
        connection.close()
    return None


def _is_readable(connection: socket.socket) -> bool:
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection = socket.create_connection((host, parts.port or _PORTS[parts.scheme]), CONNECT_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if parts.scheme == "https":
        connection = ssl_context().wrap_socket(connection, server_hostname=host)
    connection.settimeout(READ_SECONDS)
    return connection
