"""What a sign-in cannot do without, by Python's standard library: its five signed requests sent again, one RS256, and Lambda's JSON.

Nothing of the service is in it, so it stays the same whatever the service does.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import NamedTuple
from unittest.mock import patch
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

_CLAIMS = b"c" * 400  # about as long as an access token's header and claims


class Sent(NamedTuple):
    """A request as it went out."""

    headers: dict[str, str]
    body: bytes


class Floor:
    """The same requests again, on a connection of its own."""

    def __init__(self, url: str, requests: list[Sent], events: list[str], answers: list[str]) -> None:
        assert len(requests) == 5, requests
        self._connection = HTTPConnection(urlsplit(url).netloc)
        self._key = rsa.generate_private_key(65537, 2048)
        self._requests, self._events = requests, events
        self._answers = [json.loads(answer) for answer in answers]

    def once(self) -> None:
        """All of it, once."""
        for event in self._events:
            json.loads(event)
        for request in self._requests:
            self._connection.request("POST", "/", request.body, request.headers)
            json.loads(self._connection.getresponse().read())
        self._key.sign(_CLAIMS, padding.PKCS1v15(), SHA256())
        for answer in self._answers:
            json.dumps(answer)


@contextmanager
def recorded() -> Iterator[list[Sent]]:
    """The requests that go out meanwhile."""
    from customer_auth.aws import connections  # noqa: PLC0415 (after the settings are there)

    requests: list[Sent] = []
    make = connections.request

    def noting(headers: Mapping[str, str], body: bytes) -> bytes:
        requests.append(Sent(dict(headers), body))
        return make(headers, body)

    with patch.object(connections, "request", noting):
        yield requests
