"""What people do at providers before a call that is to be broken: each returns the arguments of a call that succeeds.

`again` among them turns the provider back to before the call, as the tables are: it has not yet seen the code.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from tests.harness import provider_events
from tests.harness.browsers import FORM, PAGE, Browser
from tests.harness.people import Person

KEY = "c2FtZS1rZXktYWdhaW4"
EVENT = {"content-type": "application/secevent+jwt"}


class Guest(Person):
    """Somebody with accounts at the three providers, and a browser."""

    def __init__(self, api, inbox, providers: dict):
        super().__init__(api, inbox)
        self.providers, self.browser = providers, Browser(api)
        self.google, self.apple, self.facebook = (providers[name] for name in ("google", "apple", "facebook"))


def to_start(kind: str) -> Callable[[Guest], dict]:
    return lambda _: {"parameters": {"provider": kind}, "redirectUrl": PAGE}


def to_exchange(kind: str, *, linked: bool = False, token: str | None = None) -> Callable[[Guest], dict]:
    """With the provider's code and a key; `linked`: the account is a customer's already."""

    def prepare(guest: Guest) -> dict:
        provider = guest.providers[kind]
        if linked:
            assert guest.browser.sign_in(provider).status == 200
        signed_in = guest.browser.visit(provider)
        codes = dict(provider.codes)

        def again() -> None:
            provider.codes = dict(codes)

        headers = {"cookie": guest.browser.cookie, "idempotency-key": KEY} | ({"authorization": f"Bearer {token}"} if token else {})
        body = {"code": signed_in.code, "state": signed_in.state}
        return {"parameters": {"provider": kind}, "headers": headers, "again": again} | body

    return prepare


def to_link(kind: str) -> Callable[[Guest], dict]:
    """With the access token of a customer, to whom the account is added."""

    def prepare(guest: Guest) -> dict:
        guest.sign_up()
        return to_exchange(kind, token=guest.session["token"])(guest)

    return prepare


def apples_form(guest: Guest) -> dict:
    signed_in = guest.apple.sign_in(guest.browser.start(guest.apple)["authUrl"])
    return {"headers": FORM, "raw": urlencode(signed_in._asdict()).encode()}


def linked(guest: Guest) -> dict:
    """The access token of a customer who signs in by Google too."""
    guest.sign_up()
    answer = guest.browser.sign_in(guest.google, token=guest.session["token"])
    return {"headers": {"authorization": f"Bearer {answer['sessionToken']}"}}


def to_remove(guest: Guest) -> dict:
    return linked(guest) | {"parameters": {"provider": "google"}}


def googles_event(kind: str) -> Callable[[Guest], dict]:
    def prepare(guest: Guest) -> dict:
        google = guest.google
        guest.browser.sign_in(google)
        claims = provider_events.google_claims(google.issuer, google.client_id, google.person["sub"], kind)
        return {"headers": EVENT, "raw": google.signed(claims).encode()}

    return prepare


def apples_event(kind: str) -> Callable[[Guest], dict]:
    def prepare(guest: Guest) -> dict:
        apple = guest.apple
        guest.browser.sign_in(apple)
        claims = provider_events.apple_claims(apple.issuer, apple.client_id, apple.person["sub"], kind)
        return {"payload": apple.signed(claims)}

    return prepare


def facebooks_demand(*, only_way_in: bool) -> Callable[[Guest], dict]:
    """That the data of a customer be deleted, who has another way in or none."""

    def prepare(guest: Guest) -> dict:
        if not only_way_in:
            guest.sign_up()
        guest.browser.sign_in(guest.facebook, token=guest.session.get("token"))
        return {"headers": FORM, "raw": urlencode({"signed_request": guest.facebook.signed_request()}).encode()}

    return prepare


def carried_out(guest: Guest) -> dict:
    """The confirmation code of a demand."""
    demand = facebooks_demand(only_way_in=True)(guest)
    answer = guest.api.post("/login/facebook/data-deletion", **demand)
    return {"parameters": {"id": answer["confirmation_code"]}}
