"""The secret that codes are derived with."""

import json

import pytest

from customer_auth.aws import secret_keys


class DerivationKey:
    """The secret, by its versions."""

    def __init__(self, engine):
        self.secrets, self.id = engine.clients.secrets, engine.ids["DerivationKey"]

    @property
    def versions(self) -> dict:
        return json.loads(self.secrets.get_secret_value(SecretId=self.id)["SecretString"])

    def put(self, versions: dict) -> None:
        self.secrets.put_secret_value(SecretId=self.id, SecretString=json.dumps(versions))

    def add(self, counts_from: int) -> None:
        self.put(self.versions | {str(counts_from): f"derivation key of {counts_from}".ljust(64, "x")})


@pytest.fixture
def derivation_key(api, engine):
    """The secret; containers are cold before and after."""
    secret_keys.forget()
    derivation_key = DerivationKey(engine)
    before = derivation_key.versions
    yield derivation_key
    derivation_key.put(before)
    secret_keys.forget()
