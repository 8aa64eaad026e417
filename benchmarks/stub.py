"""An AWS that answers at once: a socket server in a process of its own that knows just what signing in asks of DynamoDB.

It keeps one item a table key in memory and applies no condition; what is measured is the caller. Its answers have the headers and the
length of AWS's own.
"""

import json
import socketserver
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue
from typing import Any

REQUEST_ID = "Q1ERHDF0GQK8S5QCPVKF2A2TBNVV4KQNSO5AEMVJF66Q9ASUAAJG"  # as long as DynamoDB's


class _Answers:
    """Items by their key, and secrets by their id. A code item keeps the challenge that was put last."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.known = known
        customers = (name.partition("#")[2] for name in known if name.startswith("customer#"))
        self.hint = next(customers)

    def UpdateItem(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 (the operation's own name)
        name = asked["Key"]["pk"]["S"]
        item = self.known.setdefault(name, {"pk": {"S": name}})
        put = asked["ExpressionAttributeValues"].get(":challenge")
        if put:
            put["M"]["customer"] = {"S": self.hint}  # as the outbox does
            item[asked["ExpressionAttributeNames"]["#p"]] = put
        return {"Attributes": item} if asked.get("ReturnValues") == "ALL_NEW" else {}

    def BatchGetItem(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        found = {
            table: [self.known[key["pk"]["S"]] for key in keys["Keys"] if key["pk"]["S"] in self.known]
            for table, keys in asked["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def TransactWriteItems(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {}

    def GetItem(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        item = self.known.get(asked["Key"]["pk"]["S"])
        return {"Item": item} if item else {}

    def GetSecretValue(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"SecretString": self.known[asked["SecretId"]], "ARN": asked["SecretId"], "Name": asked["SecretId"]}

    def Decrypt(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"Plaintext": asked["CiphertextBlob"], "KeyId": asked["KeyId"]}


def _serve(known: dict[str, Any], ports: "Queue[int]") -> None:
    answers = _Answers(known)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            act = getattr(answers, self.headers["x-amz-target"].rpartition(".")[2])
            body = json.dumps(act(asked), separators=(",", ":")).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "keep-alive")
            self.send_header("x-amzn-RequestId", REQUEST_ID)
            self.send_header("x-amz-crc32", str(zlib.crc32(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def version_string(self) -> str:
            return "Server"  # DynamoDB says no more of itself

        def log_message(self, *_: object) -> None:
            """Nothing: what is measured is elsewhere."""

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
