import socket
import threading
import time
from contextlib import contextmanager

import pytest
import requests

from local.server import Request, Response, Server


@contextmanager
def serving(app, **options):
    server = Server("127.0.0.1", 0, **{"longest_body": 1_000} | options)
    server.start(app)
    try:
        yield server
    finally:
        server.stop()


def echo(request):
    seen = f"{request.method} {request.path} {request.query} {request.client} {request.header('x-a')} ".encode()
    return Response(200, (("content-type", "text/plain"), ("x-b", "c")), seen + request.body)


@pytest.fixture
def server():
    with serving(echo) as server:
        yield server


@pytest.fixture
def connection(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        yield connection


def answer_of(file):
    status = file.readline().decode().split(" ", 1)[1].strip()
    headers = dict(line.decode().rstrip().split(": ", 1) for line in iter(file.readline, b"\r\n"))
    return status, headers, file.read(int(headers.get("content-length", 0)))


def test_a_request_is_seen_as_it_was_sent(server):
    answer = requests.patch(f"http://127.0.0.1:{server.port}/a%20b?c=%20", data=b"body", headers={"X-A": "1"}, timeout=5)

    assert (answer.status_code, answer.content) == (200, b"PATCH /a%20b c=%20 127.0.0.1 1 body")
    assert answer.headers["x-b"] == "c"


def test_a_connection_is_kept_and_chunks_are_joined(connection):
    with connection.makefile("rb") as file:
        for body in (b"5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nTrailer: x\r\n\r\n", b"0\r\n\r\n"):
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
            status, _, text = answer_of(file)
            assert (status, text.endswith(b"hello!") or body.startswith(b"0")) == ("200 OK", True)


@pytest.mark.parametrize("header", [b"Content-Length: 1001", b"Transfer-Encoding: chunked"])
def test_a_body_that_is_too_long_is_refused(connection, header):
    with connection.makefile("rb") as file:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\n3e9\r\n" + b"x" * 1001)
        status, headers, _ = answer_of(file)

    assert status.startswith("413 ")
    assert headers["connection"] == "close"


@pytest.mark.parametrize("header", [b"Content-Length: many", b"Transfer-Encoding: chunked"])
def test_a_malformed_body_is_a_bad_request(connection, header):
    with connection.makefile("rb") as file:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\nzz\r\n")
        assert answer_of(file)[0].startswith("400 ")


def test_head_has_the_length_and_no_body(connection):
    with connection.makefile("rb") as file:
        connection.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        text = file.read()

    assert b"content-length: " in text
    assert text.endswith(b"\r\n\r\n")


def test_head_to_an_app_that_omits_the_body_has_no_length_and_keeps_the_connection():
    with (
        serving(lambda _: Response(200)) as server,
        socket.create_connection(("127.0.0.1", server.port), 5) as connection,
        connection.makefile("rb") as file,
    ):
        for _ in range(2):
            connection.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
            head = [*iter(file.readline, b"\r\n")]
            assert head[0].startswith(b"HTTP/1.1 200 ")
            assert not [line for line in head if line.startswith(b"content-length")]


def test_no_response_closes_the_connection():
    with serving(lambda _: None) as server, pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{server.port}/", timeout=5)


def test_an_error_of_the_app_is_answered_and_printed(capsys):
    with serving(lambda _: 1 / 0) as server:
        assert requests.get(f"http://127.0.0.1:{server.port}/", timeout=5).status_code == 500

    assert "ZeroDivisionError" in capsys.readouterr().err


def test_requests_are_answered_concurrently():
    meeting = threading.Barrier(8, timeout=20)

    def meet(_: Request):
        meeting.wait()
        return Response(204)

    with serving(meet) as server:
        threads = [
            threading.Thread(target=requests.get, args=(f"http://127.0.0.1:{server.port}/",), kwargs={"timeout": 20}) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not meeting.broken


def test_requests_before_the_start_wait_for_it():
    server = Server("127.0.0.1", 0, longest_body=10)
    answers = []
    asking = threading.Thread(target=lambda: answers.append(requests.get(f"http://127.0.0.1:{server.port}/", timeout=5).status_code))
    asking.start()
    time.sleep(0.1)
    server.start(lambda _: Response(200))
    asking.join()
    server.stop()

    assert answers == [200]


def test_a_port_serves_one_at_a_time(server):
    with pytest.raises(OSError, match="in use"):
        Server("127.0.0.1", server.port, longest_body=1)
