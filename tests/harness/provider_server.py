"""A provider of the tests on `localhost`: routes to endpoints, notes the requests, and breaks the answers that it is told to break.

`localhost` and not 127.0.0.1, where the service of the tests is: a provider is another site.
"""

import json
import threading
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit


class ProviderCall(NamedTuple):
    """A request to a provider: the endpoint's name, the parameters of its query or form, and its headers by their names in lower case."""

    endpoint: str
    parameters: dict[str, str]
    headers: dict[str, str]


class ProviderServer:
    """Serves `self.routes` (method and path → name) by the method of that name, which gets the parameters and returns an answer.

    `faults` break the answers of endpoints by their names (tests/harness/provider_faults.py).
    """

    routes: dict[str, str]

    def __init__(self) -> None:
        self.calls: list[ProviderCall] = []
        self.faults: dict[str, Any] = {}
        self.headers: dict[str, dict[str, str]] = {}  # by endpoint, added to its right answer
        self.closing = threading.Event()
        self._server = _Server(("localhost", 0), _Handler)
        self._server.provider = self
        self.url = f"http://localhost:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def counts(self) -> Counter:
        """The number of requests by endpoint."""
        return Counter(call.endpoint for call in self.calls)

    def answer(self, endpoint: str, parameters: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers. Endpoints return the object of their body, or status and object, or all three."""
        returned = getattr(self, endpoint)(parameters)
        parts = returned if isinstance(returned, tuple) else (200, returned)
        code, content, headers = (*parts, {})[:3]
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return code, body, headers | self.headers.get(endpoint, {})


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing the server waits for the answers under way
    provider: ProviderServer

    def handle_error(self, *_: object) -> None:
        """A client that leaves in the middle of an answer is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    @property
    def provider(self) -> ProviderServer:
        return self.server.provider

    def do_GET(self) -> None:
        self._respond(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._respond(self.rfile.read(int(self.headers.get("content-length", 0))).decode())

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def reply(self, code: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in ({"content-type": "application/json", "content-length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _respond(self, encoded: str) -> None:
        self.close_connection = True
        endpoint = self.provider.routes.get(f"{self.command} {urlsplit(self.path).path}")
        if endpoint is None:
            self.reply(404, b"{}")
            return
        parameters = dict(parse_qsl(encoded, keep_blank_values=True))
        self.provider.calls.append(ProviderCall(endpoint, parameters, {name.lower(): value for name, value in self.headers.items()}))
        with suppress(ConnectionError):
            if fault := self.provider.faults.get(endpoint):
                fault(self, lambda: self.reply(*self.provider.answer(endpoint, parameters)))
            else:
                self.reply(*self.provider.answer(endpoint, parameters))
