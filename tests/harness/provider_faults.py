"""What can be wrong with a provider's answer on the wire: each takes the place of the right answer at one endpoint.

A fault gets the request's handler, which writes, and `answer`, which writes the right answer.
"""

import json


def status(code: int, body: bytes = b'{"error": "server_error", "secret": "of the provider"}'):
    """Another status, and a body that must not be repeated to anybody."""

    def fault(handler, _answer):
        handler.reply(code, body)

    return fault


def body(content: bytes | dict | list):
    """Another body under the status 200."""

    def fault(handler, _answer):
        handler.reply(200, content if isinstance(content, bytes) else json.dumps(content).encode())

    return fault


nonsense = body(b"<html>this is the provider's own page</html>")
twice = body(b'{"id_token": "a", "id_token": "b", "keys": [], "keys": [], "issuer": "a", "issuer": "b"}')
huge = body(b'{"padding": "' + b"x" * 100_000 + b'"}')


def redirect(url: str):
    """Elsewhere, with the right body all the same."""

    def fault(handler, _answer):
        handler.reply(302, b"{}", {"location": url})

    return fault


def slow(seconds: float = 60):
    """The right answer, but late; at the end of the provider's life no answer."""

    def fault(handler, answer):
        if not handler.provider.closing.wait(seconds):
            answer()

    return fault


def dripping(every_seconds: float = 0.05):
    """An answer whose bytes come one by one, each well within the time that one read may take."""

    def fault(handler, _answer):
        for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n" + b" " * 100_000:
            if handler.provider.closing.wait(every_seconds):
                return
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()

    return fault


def raw(sent: bytes):
    """These very bytes, and the end of the connection."""

    def fault(handler, _answer):
        handler.wfile.write(sent)

    return fault
