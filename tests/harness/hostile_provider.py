"""OpenID providers of the tests, shaped like Google and Apple, that behave well until told not to. `hostile_facebook` has the third.

    with HostileProvider("google") as google:
        code, state, user = google.sign_in(auth_url)     # what a person and a browser do at the provider
        google.claims["aud"] = "somebody-else"           # or google.header, google.sign, google.faults["token"] = provider_faults.slow()
        assert google.counts["token"] == 1

A well-behaved one checks what a real one checks: client and secret, redirect URI, PKCE, and that a code comes once.
"""

import json
import secrets
from functools import partial
from html import escape
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt

from customer_auth.base import clock
from customer_auth.social.provider import code_challenge
from tests.harness import provider_tokens
from tests.harness.provider_server import ProviderServer
from tests.harness.provider_tokens import ProviderKey, ec_key, rsa_key

GOOGLE_ADA = {
    "sub": "110169484474386276334",
    "email": "ada@gmail.com",
    "email_verified": True,
    "name": "Ada Lovelace",
    "given_name": "Ada",
    "family_name": "Lovelace",
    "picture": "https://pictures.example/ada.jpg",
}
APPLE_ADA = {
    "sub": "001234.5a6b7c8d9e0f.0123",
    "email": "x7k2m9@privaterelay.appleid.com",
    "email_verified": "true",
    "is_private_email": "true",
}
APPLE_USER = {"name": {"firstName": "Ada", "lastName": "Lovelace"}, "email": APPLE_ADA["email"]}


class SignIn(NamedTuple):
    """What the provider sends back through the browser."""

    code: str
    state: str
    user: str | None = None  # Apple's form field, at a person's first sign-in


