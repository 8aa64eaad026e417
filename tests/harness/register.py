"""Turkey's register of consents in the tests, the local stack's stand-in behind a socket, and people who consent."""

import itertools
import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from customer_auth.addresses import phone
from customer_auth.addresses.address import Channel
from customer_auth.base.client import Client
from customer_auth.consents import consents
from customer_auth.consents.consents import ConsentType
from customer_auth.customers.customers import Names, address_of
from customer_auth.flows import consent_withdrawal, customer_creation
from customer_auth.flows.customer_creation import CreatedCustomer, CustomerDetails
from customer_auth.sessions import sessions
from customer_auth.tokens import registration_tokens
from local.clock import Clock
from local.inbox import Inbox
from local.iys import CHANNEL, PATH, Iys
from local.senders import Senders
from local.server import Request, Response, Server
from tests.harness.people import PASSWORD, Person

ISSUER = "https://auth.shop.example"
CREDENTIALS = {"NETGSM_IYS_USER": "shop", "NETGSM_IYS_PASSWORD": "canary-password", "NETGSM_IYS_BRAND_CODE": "600123"}
MOST_BYTES = 1_000_000
FOREVER = 1e9

_numbers = itertools.count(random.randrange(1_000_000))


def new_turkish_number() -> str:
    """A Turkish mobile that nobody in this run has."""
    return f"+90532{2_000_000 + next(_numbers) % 7_000_000:07d}"


class Register:
    """The register: what was posted to it, the oldest first, and ways in which it fails."""

    def __init__(self, credentials: dict[str, str]):
        self._stopping = threading.Event()
        self._inbox = Inbox(Clock(), {}, lambda _: None)
        self._senders = Senders(self._inbox, Clock(), self._stopping)
        self._iys = Iys(credentials, self._inbox, self._senders)
        self._server = Server("127.0.0.1", 0, longest_body=MOST_BYTES)
        self.requests: list[Request] = []
        self.response: Response | None = None  # instead of the register's own
        self.on_request: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}{PATH}"

    @property
    def bodies(self) -> list[dict]:
        """What was sent, accepted or not."""
        return [json.loads(request.body) for request in self.requests]

    def posted(self, to: str = "") -> list[str]:
        """Type and status of each event that was accepted, for this recipient."""
        return [" ".join(message.body.split()[:2]) for message in reversed(self._inbox.messages(to))]

    def break_(self, mode: str, seconds: float = FOREVER) -> None:
        self._senders.break_(CHANNEL, mode, seconds)

    def mend(self) -> None:
        self.break_("", 0)
        self.response = None

    def start(self) -> None:
        self._server.start(self._answer)

    def stop(self) -> None:
        self._stopping.set()
        self._server.stop()

    def _answer(self, request: Request) -> Response | None:
        self.requests.append(request)
        self.on_request()
        return self.response or self._iys.answer(request)


@contextmanager
def running(**credentials: str) -> Iterator[Register]:
    register = Register(CREDENTIALS | credentials)
    register.start()
    yield register
    register.stop()


class Consenter(Person):
    """Somebody in Turkey, who consents when they sign up."""

    def __init__(self, api, inbox):
        super().__init__(api, inbox)
        self.phone = new_turkish_number()

    def sign_up_with(self, *types: str, given_at: str | None = None, phone_number: str | None = None, source: str = "HS_WEB"):
        """Register with the email and create the customer, with a phone too, as the API for consents does."""
        token = self.register()["token"]
        return self.create_with(token, *types, given_at=given_at, phone_number=phone_number, source=source)

    def create_with(
        self, token: str, *types: str, given_at: str | None = None, phone_number: str | None = None, source: str = "HS_WEB"
    ) -> CreatedCustomer:
        details = CustomerDetails(
            email=address_of(Channel.EMAIL, self.email),
            phone=phone.parse(phone_number or self.phone),
            names=Names(),
            company_name=None,
            metadata={},
            referral_code=None,
            consents=tuple(consents.parse(each, source, given_at) for each in types),
        )
        client = Client(self.ip)
        created = customer_creation.create_customer(registration_tokens.verify(token, ISSUER), details, client, ISSUER)
        self.customer_id = created.customer.id
        return created

    def withdraw(self, consent_type: str) -> None:
        caller = sessions.authenticate(self.session["token"], ISSUER)
        consent_withdrawal.withdraw(caller, ConsentType(consent_type))

    def verified(self, *types: str) -> "Consenter":
        """With both addresses verified, consents of these types, and a session."""
        self.sign_up_with(*types)
        self.prove(self.customer_id, "email")
        answer = self.prove(self.customer_id, "phone")
        assert answer.status == 200, answer.text
        self.session = self.log_in(PASSWORD).body | {"customer": answer["customer"]}
        return self
