"""Consents as GraphQL takes them: at sign-up, with a number that was proven in the same session, and withdrawn by a signed-in customer."""

import pytest

from tests.harness.graphql_clients import GraphqlClient
from tests.harness.people import Person
from tests.harness.register import new_turkish_number

CONSENTS = [
    {"type": "MESSAGE", "source": "HS_WEB", "given_at": "2025-05-01 12:00:00"},
    {"type": "EMAIL", "source": "HS_WEB"},
]


@pytest.fixture
def guest(api, inbox):
    """Somebody in Turkey without an account."""
    guest = GraphqlClient(api, inbox)
    guest.number = new_turkish_number()
    return guest


def deliver(api) -> None:
    """Send and post everything that waits in the outbox."""
    api.deliver()
    while api.deliver_again():
        pass


def sign_in(api, inbox, guest) -> GraphqlClient:
    """The guest as the customer that was created, signed in with a code."""
    owner = Person(api, inbox, ip=guest.ip)
    owner.phone = guest.number
    api.clock.advance(90)
    return guest.as_customer(owner.sign_in()["token"])


def test_a_sign_up_posts_the_consent_for_the_proven_number_and_keeps_the_one_for_the_email(api, guest, register):
    guest.prove()
    assert guest.sign_up(iys_consent=CONSENTS)["success"]
    deliver(api)

    assert register.posted(guest.number) == ["ONAY MESAJ"]
    assert register.posted(guest.email) == []
    assert "2025-05-01 12:00:00" in str(register.bodies)


def test_without_a_proven_number_nothing_is_posted(api, guest, register):
    assert guest.create(iys_consent=CONSENTS[1:])["success"]
    deliver(api)

    assert register.requests == []


@pytest.mark.parametrize(
    ("consents", "message"),
    [
        ([{"type": "EMAIL", "source": "HS_PIGEON"}], "iys_consent: source must be a source that IYS knows, like HS_WEB"),
        ([{"type": "EMAIL", "source": "HS_WEB", "given_at": "2999-01-01"}], "iys_consent: given_at must be a time like"),
        ([{"type": "EMAIL", "source": "HS_WEB"}] * 2, "Consents must be at most one of each type"),
        ([{"type": "CALL", "source": "HS_WEB"}], "A consent to CALL needs an address"),
    ],
)
def test_a_consent_that_is_wrong_is_refused_and_nothing_is_created(guest, register, consents, message):
    refused = guest.create(iys_consent=consents)

    assert (refused["success"], refused["customer"]) == (False, None)
    assert refused["message"].startswith(message)
    assert guest.create()["success"]


def test_a_customer_withdraws_a_consent_and_the_register_is_told_once(api, inbox, guest, register):
    guest.prove()
    guest.sign_up(iys_consent=CONSENTS)
    customer = sign_in(api, inbox, guest)

    withdrawn = [customer.withdraw("MESSAGE") for _ in range(2)]
    deliver(api)

    assert [each["success"] for each in withdrawn] == [True, True]
    assert register.posted(guest.number) == ["ONAY MESAJ", "RET MESAJ"]


def test_nobody_withdraws_without_being_signed_in(api, guest, register):
    guest.prove()
    guest.sign_up(iys_consent=CONSENTS)
    deliver(api)
    before = list(register.requests)

    assert guest.withdraw("MESSAGE") == {"success": False, "message": "Missing, invalid or expired token"}
    deliver(api)
    assert register.requests == before
