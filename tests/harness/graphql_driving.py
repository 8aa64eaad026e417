"""What people do at the GraphQL endpoint to cause messages (see `driving`)."""

from tests.harness.driving import be_member, log_in_again
from tests.harness.graphql_clients import GraphqlClient
from tests.harness.people import Person, new_number


def client_of(person: Person) -> GraphqlClient:
    client = GraphqlClient(person.api, person.inbox)
    client.ip, client.number = person.ip, person.phone
    return client


def ask(person: Person):
    return client_of(person).ask()


def ask_as_customer(person: Person):
    return client_of(person).as_customer(person.session["token"]).ask(new_number())


def be_mover(person: Person) -> None:
    """Somebody who changes back and forth between two numbers."""
    be_member(person)
    person.first, person.spare = person.phone, new_number()


def another_number(person: Person) -> dict:
    log_in_again(person)
    new = person.spare if person.phone != person.spare else person.first
    client = client_of(person).as_customer(person.session["token"])
    asked = client.ask(new)
    return {"client": client, "new": new, "code": person.inbox.code(new) if asked["success"] else "1234567"}


def change_number(person: Person, client: GraphqlClient, new: str, code: str):
    changed = client.verify(code)
    if changed["success"]:
        person.session |= {"token": changed["token"], "refresh_token": changed["refresh_token"]}
        person.phone = new
    return changed
