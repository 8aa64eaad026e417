"""Every example of the older API's description, as it is printed, in both of its flows."""

import re
from pathlib import Path

import pytest

from tests.harness.graphql_clients import GraphqlClient
from tests.harness.graphql_examples import EMAIL, NUMBER, OTHER_NUMBER, example, names
from tests.harness.people import Person

ATTRIBUTES = [{"attribute_code": "phone_number", "value": NUMBER}]
SENT = {"success": True, "message": "OTP sent successfully"}


@pytest.fixture
def turkey(tables, setting):
    """A shop in Turkey, which has no customers yet."""
    setting(DEFAULT_REGION="TR", ALLOWED_REGIONS="TR")


@pytest.fixture
def run(turkey, guest):
    """Run an example; the code in it is the one that came to the number."""

    def send(name: str, *, to: str | None = None, client: GraphqlClient = guest) -> dict:
        return client.run(example(name, client.inbox.code(f"+90{to}") if to else None))

    return send


@pytest.fixture
def verified(run):
    """A guest who has proven the number."""
    assert run("send") == SENT
    assert run("verify", to=NUMBER)["success"]


def test_a_code_is_sent_and_verified(run):
    assert run("status") == {"has_pending_otp": False, "phone_number": None, "time_remaining": None, "is_expired": False}
    assert run("send") == SENT
    assert run("status") == {"has_pending_otp": True, "phone_number": NUMBER, "time_remaining": 300, "is_expired": False}
    assert run("verify", to=NUMBER) == {
        "success": True,
        "message": "Phone number verified successfully",
        "phone_verified": True,
        "customer_updated": False,
    }
    assert not run("status")["has_pending_otp"]


def test_a_customer_is_created_with_a_verified_number(verified, run):
    created = run("create_with_phone")

    assert (created["success"], created["message"]) == (True, "Customer account created successfully")
    assert created["customer"].pop("id").startswith("cus_")
    assert created["customer"] == {
        "firstname": "John",
        "lastname": "Doe",
        "email": EMAIL,
        "phone_number": NUMBER,
        "phone_verified": True,
    }


@pytest.mark.parametrize("name", ["create_with_attribute", "create_from_session"])
def test_a_customer_is_created_by_the_standard_mutation_both_ways(verified, run, name):
    customer = run(name)["customer"]

    assert customer.pop("id").startswith("cus_")
    assert customer == {"firstname": "John", "lastname": "Doe", "email": EMAIL, "custom_attributes": ATTRIBUTES}


def test_a_customer_changes_to_another_number(verified, run, guest, api, inbox):
    run("create_with_phone")
    owner = Person(api, inbox)
    owner.phone = f"+90{NUMBER}"
    api.clock.advance(90)
    owner.sign_in()
    client = GraphqlClient(api, inbox).as_customer(owner.session["token"])
    assert run("customer", client=client)["phone_number"] == NUMBER

    assert run("customer_send", client=client) == SENT
    changed = run("customer_verify", to=OTHER_NUMBER, client=client)

    assert (changed["success"], changed["phone_verified"], changed["customer_updated"]) == (True, True, True)
    assert owner.me().status == 401  # the change ends every session


def test_no_example_is_left_out():
    assert names() <= set(re.findall(r'"(\w+)"', Path(__file__).read_text("utf-8")))
