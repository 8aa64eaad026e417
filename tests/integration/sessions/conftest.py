import pytest

from customer_auth import keyring, vault
from customer_auth.tables import keys
from tests.harness.forgery import Forge


@pytest.fixture
def forge(customer):
    """Makes tokens like the customer's own, with the service's key."""
    return Forge(customer.session["token"], keyring.signer().key)


@pytest.fixture
def doors(api):
    """Every endpoint that takes an access or a refresh token, as what it answers to one."""
    return Doors(api)


class Doors:
    def __init__(self, api):
        self.api = api

    def me(self, token: str):
        return self.api.get("/store/customers/me", headers={"authorization": f"Bearer {token}"})

    def validate(self, token: str):
        return self.api.post("/login/validate", sessionToken=token)

    def refresh(self, token: str):
        return self.api.post("/login/refresh", refreshToken=token)

    def log_out(self, token: str, **more):
        return self.api.post("/login/logout", refreshToken=token, **more)

    def open_to(self, session: dict) -> set[str]:
        """What this session's tokens still open; asked without using any of them up, unless it lives."""
        answers = {
            "me": self.me(session["token"]),
            "validate": self.validate(session["token"]),
            "refresh": self.refresh(session["refresh_token"]),
        }
        assert {answer.status for answer in answers.values()} <= {200, 401}
        return {name for name, answer in answers.items() if answer.status == 200}


@pytest.fixture
def customer_item(api, customer):
    """The customer's item, to be changed beneath the service."""
    return CustomerItem(api, customer)


class CustomerItem:
    def __init__(self, api, customer):
        self.dynamodb = api.engine.clients.dynamodb
        self.place = {"TableName": api.engine.ids["CustomersTable"], "Key": {"pk": {"S": keys.customer(customer.id)}}}

    def set(self, attribute: str, value: dict) -> None:
        update = {"UpdateExpression": "SET #a = :v", "ExpressionAttributeNames": {"#a": attribute}, "ExpressionAttributeValues": {":v": value}}
        self.dynamodb.update_item(**self.place, **update)

    def delete(self) -> None:
        self.dynamodb.delete_item(**self.place)


@pytest.fixture
def cold_vault():
    """A container that has read no secret yet."""
    vault.forget()
    yield
    vault.forget()
