"""Concurrent calls, on DynamoDB's own engine."""

from collections import Counter

from customer_auth.graphql_api import documents
from tests.harness.crowds import at_once
from tests.harness.engines import ON_DYNAMODB
from tests.harness.graphql_clients import GraphqlClient

pytestmark = ON_DYNAMODB


def the_same(client: GraphqlClient) -> GraphqlClient:
    """The same client in another thread."""
    same = GraphqlClient(client.api, client.inbox)
    same.ip, same.number, same.email, same.session, same.headers = client.ip, client.number, client.email, client.session, client.headers
    return same


def test_64_verifies_of_one_code_are_one_proof(api, guest):
    guest.ask()
    code = guest.code()

    answers = at_once(64, lambda _: the_same(guest).verify(code))

    assert Counter(answer["success"] for answer in answers)[True] == 1
    assert sum(item["pk"]["S"].startswith("proof#") for item in api.table("CodesTable") if guest.number in str(item)) == 1


def test_64_verifies_with_one_key_all_succeed_and_are_one_proof(api, guest):
    guest.ask()
    code = guest.code()

    answers = at_once(64, lambda _: the_same(guest).verify(code, key="k" * 20))

    assert Counter(answer["success"] for answer in answers) == {True: 64}
    assert sum(item["pk"]["S"].startswith("proof#") for item in api.table("CodesTable") if guest.number in str(item)) == 1


def test_one_proof_is_the_number_of_one_customer_however_many_are_created_with_it(api, guest, setting):
    setting(IP_REGISTRATIONS_PER_HOUR=0)
    guest.prove()

    answers = at_once(32, lambda nth: the_same(guest).sign_up(email=f"{nth}.{guest.email}", phone_number=guest.number))

    assert Counter(answer["success"] for answer in answers)[True] == 1
    owners = [item for item in api.table("CustomersTable") if item["pk"]["S"].startswith("customer#") and guest.number in str(item)]
    assert len(owners) == 1
    assert {answer["message"] for answer in answers if not answer["success"]} <= {
        "Phone number must be verified first",
        "Phone number already verified by another user",
    }


def test_32_creations_with_one_key_are_one_customer_for_all(guest, setting):
    setting(IP_REGISTRATIONS_PER_HOUR=0)
    guest.prove()
    guest.headers = {"idempotency-key": "k" * 20}

    answers = at_once(32, lambda _: the_same(guest).sign_up(phone_number=guest.number))

    assert Counter(answer["success"] for answer in answers) == {True: 32}
    assert len({answer["customer"]["id"] for answer in answers}) == 1


def test_of_many_asks_for_one_number_one_is_sent(guest):
    documents.clear_cache()

    answers = at_once(32, lambda _: the_same(guest).ask())

    assert Counter(answer["success"] for answer in answers) == {True: 1, False: 31}
    assert len(guest.inbox.of(guest.number)) == 1
