"""Connections to providers: looking a name up, TCP and TLS, all of it by one point in time of the monotonic clock."""

import socket
import threading
import time
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import SplitResult

from customer_auth.aws.connections import ssl_context

_PORTS = {"http": 80, "https": 443}


def left(ends_at: float) -> float:
    """The seconds that are left. Raises: TimeoutError."""
    seconds = ends_at - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def connect(parts: SplitResult, ends_at: float) -> socket.socket:
    """A connection to the host of an URL, in TLS unless it is plain http. Raises: OSError, TimeoutError (no time is left)."""
    host = parts.hostname or ""
    connection = _connected(_addresses(host, parts.port or _PORTS[parts.scheme], ends_at), ends_at)
    if parts.scheme != "https":
        return connection
    try:
        connection.settimeout(left(ends_at))  # of the handshake as a whole, not of each of its reads
        return ssl_context().wrap_socket(connection, server_hostname=host)
    except BaseException:
        connection.close()
        raise


def _connected(addresses: list[Any], ends_at: float) -> socket.socket:
    """A connection to the first address that accepts one. One that does not answer leaves the others their share of the time."""
    failure: OSError = OSError("no address")
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(left(ends_at) / (len(addresses) - number))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect(address)
        except OSError as failed:
            connection.close()
            failure = failed
        else:
            return connection
    raise failure


def _addresses(host: str, port: int, ends_at: float) -> list[Any]:
    """The addresses of a host. The resolver cannot be interrupted, so a thread waits for it, and is left alone with it if it is slow."""
    answers = SimpleQueue[list[Any] | OSError | UnicodeError]()

    def resolve() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as failed:
            answers.put(failed)

    threading.Thread(target=resolve, daemon=True).start()
    try:
        answer = answers.get(timeout=left(ends_at))
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer
