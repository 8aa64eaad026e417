"""Requests to providers on real sockets: what they carry, and that they end in time whatever the other side does."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut
from customer_auth.outgoing import provider_http, provider_sockets
from customer_auth.outgoing.deadline import Deadline
from tests.harness import provider_faults

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


@contextmanager
def served(serve):
    """A server that treats every connection with `serve(connection)`; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads = []

        def accept():
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    threads.append(threading.Thread(target=treat, args=(connection,)))
                    threads[-1].start()

        def treat(connection):
            with connection, suppress(OSError):
                serve(connection)

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join()


@contextmanager
def over(event):
    """Sets the event at its end, whatever happens."""
    try:
        yield
    finally:
        event.set()


@pytest.fixture
def until_the_end():
    """An event that is set when the test is over."""
    event = threading.Event()
    with over(event):
        yield event


def brief():
    return Deadline(each_seconds=0.3, all_seconds=0.3)


@contextmanager
def in_time():
    started = time.monotonic()
    yield
    assert time.monotonic() - started < 1


def test_a_request_says_who_it_is_from_and_asks_for_one_answer(google):
    provider_http.get(f"{google.url}/jwks", Deadline())

    [call] = google.calls
    assert call.headers == {
        "host": google.url.removeprefix("http://"),
        "accept": "application/json",
        "user-agent": "customer-auth",
        "connection": "close",
    }


def test_a_form_is_sent_as_one(google):
    google.faults["token"] = provider_faults.body(b"{}")
    provider_http.post_form(f"{google.url}/token", {"code": "a+b&c=ü ", "state": ""}, Deadline())

    [call] = google.calls
    assert call.parameters == {"code": "a+b&c=ü ", "state": ""}
    assert call.headers["content-type"] == "application/x-www-form-urlencoded"


def test_cookies_are_not_sent_back(google):
    google.headers["jwks"] = {"set-cookie": "a=b; Path=/"}
    for _ in range(2):
        provider_http.get(f"{google.url}/jwks", Deadline())

    assert all("cookie" not in call.headers for call in google.calls)


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_not_used(google, monkeypatch, name):
    monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert provider_http.get(f"{google.url}/jwks", Deadline()).status == 200


def test_a_redirect_is_an_answer_like_any_other(google, apple):
    google.faults["jwks"] = provider_faults.redirect(f"{apple.url}/jwks")

    assert provider_http.get(f"{google.url}/jwks", Deadline()).status == 302
    assert not apple.calls


def test_an_answer_has_64_kb_at_most(google):
    google.faults["jwks"] = provider_faults.body(b" " * 65_000)
    assert len(provider_http.get(f"{google.url}/jwks", Deadline()).body) == 65_000

    google.faults["jwks"] = provider_faults.body(b" " * 65_536)
    with pytest.raises(ProviderFailed, match="provider_http"):
        provider_http.get(f"{google.url}/jwks", Deadline())


def test_endless_headers_are_given_up(until_the_end):
    def serve(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not until_the_end.is_set():
            connection.sendall(b"x: y\r\n" * 1000)

    with served(serve) as port, over(until_the_end), in_time(), pytest.raises(ProviderFailed):
        provider_http.get(f"http://localhost:{port}/", Deadline())


def test_a_refused_connection_is_a_failure():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(ProviderFailed, match="provider_connection"):
        provider_http.get(f"http://127.0.0.1:{port}/", Deadline())


def test_the_next_address_of_a_name_is_tried_too(google, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()
    resolved = socket.getaddrinfo(*google.url.removeprefix("http://").split(":"), type=socket.SOCK_STREAM)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(*resolved[0][:4], closed), *resolved])

    assert provider_http.get(f"{google.url}/jwks", Deadline()).status == 200


def test_a_name_that_is_none_is_a_failure(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ProviderFailed, match="provider_connection"):
        provider_http.get("https://accounts.example/", Deadline())


def test_a_slow_resolver_is_not_waited_for(monkeypatch, until_the_end):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: until_the_end.wait(10) and [])

    with in_time(), pytest.raises(ProviderTimedOut):
        provider_http.get("https://accounts.example/", brief())


def test_a_host_that_accepts_no_connection_is_not_waited_for(until_the_end):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]  # they fill the queue, so the next one gets no answer
        for each in waiting:
            each.settimeout(0)
            each.connect_ex(listener.getsockname())

        with in_time(), pytest.raises(ProviderTimedOut):
            provider_http.get(f"http://127.0.0.1:{listener.getsockname()[1]}/", brief())
        for each in waiting:
            each.close()


@pytest.mark.parametrize("chunk", [b"", b"\x16"])
def test_a_handshake_that_does_not_end_is_not_waited_for(until_the_end, chunk):
    """Either nothing comes, or the first record byte by byte: a handshake's record of 16 KB, which never becomes whole."""

    def serve(connection):
        connection.recv(4096)
        for byte in b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb" + bytes(4096) if chunk else b"":
            if until_the_end.wait(0.02):
                return
            connection.sendall(bytes([byte]))
        until_the_end.wait(10)

    with served(serve) as port, over(until_the_end), in_time(), pytest.raises(ProviderTimedOut):
        provider_http.get(f"https://localhost:{port}/", brief())


def test_a_request_that_begins_when_the_time_is_over_is_not_sent(google):
    with pytest.raises(ProviderTimedOut):
        provider_http.get(f"{google.url}/jwks", Deadline(each_seconds=0))
    assert not google.calls


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of `localhost`, and the context of its server."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return path, context


@pytest.fixture
def tls_port(certificate):
    def serve(connection):
        with certificate[1].wrap_socket(connection, server_side=True) as secured:
            secured.recv(4096)
            secured.sendall(ANSWER)

    with served(serve) as port:
        yield port


@pytest.fixture
def trusting(certificate, monkeypatch):
    """A service that trusts the certificate's issuer."""
    context = ssl.create_default_context(cafile=certificate[0])
    monkeypatch.setattr(provider_sockets, "ssl_context", lambda: context)


def test_a_provider_is_reached_over_tls(tls_port, trusting):
    assert provider_http.get(f"https://localhost:{tls_port}/", Deadline()).json_object() == {}


def test_a_certificate_of_another_name_is_refused(tls_port, trusting):
    with pytest.raises(ProviderFailed, match="provider_connection"):
        provider_http.get(f"https://127.0.0.1:{tls_port}/", Deadline())


def test_a_certificate_that_nobody_vouches_for_is_refused(tls_port):
    with pytest.raises(ProviderFailed, match="provider_connection"):
        provider_http.get(f"https://localhost:{tls_port}/", Deadline())


def test_a_provider_that_speaks_no_tls_is_refused(google):
    with pytest.raises(ProviderFailed, match="provider_connection"):
        provider_http.get(google.url.replace("http:", "https:"), Deadline())


def test_plain_http_goes_to_this_machine_alone(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("it was looked up"))

    with pytest.raises(ProviderFailed, match="provider_url"):
        provider_http.get("http://accounts.example/", Deadline())
