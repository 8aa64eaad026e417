"""The tests' own connections to DynamoDB Local: one that the server has closed meanwhile causes no failure."""

import socket
import threading

import pytest

from tests.harness.direct import Direct

ANSWER = b'HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{"Items": []}'


class Listener:
    """Answers this number of requests on each connection, whatever they are, and then closes it."""

    def __init__(self, requests: int):
        self.requests, self.connections = requests, 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while not self._ended.is_set():
            connection, _ = self._socket.accept()
            self.connections += 1
            with connection, connection.makefile("rb") as stream:
                for _ in range(self.requests):
                    length = 0
                    for line in iter(stream.readline, b"\r\n"):
                        if not line:
                            return
                        name, _, value = line.partition(b":")
                        length = int(value) if name.lower() == b"content-length" else length
                    stream.read(length)
                    connection.sendall(ANSWER)

    def close(self):
        self._ended.set()
        socket.create_connection(self._socket.getsockname()).close()  # accept() waits for one more
        self._thread.join()
        self._socket.close()


@pytest.fixture
def listening():
    started = []

    def listen(requests: int) -> tuple[Listener, Direct]:
        listener = Listener(requests)
        started.append((listener, Direct(listener.url, "local")))
        return started[-1]

    yield listen
    for listener, direct in started:
        direct.close()
        listener.close()


def test_one_connection_is_kept(listening):
    listener, direct = listening(3)

    assert [direct.scan("codes") for _ in range(3)] == [[]] * 3
    assert listener.connections == 1


def test_a_connection_that_the_server_has_closed_is_replaced(listening):
    listener, direct = listening(1)

    assert [direct.scan("codes") for _ in range(3)] == [[]] * 3
    assert listener.connections == 3


def test_a_server_that_never_answers_raises_an_error(listening):
    _, direct = listening(0)

    with pytest.raises(ConnectionError):
        direct.scan("codes")
