"""A Facebook of the tests: dialog, code exchange, `debug_token` and `me`, well-behaved until it is told not to be."""

import hashlib
import hmac
import json
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from customer_auth.base import clock
from customer_auth.social.provider import code_challenge
from tests.harness.forgery import unpadded
from tests.harness.hostile_provider import HostileProvider, SignIn, changed
from tests.harness.provider_server import ProviderServer

VERSION = "v24.0"
FACEBOOK_ADA = {
    "id": "10220304050607080",
    "name": "Ada Lovelace",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "ada@example.com",
    "picture": {"data": {"url": "https://pictures.example/ada.jpg", "is_silhouette": False}},
}


class HostileFacebook(ProviderServer):
    """Facebook: `person` is who signs in; `debug` changes what `debug_token` says, `me_fields` what `me` says (`...` takes away)."""

    kind = "facebook"
    routes = {
        "GET /dialog/oauth": "dialog",
        f"GET /{VERSION}/oauth/access_token": "token",
        f"GET /{VERSION}/debug_token": "debug_token",
        f"GET /{VERSION}/me": "me",
    }

    def __init__(self) -> None:
        super().__init__()
        self.issuer, self.client_id, self.client_secret = self.url, "1234567890", "facebook secret"
        self.person: dict[str, Any] = dict(FACEBOOK_ADA)
        self.scopes = ["public_profile", "email"]
        self.debug: dict[str, Any] = {}
        self.me_fields: dict[str, Any] = {}
        self.codes: dict[str, tuple[dict[str, str], dict[str, Any]]] = {}
        self._tokens: dict[str, dict[str, Any]] = {}

    @property
    def settings(self) -> dict[str, str]:
        """The service's settings for this provider."""
        return {
            "FACEBOOK_APP_ID": self.client_id,
            "FACEBOOK_APP_SECRET": self.client_secret,
            "FACEBOOK_GRAPH_URL": f"{self.url}/{VERSION}",
            "FACEBOOK_DIALOG_URL": f"{self.url}/dialog/oauth",
        }

    def sign_in(self, authorization_url: str, **person: Any) -> SignIn:
        """Sign in at the page that the browser was sent to, as `person` (changes to this provider's person)."""
        query = dict(parse_qsl(urlsplit(authorization_url).query))
        assert query["client_id"] == self.client_id
        code = f"code-{secrets.token_urlsafe(12)}"
        self.codes[code] = (query, self.person | person)
        return SignIn(code, query["state"])

    def dialog(self, query: dict[str, str]) -> tuple:
        signed_in = self.sign_in(f"/?{urlencode(query)}", **({"id": query["login_hint"]} if "login_hint" in query else {}))
        location = f"{query['redirect_uri']}?{urlencode({'code': signed_in.code, 'state': signed_in.state})}"
        return 302, b"", {"location": location}

    def token(self, query: dict[str, str]) -> tuple | dict:
        if (query["client_id"], query["client_secret"]) != (self.client_id, self.client_secret):
            return _error(1, "Error validating client secret.")
        asked, person = self.codes.pop(query["code"], (None, {}))
        if asked is None or asked["redirect_uri"] != query["redirect_uri"]:
            return _error(100, "This authorization code has been used.")
        if asked["code_challenge"] != code_challenge(query["code_verifier"]):
            return _error(100, "Invalid code_verifier.")
        token = f"EAA{secrets.token_hex(16)}"
        self._tokens[token] = person
        return {"access_token": token, "token_type": "bearer", "expires_in": 5_183_944}

    def debug_token(self, query: dict[str, str]) -> tuple | dict:
        if query["access_token"] != f"{self.client_id}|{self.client_secret}":
            return _error(190, "Invalid OAuth access token.")
        now = clock.now()
        data = {
            "app_id": self.client_id,
            "type": "USER",
            "is_valid": True,
            "expires_at": now + 5_183_944,
            "data_access_expires_at": now + 7_776_000,
            "scopes": self.scopes,
            "user_id": self._tokens[query["input_token"]]["id"],
        }
        return {"data": changed(data, self.debug)}

    def me(self, query: dict[str, str]) -> tuple | dict:
        token = query["access_token"]
        if query["appsecret_proof"] != hmac.digest(self.client_secret.encode(), token.encode(), hashlib.sha256).hex():
            return _error(100, "Invalid appsecret_proof provided in the API argument")
        person = self._tokens[token]
        fields = {name: person[name] for name in query["fields"].split(",") if name in person}
        return changed(fields, self.me_fields)

    def signed_request(self, **changes: Any) -> str:
        """What Facebook posts when a person asks that their data be deleted."""
        data = {"algorithm": "HMAC-SHA256", "user_id": self.person["id"], "issued_at": clock.now()}
        payload = unpadded(json.dumps(changed(data, changes)).encode())
        return f"{unpadded(hmac.digest(self.client_secret.encode(), payload.encode(), hashlib.sha256))}.{payload}"


def hostile(kind: str) -> HostileProvider | HostileFacebook:
    """The provider of this kind."""
    return HostileFacebook() if kind == "facebook" else HostileProvider(kind)


def _error(code: int, message: str) -> tuple[int, dict]:
    return 400, {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}}
