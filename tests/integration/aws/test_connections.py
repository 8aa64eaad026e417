"""Connections to AWS are reused, never shared at the same time, and abandoned in time."""

import contextlib
import os
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from customer_auth.aws import connections
from customer_auth.aws.connections import ResponseLost, post

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


class Server:
    """Answers every request on every connection in the same way."""

    def __init__(self):
        self.answer, self.unasked, self.connections, self.closes, self.pause = ANSWER, b"", [], False, 0.0
        self.dead = set()
        self.piece_bytes = 0  # sent at once; 0: all
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        while True:
            try:
                if not connection.recv(65_536):
                    return
                time.sleep(self.pause)
                if connection in self.dead:
                    continue
                for piece in self._pieces():
                    connection.sendall(piece)
                    time.sleep(0.001 if self.piece_bytes else 0)
                time.sleep(0.02)
                connection.sendall(self.unasked)
            except OSError:
                return
            if self.closes:
                connection.shutdown(socket.SHUT_RDWR)
                return

    def _pieces(self):
        size = self.piece_bytes or max(1, len(self.answer))
        return [self.answer[at : at + size] for at in range(0, len(self.answer), size)]

    def stop(self):
        self._listening.close()
        for connection in self.connections:
            connection.close()

    def call(self) -> bytes:
        return post(self.url, {"host": "here"}, b"{}").body


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(connections, "READ_SECONDS", 0.5)
    server = Server()
    yield server
    connections.forget()
    server.stop()


def test_a_connection_is_reused(server):
    assert [server.call() for _ in range(5)] == [b"{}"] * 5
    assert len(server.connections) == 1


def test_a_connection_that_the_other_side_has_closed_is_not_reused(server):
    server.closes = True

    assert [(server.call(), time.sleep(0.05)) for _ in range(3)] == [(b"{}", None)] * 3
    assert len(server.connections) == 3


def test_a_connection_with_unexpected_bytes_is_not_reused(server):
    server.unasked = ANSWER

    assert [(server.call(), time.sleep(0.05)) for _ in range(3)] == [(b"{}", None)] * 3
    assert len(server.connections) == 3


def test_a_response_that_closes_the_connection_is_its_last(server):
    server.answer = ANSWER.replace(b"OK\r\n", b"OK\r\nconnection: close\r\n")

    assert [server.call() for _ in range(3)] == [b"{}"] * 3
    assert len(server.connections) == 3


def test_a_connection_on_which_something_followed_the_response_is_not_used_again(server):
    for behind in (ANSWER, b"{}", b"\x00"):
        server.answer = ANSWER + behind
        assert server.call() == b"{}"
    assert len(server.connections) == 3


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n{}",  # nothing tells a whole one from a part
        b"\x16\x03\x01nonsense\r\n\r\n",
    ],
)
def test_half_a_response_counts_as_none(server, answer):
    server.answer, server.closes = answer, True

    with pytest.raises(ResponseLost):
        server.call()


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER.replace(b"HTTP/1.1", b"HTTP/2.0"),
        ANSWER.replace(b"HTTP/1.1", b"HTTP/0.9"),
        ANSWER.replace(b"200", b"099"),
        b"\r\n" + ANSWER,
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
        ANSWER.replace(b"\r\n\r\n", b"\r\ncontent-length: 1\r\n\r\n"),
        ANSWER.replace(b"\r\n\r\n", b"\r\ntransfer-encoding: chunked\r\n\r\n"),
        ANSWER.replace(b"\r\n\r\n", b"\r\nname: a\x00b\r\n\r\n"),
        ANSWER.replace(b"200 OK", b"200 " + b"O" * 200_000),
        ANSWER.replace(b"OK\r\n", b"OK\r\n" + b"name: value\r\n" * 20_000),
    ],
    ids=[
        *("HTTP/2", "HTTP/0.9", "status 99", "an empty line before it", "an answer before it", "another protocol"),
        *("two lengths", "a length and chunks", "a NUL", "a long line", "many headers"),
    ],
)
def test_a_response_that_is_not_http_1_counts_as_none(server, answer):
    server.answer = answer

    with pytest.raises(ResponseLost, match=r"Error|_Broken|Upgrade"):
        server.call()

    server.answer = ANSWER
    assert server.call() == b"{}"
    assert len(server.connections) == 2


