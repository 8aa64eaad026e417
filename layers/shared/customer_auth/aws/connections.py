"""HTTP/1.1 to AWS on persistent connections: a POST takes an idle connection or opens a new one, and leaves it idle afterwards.

A request is written to the socket at once. Threads never share a connection, and a forked process does not use its parent's.
"""

import os
import select
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple
from urllib.parse import urlsplit

CONNECT_SECONDS = 1.0
READ_SECONDS = 2.0
_PORTS = {"http": 80, "https": 443}


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
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"POST / HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n".encode("latin-1") + body
    connection = None
    try:
        connection = _take_idle(url) or _connect(url)
        connection.sendall(request)
        with HTTPResponse(connection, method="POST") as http_response:
            http_response.begin()
            response = Response(http_response.status, http_response.read())
    except (OSError, HTTPException) as failed:
        if connection:
            connection.close()
        _close_idle(url)  # whatever broke this connection has probably broken the others too
        raise ResponseLost(type(failed).__name__) from failed
    if http_response.will_close:
        connection.close()
    else:
        _idle.setdefault(url, []).append(connection)
    return response


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