class HostileProvider(ProviderServer):
    """An OpenID provider: `kind` is google or apple.

    `person` is who signs in. `claims` change the claims of ID tokens and `header` their headers; `...` takes a member away. `sign` makes a
    token of claims in another way altogether. `keys` sign (the last one) and are published (all) until `published` says otherwise.
    `document` changes the discovery document.
    """

    routes = {
        "GET /.well-known/openid-configuration": "discovery",
        "GET /authorize": "authorize",
        "POST /token": "token",
        "GET /jwks": "jwks",
        "POST /revoke": "revoke",
    }

    def __init__(self, kind: str, *, client_id: str | None = None) -> None:
        super().__init__()
        self.kind, self.issuer = kind, self.url
        self.client_id = client_id or f"{kind}-client"
        self.client_secret = f"{kind} secret"
        self.team_id, self.key_id, self.client_key = "TEAM012345", "KEY0123456", ec_key("of the team")
        self.person: dict[str, Any] = dict(GOOGLE_ADA if kind == "google" else APPLE_ADA)
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.sign: Any = None
        self.keys: list[ProviderKey] = [rsa_key(f"{kind}-1")]
        self.published: list[dict] | None = None
        self.revoked: list[str] = []
        self.codes: dict[str, tuple[dict[str, str], dict[str, Any]]] = {}
        self._known: set[str] = set()  # the people whose names Apple has sent

    @property
    def settings(self) -> dict[str, str]:
        """The service's settings for this provider."""
        if self.kind == "google":
            return {"GOOGLE_ISSUER": self.issuer, "GOOGLE_CLIENT_ID": self.client_id, "GOOGLE_CLIENT_SECRET": self.client_secret}
        return {
            "APPLE_ISSUER": self.issuer,
            "APPLE_CLIENT_ID": self.client_id,
            "APPLE_TEAM_ID": self.team_id,
            "APPLE_KEY_ID": self.key_id,
            "APPLE_PRIVATE_KEY": self.client_key.pem.replace("\n", "\\n"),
        }

    def rotate(self) -> None:
        """Sign with a new key from now on, and publish no other."""
        self.keys = [rsa_key(f"{self.kind}-{len(self.keys) + 1}-{secrets.token_hex(4)}")]

    def sign_in(self, authorization_url: str, **person: Any) -> SignIn:
        """Sign in at the page that the browser was sent to, as `person` (changes to this provider's person)."""
        query = dict(parse_qsl(urlsplit(authorization_url).query))
        assert query["client_id"] == self.client_id
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code, somebody = f"code-{secrets.token_urlsafe(12)}", self.person | person
        self.codes[code] = (query, somebody)
        is_first = somebody["sub"] not in self._known
        self._known.add(somebody["sub"])
        return SignIn(code, query["state"], json.dumps(APPLE_USER) if self.kind == "apple" and is_first else None)

    def discovery(self, _: dict[str, str]) -> dict:
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "revocation_endpoint": f"{self.url}/revoke",
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return changed(document, self.document)

    def authorize(self, query: dict[str, str]) -> tuple:
        """The page of a provider whose person agrees at once; `login_hint` names another person."""
        who = {"sub": query["login_hint"]} if "login_hint" in query else {}
        fields = {name: value for name, value in self.sign_in(f"/?{urlencode(query)}", **who)._asdict().items() if value}
        if query.get("response_mode") != "form_post":
            return 302, b"", {"location": f"{query['redirect_uri']}?{urlencode(fields)}"}
        inputs = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items())
        form = f'<form method="post" action="{escape(query["redirect_uri"])}">{inputs}</form><script>document.forms[0].submit()</script>'
        return 200, f"<!doctype html><title>Sign in</title>{form}".encode(), {"content-type": "text/html"}

    def token(self, form: dict[str, str]) -> tuple | dict:
        if not self._is_client(form):
            return 401, {"error": "invalid_client"}
        query, person = self.codes.pop(form["code"], (None, {}))
        if (
            query is None
            or form["grant_type"] != "authorization_code"
            or query["redirect_uri"] != form["redirect_uri"]
            or query["code_challenge"] != code_challenge(form["code_verifier"])
        ):
            return 400, {"error": "invalid_grant", "error_description": "the provider's own words"}
        token = self.id_token(person | {"nonce": query["nonce"]})
        kept = {"refresh_token": f"refresh-{secrets.token_urlsafe(8)}"} if self.kind == "apple" else {}
        return {"access_token": "access", "token_type": "Bearer", "expires_in": 3600, "id_token": token} | kept

    def id_token(self, about: dict[str, Any]) -> str:
        """An ID token about somebody, with whatever is wrong with this provider's."""
        now = clock.now()
        claims = {"iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 3600}
        claims |= {"azp": self.client_id} if self.kind == "google" else {"nonce_supported": True}
        return self.signed(changed(claims | about, self.claims))

    def signed(self, claims: dict[str, Any]) -> str:
        """A token of these claims, with whatever is wrong with this provider's."""
        key = self.keys[-1]
        header = changed({"alg": key.algorithm, "kid": key.kid, "typ": "JWT"}, self.header)
        return (self.sign or partial(provider_tokens.sign, header=header))(key, claims)

    def jwks(self, _: dict[str, str]) -> dict:
        return {"keys": [key.jwk for key in self.keys] if self.published is None else self.published}

    def revoke(self, form: dict[str, str]) -> tuple:
        if not self._is_client(form):
            return 401, {"error": "invalid_client"}
        self.revoked.append(form["token"])
        return 200, b""

    def _is_client(self, form: dict[str, str]) -> bool:
        """Whether the client is ours; at Apple by a secret that the team's key has signed."""
        if self.kind == "google":
            return form["client_id"] == self.client_id and form["client_secret"] == self.client_secret
        claims = jwt.decode(
            form["client_secret"],
            self.client_key.private.public_key(),
            algorithms=["ES256"],
            audience=self.issuer,
            issuer=self.team_id,
            options={"verify_exp": False, "verify_iat": False},  # the service's clock is moved by tests
        )
        is_ours = jwt.get_unverified_header(form["client_secret"])["kid"] == self.key_id
        return is_ours and claims["sub"] == form["client_id"] == self.client_id and claims["iat"] <= clock.now() < claims["exp"]


def changed(members: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The members with changes, of which `...` takes one away."""
    return {name: value for name, value in (members | changes).items() if value is not ...}
