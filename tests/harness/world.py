"""Everything that lies in the tables: looked at from beneath, compared, and put back as it was."""

from typing import NamedTuple

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

    @classmethod
    def of(cls, api) -> "World":
        return cls({Place(table, item["pk"]["S"], item.get("sk", {}).get("S")): item for table in TABLES for item in api.table(table)})

    def kinds(self, kind: str) -> list[dict]:
        return [item for place, item in self.items() if place.kind == kind]

    def changes_since(self, before: "World") -> list[tuple[str, str]]:
        """What was made, changed and removed, by kinds alone."""
        made = [(place.kind, "made") for place in self.keys() - before.keys()]
        gone = [(place.kind, "removed") for place in before.keys() - self.keys()]
        changed = [(place.kind, "changed") for place in self.keys() & before.keys() if self[place] != before[place]]
        return sorted(made + gone + changed)

    def put_back(self, api) -> None:
        """Make the tables hold this, and nothing else."""
        dynamodb, ids = api.engine.clients.dynamodb, api.engine.ids
        now = World.of(api)
        for place in now.keys() - self.keys():
            key = {"pk": {"S": place.pk}} | ({"sk": {"S": place.sk}} if place.sk else {})
            dynamodb.delete_item(TableName=ids[place.table], Key=key)
        for place, item in self.items():
            if now.get(place) != item:
                dynamodb.put_item(TableName=ids[place.table], Item=item)


def empty(api) -> None:
    """Leave nothing in the tables but the keys that sign."""
    World({place: item for place, item in World.of(api).items() if place.kind == "keyring"}).put_back(api)
