"""HTTP/1.1 to AWS on connections that are kept: a POST goes out on one that waits, or on a new one, and it waits again afterwards.

A request is one write to the socket. Two threads never share a connection, and a forked process shares none with its parent. Answers are
parsed by llhttp (`httptools`), in a thirtieth of the time that `http.client` takes, whose parser is made for mail; what llhttp takes and an
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
_READ_BYTES = 65_536
_LONGEST_HEAD = 2 * _READ_BYTES  # with what of the body came beside its last bytes
_LONGEST = 32 * 1024 * 1024  # DynamoDB's longest is 16 MB of items, a third longer as JSON
_FINAL = 200  # statuses below are of answers before the answer


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
        answer, may_wait = _received(connection)
    except (OSError, HttpParserError, HttpParserUpgrade) as failed:
        if connection:
            connection.close()
        _close_waiting(url)  # whatever took this connection has mostly taken the others too
        raise Lost(type(failed).__name__) from failed
    if may_wait:
        _waiting.setdefault(url, []).append(connection)
    else:
        connection.close()
    return answer


def request(headers: Mapping[str, str], body: bytes) -> bytes:
    """The bytes of a request."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST / HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n".encode("latin-1") + body


class _Broken(HttpParserError):
    """What is no answer to a request of ours, or only a part of one."""


class _Reading:
    """An answer as its bytes come in: the parser calls these by name."""

    def __init__(self) -> None:
        self.parser = HttpResponseParser(self)
        self.length = self.status = 0
        self.is_last = False
        self.parts: list[bytes] = []
        self.answer: Answer | None = None

    def add(self, read: bytes) -> Answer | None:
        """The answer once it is whole. Raises: HttpParserError, HttpParserUpgrade."""
        if not read:
            raise _Broken("closed")
        if not self.length and read[:1] != b"H":  # llhttp skips empty lines in front
            raise _Broken("no answer")
        self.length += len(read)
        if self.length > (_LONGEST if self.status else _LONGEST_HEAD):
            raise _Broken("too long")
        try:
            self.parser.feed_data(read)
        except HttpParserError:
            if self.answer is None:
                raise
            self.is_last = True  # something came behind it
        return self.answer

    def on_message_begin(self) -> None:
        if self.answer:
            raise _Broken("more than one answer")

    def on_headers_complete(self) -> None:
        self.status = self.parser.get_status_code()
        if self.status < _FINAL or not self.parser.get_http_version().startswith("1."):
            raise _Broken("no answer of HTTP/1")
        self.is_last = not self.parser.should_keep_alive()

    def on_body(self, part: bytes) -> None:
        self.parts.append(part)

    def on_message_complete(self) -> None:
        self.answer = Answer(self.status, b"".join(self.parts))


def _received(connection: socket.socket) -> tuple[Answer, bool]:
    """The answer, and whether its connection may be used again: not if it says so, or if something came behind it.

    Where the end of an answer is that of its connection nobody can tell a whole one from a part: that is none.
    Raises: OSError, HttpParserError, HttpParserUpgrade.
    """
    reading = _Reading()
    while (answer := reading.add(connection.recv(_READ_BYTES))) is None:
        pass
    return answer, not reading.is_last


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
