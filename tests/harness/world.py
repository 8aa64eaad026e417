"""All items of the tables: read without the service, compared, and restored."""

import itertools
from typing import NamedTuple

MANY = 100
CODES, SESSIONS, CUSTOMERS = TABLES = ("CodesTable", "SessionsTable", "CustomersTable")


class ItemRef(NamedTuple):
    """An item's table and key."""

    table: str
    pk: str
    sk: str | None = None

    @property
    def kind(self) -> str:
        """The item's type, by its key."""
        return "session" if self.table == SESSIONS else self.pk.partition("#")[0]


class World(dict):
    """Each item, in DynamoDB's JSON, by its reference."""

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
        """The created, changed and removed items, by kind alone."""
        created = [(place.kind, "made") for place in self.keys() - before.keys()]
        gone = [(place.kind, "removed") for place in before.keys() - self.keys()]
        changed = [(place.kind, "changed") for place in self.keys() & before.keys() if self[place] != before[place]]
        return sorted(created + gone + changed)


class Tables:
    """All tables of a service. Looking again costs nothing until one of its functions has sent a request to AWS."""

    def __init__(self, api):
        self.api, self.engine = api, api.engine
        self._seen, self._seen_at = World(), -1

    def look(self) -> World:
        if self._seen_at != len(self.api.wire.calls):
            items = ((table, item) for table in TABLES for item in self.api.table(table))
            self._remember(World({ItemRef(table, item["pk"]["S"], item.get("sk", {}).get("S")): item for table, item in items}))
        return self._seen

    def put_back(self, world: World) -> None:
        """Make the tables hold this, and nothing else."""
        now = self.look()
        removed = [(place.table, {"DeleteRequest": {"Key": _key(place)}}) for place in now.keys() - world.keys()]
        put = [(place.table, {"PutRequest": {"Item": item}}) for place, item in world.items() if now.get(place) != item]
        for some in itertools.batched(removed + put, 25, strict=False):
            batch: dict[str, list] = {}
            for table, request in some:
                batch.setdefault(self.engine.ids[table], []).append(request)
            assert not self.engine.write(batch)["UnprocessedItems"]
        code_writes = sum(table == CODES for table, _ in removed + put)
        if code_writes > MANY:
            self.engine.await_records(code_writes)
        self._remember(world)

    def empty(self) -> None:
        """Leave nothing but the keys that sign."""
        self.put_back(World({place: item for place, item in self.look().items() if place.kind == "keyring"}))

    def _remember(self, world: World) -> None:
        self._seen, self._seen_at = world, len(self.api.wire.calls)


def _key(place: ItemRef) -> dict:
    return {"pk": {"S": place.pk}} | ({"sk": {"S": place.sk}} if place.sk else {})
