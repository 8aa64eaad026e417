"""Everything that lies in the tables: looked at from beneath, compared, and put back as it was."""

import base64
import http.client
import itertools
import json
from typing import NamedTuple
from urllib.parse import urlsplit

CODES, SESSIONS, CUSTOMERS = TABLES = ("CodesTable", "SessionsTable", "CustomersTable")


class Place(NamedTuple):
    """Where an item lies."""

    table: str
    pk: str
    sk: str | None = None

    @property
    def kind(self) -> str:
        """The item's type, as its key tells it."""
        return "session" if self.table == SESSIONS else self.pk.partition("#")[0]


class World(dict):
    """Each item, in DynamoDB's JSON, by its place."""

    def kinds(self, kind: str) -> list[dict]:
        return [item for place, item in self.items() if place.kind == kind]

    def challenges(self) -> list[dict]:
        """The pending ones, each as its map."""
        return [value["M"] for item in self.kinds("code") for value in item.values() if "id" in value.get("M", {})]

    def events(self, kind: str, window: str) -> int:
        """How many events the windows of this name hold."""
        times = (item.get(f"{window}{nth}", {"N": "0"})["N"] for item in self.kinds(kind) for nth in range(60))
        return sum(time != "0" for time in times)

    def changes_since(self, before: "World") -> list[tuple[str, str]]:
        """What was made, changed and removed, by kinds alone."""
        made = [(place.kind, "made") for place in self.keys() - before.keys()]
        gone = [(place.kind, "removed") for place in before.keys() - self.keys()]
        changed = [(place.kind, "changed") for place in self.keys() & before.keys() if self[place] != before[place]]
        return sorted(made + gone + changed)


class Tables:
    """All tables of a service. Looking again costs nothing until one of its functions has asked AWS for something."""

    def __init__(self, api):
        self.api, self.engine = api, api.engine
        self._seen, self._seen_at = World(), -1
        self._wire = http.client.HTTPConnection(urlsplit(self.engine.dynamodb).netloc) if self.engine.dynamodb else None

    def close(self) -> None:
        if self._wire:
            self._wire.close()

    def look(self) -> World:
        if self._seen_at != len(self.api.wire.calls):
            items = ((table, item) for table in TABLES for item in self._items(table))
            self._remember(World({Place(table, item["pk"]["S"], item.get("sk", {}).get("S")): item for table, item in items}))
        return self._seen

    def put_back(self, world: World) -> None:
        """Make the tables hold this, and nothing else."""
        now = self.look()
        removed = [(place.table, {"DeleteRequest": {"Key": _key(place)}}) for place in now.keys() - world.keys()]
        put = [(place.table, {"PutRequest": {"Item": item}}) for place, item in world.items() if now.get(place) != item]
        for some in itertools.batched(removed + put, 25, strict=False):
            asked: dict[str, list] = {}
            for table, request in some:
                asked.setdefault(self.engine.ids[table], []).append(request)
            assert not self.engine.clients.dynamodb.batch_write_item(RequestItems=asked)["UnprocessedItems"]
        self._remember(world)

    def empty(self) -> None:
        """Leave nothing but the keys that sign."""
        self.put_back(World({place: item for place, item in self.look().items() if place.kind == "keyring"}))

    def _remember(self, world: World) -> None:
        self._seen, self._seen_at = world, len(self.api.wire.calls)

    def _items(self, table: str) -> list[dict]:
        """A scan; to DynamoDB Local, which asks for no signature, without the SDK, whose share of the time is the greater."""
        if self._wire is None:
            return self.api.table(table)
        items, start = [], {}
        while start is not None:
            asked = json.dumps({"TableName": self.engine.ids[table]} | start)
            self._wire.request("POST", "/", asked, _HEADERS)
            told = json.loads(self._wire.getresponse().read())
            items += [_with_bytes(item) for item in told["Items"]]
            start = {"ExclusiveStartKey": told["LastEvaluatedKey"]} if "LastEvaluatedKey" in told else None
        return items


_HEADERS = {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "DynamoDB_20120810.Scan",
    "authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
}


def _key(place: Place) -> dict:
    return {"pk": {"S": place.pk}} | ({"sk": {"S": place.sk}} if place.sk else {})


def _with_bytes(value):
    """What the SDK makes of an answer: binaries are bytes."""
    if isinstance(value, dict):
        return {
            name: base64.b64decode(each) if name == "B" and isinstance(each, str) else _with_bytes(each) for name, each in value.items()
        }
    return [_with_bytes(each) for each in value] if isinstance(value, list) else value
