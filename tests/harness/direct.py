"""DynamoDB Local without the SDK, which would take most of a test's time. It checks no signature."""

import base64
import http.client
import json
import threading
from urllib.parse import urlsplit

_AUTHORIZATION = "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
TABLES, STREAMS = "DynamoDB_20120810", "DynamoDBStreams_20120810"


class Refused(Exception):
    """By its name."""


class Direct:
    """One connection, on which threads take turns.

    The other side closes it after half a minute without a request, perhaps while the next one goes out: that one is sent once
    more on a new connection. Every request here is safe to repeat.
    """

    def __init__(self, url: str, access_key: str):
        self._headers = {"content-type": "application/x-amz-json-1.0", "authorization": _AUTHORIZATION.format(access_key)}
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self._lock = threading.Lock()

    def call(self, operation: str, *, of: str = TABLES, **parameters) -> dict:
        """The answer, with binaries as bytes. Raises: Refused."""
        body = json.dumps(parameters, default=lambda raw: base64.b64encode(raw).decode())
        headers = self._headers | {"x-amz-target": f"{of}.{operation}"}
        with self._lock:
            try:
                response = json.loads(self._round_trip(body, headers))
            except ConnectionError:  # http.client's RemoteDisconnected is one
                self._connection.close()
                response = json.loads(self._round_trip(body, headers))
        if "__type" in response:
            raise Refused(response["__type"].rpartition("#")[2])
        return with_bytes(response)

    def _round_trip(self, body: str, headers: dict[str, str]) -> bytes:
        self._connection.request("POST", "/", body, headers)
        return self._connection.getresponse().read()

    def scan(self, table: str) -> list[dict]:
        """Every item."""
        items, start = [], {}
        while start is not None:
            page = self.call("Scan", TableName=table, **start)
            items += page["Items"]
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]} if "LastEvaluatedKey" in page else None
        return items

    def close(self) -> None:
        self._connection.close()


def with_bytes(value):
    """The response as the SDK returns it: binaries are bytes."""
    if isinstance(value, dict):
        return {name: base64.b64decode(each) if name == "B" and isinstance(each, str) else with_bytes(each) for name, each in value.items()}
    return [with_bytes(each) for each in value] if isinstance(value, list) else value
