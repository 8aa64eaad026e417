"""The signing keys in a test's hands: set aside and put back, and rotated daily as time goes by."""

import contextlib

from customer_auth import keyring
from customer_auth.clock import DAY
from customer_auth.tables import keys

PLACE = {"pk": {"S": keys.KEYRING}}


@contextlib.contextmanager
def kept_keyring(engine):
    """Whatever happens to the keyring inside, afterwards it is as it was."""
    dynamodb, table = engine.clients.dynamodb, engine.ids["CustomersTable"]
    before = dynamodb.get_item(TableName=table, Key=PLACE, ConsistentRead=True)["Item"]
    try:
        yield before
    finally:
        dynamodb.put_item(TableName=table, Item=before)
        keyring.forget()


class Days:
    """Days that go by, each with its run of the rotation."""

    def __init__(self, api):
        self.api = api

    def pass_by(self, count: int) -> None:
        for _ in range(count):
            self.api.clock.advance(DAY)
            self.api.invoke("RotateSigningKeys", {})
