"""A small HTTP/1.1 server on a loopback address: one thread a connection, keep-alive, and the whole body is read before the response."""

import socket
import threading
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

IDLE_SECONDS = 75  # a connection without a request is closed, as API Gateway closes it
LONGEST_LINE = 65_536
DRAINED_CHUNKS = 1_024  # of at most LONGEST_LINE bytes


class Request(NamedTuple):
    """`path` and `query` as in the request line; header names as sent; `client` is the connection's own address."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    client: str

    def header(self, name: str) -> str:
        """The value of the first header with this (lower-case) name, or an empty string."""
        return next((value for each, value in self.headers if each.lower() == name), "")


class Response(NamedTuple):
    """A response; the server adds its length."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


type App = Callable[[Request], Response | None]  # None closes the connection without a response


class TooLong(Exception):
    """The body is longer than the server accepts."""


class Server:
    """Serves an app in threads of its own, from `start` to `stop`. The constructor binds the port.

    Raises: OSError (the port is in use).
    """

    def __init__(self, host: str, port: int, *, longest_body: int, too_long: Response | None = None) -> None:
        self._server = _Listener((host, port), longest_body, too_long or Response(413))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name=f"server:{self.port}")

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self, app: App) -> None:
        """Answer requests, including those that have waited since the port was bound."""
        self._server.app = app
        self._thread.start()

    def stop(self) -> None:
        """Accept no more requests; current ones lose their connections when the process ends."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    app: App

    def __init__(self, address: tuple[str, int], longest_body: int, too_long: Response) -> None:
        self.longest_body = longest_body
        self.too_long = too_long
        super().__init__(address, _Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that disconnect."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    server: _Listener

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __getattr__(self, name: str) -> Callable[[], None]:
        # http.server looks for `do_GET`, `do_POST`, …; this serves every method.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Do nothing, because requests are not logged."""

    def _answer(self) -> None:
        try:
            body = self._read_body()
        except TooLong:
            self.close_connection = True
            self._send(self.server.too_long)
            self._drain()
            return
        except ValueError:
            self.close_connection = True
            self._send(Response(400))
            return
        path, _, query = self.path.partition("?")
        request = Request(self.command, path, query, tuple(self.headers.items()), body, self.client_address[0])
        try:
            response = self.server.app(request)
        except Exception:  # noqa: BLE001 - the client shall see an answer, and the developer what happened
            traceback.print_exc()
            response = Response(500)
        if response is None:
            self.close_connection = True
            return
        self._send(response)

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._read_chunks()
        length = int(self.headers.get("Content-Length") or 0)
        if length > self.server.longest_body:
            raise TooLong
        body = self.rfile.read(max(length, 0))
        if len(body) < length:
            raise ValueError("the body ended early")
        return body

    def _read_chunks(self) -> bytes:
        body = bytearray()
        while size := int(self.rfile.readline(LONGEST_LINE).partition(b";")[0], 16):
            if len(body) + size > self.server.longest_body:
                raise TooLong
            body += self.rfile.read(size)
            self.rfile.readline(LONGEST_LINE)
        while self.rfile.readline(LONGEST_LINE).strip():
            pass  # trailers
        return bytes(body)

    def _drain(self) -> None:
        """Read what the client still sends, up to a limit, because it reads the response only afterwards."""
        self.connection.settimeout(1)
        for _ in range(DRAINED_CHUNKS):
            if not self.rfile.read1(LONGEST_LINE):
                return

    def _send(self, response: Response) -> None:
        lines = [f"{name}: {value}" for name, value in response.headers]
        if "date" not in dict(response.headers):
            lines.append(f"date: {self.date_time_string()}")
        length_is_known = bool(response.body) or self.command != "HEAD"  # an app that omits the body for HEAD does not know its length
        if response.status not in {204, 304} and length_is_known:
            lines.append(f"content-length: {len(response.body)}")
        if self.close_connection:
            lines.append("connection: close")
        reason = self.responses.get(response.status, ("", ""))[0]
        head = "\r\n".join([f"HTTP/1.1 {response.status} {reason}", *lines, "", ""])
        body = b"" if self.command == "HEAD" else response.body
        self.wfile.write(head.encode("latin-1", "replace") + body)  # at once, to avoid waiting for a delayed acknowledgement
