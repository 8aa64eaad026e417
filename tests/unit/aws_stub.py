"""AWS as a stub behind the client's connections: it answers the requests that a test expects, in that order, and no others."""

import json
from collections import deque
from contextlib import contextmanager
from unittest.mock import patch

from customer_auth.aws import connections, json_protocol, retries

ATTEMPTS = 2


class Stub:
    """The expected requests and their responses."""

    def __init__(self):
        self._expected = deque()

    def answers(self, operation: str, parameters: dict, response: dict) -> None:
        self._expected.append((operation, parameters, connections.Response(200, json.dumps(response).encode())))

    def fails(self, operation: str) -> None:
        """Fail every attempt of one call."""
        refusal = connections.Response(500, b'{"__type": "com.amazonaws#InternalServerError"}')
        self._expected += [(operation, None, refusal)] * ATTEMPTS

    def post(self, _url, headers, body):
        operation, parameters, answer = self._expected.popleft()
        assert headers["x-amz-target"].partition(".")[2] == operation
        assert parameters in (None, json.loads(body))
        return answer


@contextmanager
def stubbed():
    stub = Stub()
    json_protocol.forget()
    with patch.object(connections, "post", stub.post), patch.object(retries, "_BASE_DELAY_SECONDS", 0):
        yield stub
    assert not stub._expected
    json_protocol.forget()
