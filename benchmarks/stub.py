"""An AWS that responds at once: a socket server in a process of its own that knows only the DynamoDB requests of a sign-in.

It keeps one item for each table key in memory and ignores conditions, because only the caller is measured.
"""

import base64
import json
import socketserver
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue
from typing import Any


class _Answers:
    """The latest challenge, and the customers and identities that sign-ins read."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.known = known
        customers = (name.partition("#")[2] for name in known if name.startswith("customer#"))
        self.hint = next(customers)
        self.codes: dict[str, Any] = {}

    def UpdateItem(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 (the operation's own name)
        put = request["ExpressionAttributeValues"].get(":challenge")
        if put:
            purpose = request["ExpressionAttributeNames"]["#p"]
            put["M"]["customer"] = {"S": self.hint}  # as the outbox does
            self.codes = {purpose: put}
        return {"Attributes": self.codes} if request.get("ReturnValues") == "ALL_NEW" else {}

    def BatchGetItem(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        responses = {
            table: [self.known[key["pk"]["S"]] for key in keys["Keys"] if key["pk"]["S"] in self.known]
            for table, keys in request["RequestItems"].items()
        }
        return {"Responses": responses, "UnprocessedKeys": {}}

    def TransactWriteItems(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {}

    def GetItem(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        item = self.known.get(request["Key"]["pk"]["S"])
        return {"Item": item} if item else {}

    def GetSecretValue(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"SecretString": self.known[request["SecretId"]], "ARN": request["SecretId"], "Name": request["SecretId"]}

    def Decrypt(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"Plaintext": request["CiphertextBlob"], "KeyId": request["KeyId"]}


def _serve(known: dict[str, Any], ports: "Queue[int]") -> None:
    answers = _Answers(known)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            act = getattr(answers, self.headers["x-amz-target"].rpartition(".")[2])
            body = json.dumps(act(request)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/x-amz-json-1.0")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Do nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket.setsockopt(socketserver.socket.IPPROTO_TCP, socketserver.socket.TCP_NODELAY, 1)  # type: ignore[attr-defined]
    ports.put(server.server_address[1])
    server.serve_forever()


def start(known: dict[str, Any]) -> tuple[Process, str]:
    """The stub's process and address. `known` are its items by key and its secrets by id; bytes in base64."""
    ports: Queue[int] = Queue()
    process = Process(target=_serve, args=(known, ports), daemon=True)
    process.start()
    return process, f"http://127.0.0.1:{ports.get(timeout=10)}"


def binary(raw: bytes) -> dict[str, str]:
    """DynamoDB's JSON for bytes."""
    return {"B": base64.b64encode(raw).decode()}
