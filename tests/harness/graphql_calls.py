"""The GraphQL operations whose requests to AWS docs/access-patterns.md names: their preparation, and the operation itself."""

from tests.harness import graphql_clients
from tests.harness.graphql_clients import GraphqlClient
from tests.harness.people import Person, new_ip, new_number

POST, GET = "POST /graphql", "GET /graphql"


class GraphqlCalls:
    """`session` makes a customer with a live session, `member` a person with a verified email and a password."""

    def __init__(self, calls):
        self.calls, self.api, self.inbox = calls, calls.api, calls.inbox

    def by_name(self) -> dict:
        ask, run = (lambda client: client.ask(new_number())), graphql_clients
        return {
            POST: (self.guest, ask),
            f"{POST}, sendPhoneOtp instead of another number": (self.waiting, ask),
            f"{POST}, sendPhoneOtp by a customer": (self.customer, ask),
            f"{POST}, verifyPhoneOtp": (self.waiting, self.verify),
            f"{POST}, verifyPhoneOtp of a number that is taken": (self.of_a_customer, self.verify),
            f"{POST}, verifyPhoneOtp by a customer": (self.changing, self.verify),
            f"{POST}, createCustomerWithPhone": (self.proven, lambda client: client.sign_up()),
            f"{POST}, createCustomer": (self.guest, lambda client: client.create()),
            f"{POST}, generateCustomerToken": (self.member, lambda client: client.sign_in()),
            f"{POST}, revokeCustomerToken": (self.customer, lambda client: client.run(run.REVOKE)),
            f"{POST}, withdrawIysConsent": (self.consenting, lambda client: client.withdraw("MESSAGE")),
            f"{POST}, customer": (self.customer, lambda client: client.run(run.ME)),
            GET: (self.waiting, lambda client: client.get(run.STATUS)),
            "GET /graphql/schema": (lambda: None, lambda _: self.api.get("/graphql/schema")),
        }

    def guest(self) -> GraphqlClient:
        return GraphqlClient(self.api, self.inbox)

    def waiting(self) -> GraphqlClient:
        """A guest whom a code was sent to."""
        client = self.guest()
        assert client.ask()["success"]
        client.ip = new_ip()  # nothing of its windows is used up
        return client

    def proven(self) -> GraphqlClient:
        client = self.waiting()
        assert client.verify()["success"]
        return client

    def customer(self) -> GraphqlClient:
        return self.guest().as_customer(self.calls.session()["token"])

    def changing(self) -> GraphqlClient:
        client = self.customer()
        assert client.ask()["success"]
        return client

    def of_a_customer(self) -> GraphqlClient:
        """A guest who has asked for a code to a customer's number."""
        client = self.guest()
        client.number = self.calls.session()["customer"]["phone"]
        assert client.ask()["success"]
        return client

    def consenting(self) -> GraphqlClient:
        """A signed-in customer who has consented to messages."""
        client = self.proven()
        assert client.sign_up(iys_consent=[{"type": "MESSAGE", "source": "HS_WEB"}])["success"]
        owner = Person(self.api, self.inbox)
        owner.phone = client.number
        self.api.clock.advance(90)
        return client.as_customer(owner.sign_in()["token"])

    def member(self) -> GraphqlClient:
        person: Person = self.calls.member()
        client = self.guest()
        client.email = person.email
        return client

    def verify(self, client: GraphqlClient) -> dict:
        return client.verify(client.code())
