"""Successes of the GraphQL endpoint that are broken in every way: the arguments of their requests, after a person's preparation."""

import json
from dataclasses import replace
from urllib.parse import quote

from tests.harness import graphql_clients as documents
from tests.harness.answers import Answer
from tests.harness.graphql_clients import GraphqlClient
from tests.harness.people import PASSWORD, Person, new_number

KEY = {"idempotency-key": "k" * 20}


def request(document: str, headers: dict | None = None, **variables) -> dict:
    return {"raw": json.dumps({"query": document, "variables": variables}).encode(), "headers": headers or {}}


def as_rest_would(answer: Answer) -> Answer:
    """The response with its field for a body, and with the status that the REST API would have for a refusal."""
    if answer.status != 200 or "data" not in answer.body:
        return answer
    [payload] = answer["data"].values()
    refused = payload is None or payload.get("success") is False
    status = 200 if not refused else 429 if "retry-after" in answer.headers else 401
    return replace(answer, status=status, text=json.dumps(payload))


def client_of(person: Person) -> GraphqlClient:
    client = GraphqlClient(person.api, person.inbox)
    client.ip, client.number, client.email = person.ip, person.phone, person.email
    return client


def to_ask(person: Person) -> dict:
    return request(documents.SEND, input={"phone_number": person.phone})


def to_ask_as_customer(person: Person) -> dict:
    person.sign_up()
    bearer, person.phone = person.bearer(), new_number()
    return request(documents.SEND, bearer, input={"phone_number": person.phone})


def to_verify(person: Person) -> dict:
    client = client_of(person)
    client.ask()
    return request(documents.VERIFY, KEY | {"x-session-id": client.session}, input={"otp_code": client.code()})


def to_verify_as_customer(person: Person) -> dict:
    person.sign_up()
    client = client_of(person).as_customer(person.session["token"])
    client.ask(number := new_number())
    headers = KEY | client.headers | {"x-session-id": client.session}
    return request(documents.VERIFY, headers, input={"otp_code": client.code(number)})


def to_create(person: Person) -> dict:
    client = client_of(person)
    client.prove()
    names = {"firstname": "John", "lastname": "Doe", "email": person.email, "password": PASSWORD, "phone_number": person.phone}
    return request(documents.WITH_PHONE, {"x-session-id": client.session}, input=names)


def to_create_with_key(person: Person) -> dict:
    arguments = to_create(person)
    return arguments | {"headers": arguments["headers"] | KEY}


def to_create_without_number(person: Person) -> dict:
    return request(documents.CREATE, input={"email": person.email, "password": PASSWORD})


def to_sign_in(person: Person) -> dict:
    person.member()
    person.api.clock.advance(90)
    return request(documents.TOKEN, email=person.email, password=PASSWORD)


def to_sign_out(person: Person) -> dict:
    person.sign_up()
    return request(documents.REVOKE, person.bearer())


def to_see_oneself(person: Person) -> dict:
    person.sign_up()
    return request(documents.ME, person.bearer())


def to_see_the_status(person: Person) -> dict:
    client = client_of(person)
    client.ask()
    return {"headers": {"x-session-id": client.session}, "query": f"query={quote(documents.STATUS)}"}