def test_an_endless_response_is_given_up_before_it_fills_the_memory(server, monkeypatch):
    monkeypatch.setattr(connections.Receiver, "max_bytes", 100_000)
    server.answer = ANSWER.replace(b": 2", b": 200000") + b"x" * 150_000  # which all come

    with pytest.raises(ResponseLost, match="_Broken"):
        server.call()


@pytest.mark.parametrize("size", [1, 3, 17])
def test_a_response_in_pieces_is_read_whole(server, size):
    for head, body in ((b"content-length: 4", b"[12]"), (b"transfer-encoding: chunked", b"2\r\n[1\r\n2\r\n2]\r\n0\r\n\r\n")):
        whole = b"HTTP/1.1 400 Bad Request\r\n" + head + b"\r\n\r\n" + body
        server.answer, server.piece_bytes = whole, size
        assert post(server.url, {"host": "here"}, b"{}") == connections.Response(400, b"[12]")
    assert len(server.connections) == 1


def test_a_server_that_does_not_answer_in_time_is_abandoned(server):
    server.pause = 1

    with pytest.raises(ResponseLost, match="TimeoutError"):
        server.call()

    server.pause = 0
    assert server.call() == b"{}"
    assert len(server.connections) == 2  # a late response answers no other request


def test_after_a_lost_response_every_idle_connection_is_closed(server):
    server.pause = 0.1
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: server.call(), range(3)))
    idle = list(server.connections)
    server.dead = set(idle)  # as behind a gateway that has forgotten them: nothing comes back, not even that they are closed

    with pytest.raises(ResponseLost, match="TimeoutError"):
        server.call()
    answered = server.call()

    assert answered == b"{}"
    assert len(server.connections) == len(idle) + 1


def test_a_response_lost_at_one_address_closes_nothing_at_another(server):
    server.call()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ResponseLost):
        post(f"http://127.0.0.1:{port}", {"host": "here"}, b"{}")

    server.call()

    assert len(server.connections) == 1


def test_without_a_server_there_is_no_response():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(ResponseLost, match="ConnectionRefusedError"):
        post(f"http://127.0.0.1:{port}", {"host": "here"}, b"{}")


def test_concurrent_threads_have_a_connection_each(server):
    server.pause = 0.2
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda _: server.call(), range(8))) == [b"{}"] * 8

    assert len(server.connections) == 8
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: server.call(), range(8)))
    assert len(server.connections) == 8


def test_a_forked_process_uses_no_connection_of_its_parent(server):
    server.call()
    child = os.fork()
    if not child:
        os._exit(0 if not connections._idle and server.call() == b"{}" else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert server.call() == b"{}"
    assert len(server.connections) == 2


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of "localhost" by nobody that the machine knows, with its key, in a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + signed.public_bytes(Encoding.PEM))
    return str(file)


@pytest.fixture
def secure_port(certificate):
    """Where a server of that name answers by TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            with contextlib.suppress(OSError), context.wrap_socket(listening.accept()[0], server_side=True) as connection:
                connection.recv(65_536)
                connection.sendall(ANSWER)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        connections.forget()
        thread.join()


@pytest.fixture
def trusted(monkeypatch):
    """Trusts only the certificates in this file."""

    def trust(file):
        monkeypatch.setenv("AWS_CA_BUNDLE", file)
        connections.ssl_context.cache_clear()

    connections.ssl_context.cache_clear()
    yield trust
    connections.ssl_context.cache_clear()


def test_a_server_with_a_trusted_certificate_is_accepted(secure_port, certificate, trusted):
    trusted(certificate)

    assert post(f"https://localhost:{secure_port}", {"host": "localhost"}, b"{}").body == b"{}"


@pytest.mark.parametrize(("name", "known"), [("localhost", False), ("127.0.0.1", True)])
def test_a_server_without_one_receives_nothing(secure_port, certificate, trusted, name, known):
    if known:
        trusted(certificate)

    with pytest.raises(ResponseLost, match="SSLCertVerificationError"):
        post(f"https://{name}:{secure_port}", {"host": name}, b"{}")
