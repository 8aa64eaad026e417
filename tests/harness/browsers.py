"""A person's browser at the shop's page: it keeps the cookie of a sign-in by a provider, and visits the provider."""

import itertools
import json
import random
from urllib.parse import urlencode

from tests.harness.answers import Answer
from tests.harness.hostile_provider import SignIn

PAGE = "https://shop.example.com/auth/callback"
OTHER_PAGE = "https://shop.example.com/account?tab=sign-in"
FORM = {"content-type": "application/x-www-form-urlencoded"}


_people = itertools.count(random.randrange(10**9))
_DOMAINS = {"google": "gmail.com", "apple": "privaterelay.appleid.com", "facebook": "example.com"}


def new_person(kind: str) -> dict[str, str]:
    """Changes to a provider's person that make them somebody whom nobody in this run was."""
    number = str(next(_people))
    return {"id" if kind == "facebook" else "sub": number, "email": f"ada.{number}@{_DOMAINS[kind]}"}


class Browser:
    """Signs in by a provider. `binding` is the value of the cookie; None before the first start, and in a browser without cookies."""

    def __init__(self, api, *, keeps_cookies: bool = True):
        self.api, self.keeps_cookies = api, keeps_cookies
        self.cookie: str | None = None
        self.started: Answer | None = None

    def start(self, provider, page: str = PAGE) -> Answer:
        """Begin a sign-in; the response says where to go."""
        self.started = self.api.post(f"/login/{provider.kind}/start", headers=self._headers(), redirectUrl=page)
        for cookie in self.started.cookies if self.keeps_cookies else ():
            self.cookie = cookie.partition(";")[0]
        return self.started

    def visit(self, provider, page: str = PAGE, **person) -> SignIn:
        """Begin a sign-in and sign in at the provider, as its person with these changes; what it sends back."""
        answer = self.start(provider, page)
        assert answer.status == 200, answer.text
        signed_in = provider.sign_in(answer["authUrl"], **person)
        return self.passed_on(signed_in) if provider.kind == "apple" else signed_in

    def visit_as_another(self, provider) -> SignIn:
        """The same as a person who has never been here."""
        return self.visit(provider, **new_person(provider.kind))

    def passed_on(self, signed_in: SignIn) -> SignIn:
        """Apple's form goes to the service without the cookie, which sends the browser on."""
        fields = {name: value for name, value in signed_in._asdict().items() if value is not None}
        answer = self.api.post("/login/apple/callback", headers=FORM, raw=urlencode(fields).encode())
        assert answer.status == 303, answer.text
        return signed_in

    def exchange(self, provider, signed_in: SignIn, *, token: str | None = None, key: str | None = None, **more) -> Answer:
        """Bring back what the provider has sent."""
        headers = self._headers() | ({"authorization": f"Bearer {token}"} if token else {}) | ({"idempotency-key": key} if key else {})
        body = {"code": signed_in.code, "state": signed_in.state} | more
        body = {name: value for name, value in body.items() if value is not None}
        return self.api.post(f"/login/{provider.kind}/exchange", headers=headers, raw=json.dumps(body).encode())

    def sign_in(self, provider, *, token: str | None = None, **person) -> Answer:
        """The whole way."""
        return self.exchange(provider, self.visit(provider, **person), token=token)

    def _headers(self) -> dict[str, str]:
        return {"cookie": self.cookie} if self.cookie else {}
