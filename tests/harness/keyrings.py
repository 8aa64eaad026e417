"""The signing keys for tests: read and changed in the table, restored afterwards, rotated daily as time passes."""

import contextlib

from customer_auth.aws import keys
from customer_auth.base.clock import DAY
from customer_auth.tokens import keyring


class KeyringItem:
    """The keyring's item in the table."""

    def __init__(self, engine):
        self.dynamodb = engine.clients.dynamodb
        self.ref = {"TableName": engine.ids["CustomersTable"], "Key": {"pk": {"S": keys.KEYRING}}}
        self._table = engine.ids["CustomersTable"]

    def read(self) -> dict | None:
        return self.dynamodb.get_item(**self.ref, ConsistentRead=True).get("Item")

    @property
    def keys(self) -> list[dict]:
        """Each key's map, times as numbers."""
        raw = [key["M"] for key in self.read()["keys"]["L"]]
        return [{name: next(iter(value.values())) for name, value in key.items()} | _times(key) for key in raw]

    def put(self, item: dict) -> None:
        self.dynamodb.put_item(TableName=self._table, Item=item)

    def remove(self) -> None:
        self.dynamodb.delete_item(**self.ref)


def _times(key: dict) -> dict:
    return {name: int(key[name]["N"]) for name in ("sign_from", "sign_until")}


@contextlib.contextmanager
def restored_keyring(engine):
    """Whatever happens to the keyring inside, afterwards it is as it was."""
    item = KeyringItem(engine)
    before = item.read()
    try:
        yield item
    finally:
        item.put(before)
        keyring.forget()


class Days:
    """Days that go by, each with its run of the rotation."""

    def __init__(self, api):
        self.api = api

    def pass_by(self, count: int) -> None:
        for _ in range(count):
            self.api.clock.advance(DAY)
            self.api.invoke("RotateSigningKeys", {})
