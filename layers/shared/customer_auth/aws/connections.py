"""HTTP/1.1 to AWS on connections that are kept: a POST goes out on one that waits, or on a new one, and it waits again afterwards.

A request is one write to the socket. Two threads never share a connection, and a forked process shares none with its parent.
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


class Lost(Exception):
    """No answer came, or only a part of one."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes


_waiting: dict[str, list[socket.socket]] = {}


def post(url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """One request, once, to the root of this address; `headers` name its host. After a lost one the next connects anew. Raises: Lost."""
    connection = None
    try:
        connection = _taken(url) or _new(url)
        connection.sendall(request(headers, body))
        with HTTPResponse(connection, method="POST") as response:
            response.begin()
            answer = Answer(response.status, response.read())
    except (OSError, HTTPException) as failed:
        if connection:
            connection.close()
        _close_waiting(url)  # whatever took this connection has mostly taken the others too
        raise Lost(type(failed).__name__) from failed
    if response.will_close:
        connection.close()
    else:
        _waiting.setdefault(url, []).append(connection)
    return answer


def request(headers: Mapping[str, str], body: bytes) -> bytes:
    """The bytes of a request."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST / HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n".encode("latin-1") + body


@cache
def trust() -> ssl.SSLContext:
    """Whom a connection believes: the machine's authorities or those of AWS_CA_BUNDLE, as the SDK does, with TLS 1.2 at least."""
    context = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def forget() -> None:
    """Close the connections that wait; in a forked process its parent's stay open to the parent."""
    for url in [*_waiting]:
        _close_waiting(url)
    _waiting.clear()


os.register_at_fork(after_in_child=forget)


def _close_waiting(url: str) -> None:
    while waiting := _waiting.get(url):
        with suppress(IndexError):  # another thread was faster
            waiting.pop().close()


def _taken(url: str) -> socket.socket | None:
    """A connection that waits and that the other side has not closed meanwhile: nothing may come before the next request."""
    waiting = _waiting.get(url, [])
    while waiting:
        try:
            connection = waiting.pop()
        except IndexError:  # another thread was faster
            break
        if not _has_something_to_read(connection):
            return connection
        connection.close()
    return None


def _has_something_to_read(connection: socket.socket) -> bool:
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


def _new(url: str) -> socket.socket:
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection = socket.create_connection((host, parts.port or _PORTS[parts.scheme]), CONNECT_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if parts.scheme == "https":
        connection = trust().wrap_socket(connection, server_hostname=host)
    connection.settimeout(READ_SECONDS)
    return connection
