"""The secret that codes are derived with."""

import json

import pytest

from customer_auth import vault


class Pepper:
    """The secret, by its versions."""

    def __init__(self, engine):
        self.secrets, self.id = engine.clients.secrets, engine.ids["Pepper"]

    @property
    def versions(self) -> dict:
        return json.loads(self.secrets.get_secret_value(SecretId=self.id)["SecretString"])

    def put(self, versions: dict) -> None:
        self.secrets.put_secret_value(SecretId=self.id, SecretString=json.dumps(versions))

    def add(self, counts_from: int) -> None:
        self.put(self.versions | {str(counts_from): f"pepper of {counts_from}".ljust(64, "x")})


@pytest.fixture
def pepper(api, engine):
    """The secret; containers are cold before and after."""
    vault.forget()
    pepper = Pepper(engine)
    before = pepper.versions
    yield pepper
    pepper.put(before)
    vault.forget()
