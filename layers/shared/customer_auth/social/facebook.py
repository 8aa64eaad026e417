"""Facebook, which speaks OAuth 2.0 and says by its Graph API who has signed in.

The code becomes a user token; `debug_token` says that it was issued for this app and is valid; `me`, called with `appsecret_proof`, says
whose it is (developers.facebook.com, "Manually Build a Login Flow" and "Securing Graph API Requests"). Facebook never says that an email is
verified, so none is. There is no nonce without the scope `openid`.

PKCE is sent although Facebook documents it for flows with `openid` alone: if it is applied, challenge and verifier agree; if not, unknown
parameters are ignored. Nothing may rest on it, so an exchange must bring its state.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from customer_auth.base import clock, provider_settings
from customer_auth.base.provider_errors import ProviderFailed, WrongProviderProof
from customer_auth.outgoing import provider_http
from customer_auth.outgoing.deadline import Deadline
from customer_auth.outgoing.provider_http import ProviderResponse
from customer_auth.social import profile_fields, signed_tokens
from customer_auth.social.provider import PendingSignIn, ProviderAccount, accepted_code, code_challenge

NAME = provider_settings.FACEBOOK
_SCOPES = "public_profile email"
_FIELDS = "id,name,first_name,last_name,email,picture"
_MAX_TOKEN = 4096
_BAD_REQUEST = 400
_REFUSES_CODE = (100,)  # the Graph API's code for a wrong, expired or used authorization code


@dataclass(frozen=True, kw_only=True)
class FacebookProvider:
    """Facebook, or whoever acts as Facebook at other addresses. `graph_url` includes the version: https://graph.facebook.com/v24.0."""

    app_id: str
    app_secret: Callable[[], str] = field(repr=False)  # called when the secret is needed
    graph_url: str
    dialog_url: str
    name: str = NAME
    needs_state: bool = True
    answers_by_form: bool = False

    def authorization_url(self, pending: PendingSignIn, redirect_uri: str, deadline: Deadline) -> str:  # noqa: ARG002 (nothing to discover)
        """Where the browser is sent to sign in."""
        parameters = {
            "response_type": "code",
            "client_id": self.app_id,
            "redirect_uri": redirect_uri,
            "scope": _SCOPES,
            "state": pending.state,
            "code_challenge": code_challenge(pending.verifier),
            "code_challenge_method": "S256",
        }
        return provider_http.with_query(self.dialog_url, parameters)

    def exchange(self, code: str, pending: PendingSignIn, redirect_uri: str, deadline: Deadline) -> ProviderAccount:
        """The account that a code of this sign-in opens.

        Raises: WrongProviderProof, ProviderFailed, ProviderTimedOut, CodeAccepted, CodeAcceptedLate.
        """
        query = {"client_id": self.app_id, "client_secret": self.app_secret(), "redirect_uri": redirect_uri}
        query |= {"code": code, "code_verifier": pending.verifier}
        response = provider_http.get(f"{self.graph_url}/oauth/access_token", deadline, query)
        if response.status != provider_http.OK:
            raise _refusal(response)
        token = profile_fields.text(response.json_object().get("access_token"), _MAX_TOKEN)
        if token is None:
            raise ProviderFailed("no_access_token")
        with accepted_code():
            user_id, scopes = self._inspect(token, deadline)
            return self._account(token, user_id, scopes, deadline)

    def _inspect(self, token: str, deadline: Deadline) -> tuple[str, list[Any]]:
        """Whose token this is and what it allows, if it is a valid one of this app. Raises: as exchange."""
        app_token = f"{self.app_id}|{self.app_secret()}"
        data = self._get("debug_token", {"input_token": token, "access_token": app_token}, deadline).get("data")
        if not isinstance(data, dict):
            raise ProviderFailed("debug_token_form")
        if data.get("app_id") != self.app_id or data.get("type") != "USER" or data.get("is_valid") is not True:
            raise WrongProviderProof("debug_token")
        if not _is_current(data.get("expires_at")) or not _is_current(data.get("data_access_expires_at", 0)):
            raise WrongProviderProof("debug_token_time")
        scopes = data.get("scopes")
        if not isinstance(scopes, list) or "public_profile" not in scopes:
            raise WrongProviderProof("debug_token_scopes")
        return signed_tokens.identifier(data.get("user_id")), scopes

    def _account(self, token: str, user_id: str, scopes: list[Any], deadline: Deadline) -> ProviderAccount:
        """The account of this user. Raises: as exchange."""
        proof = hmac.digest(self.app_secret().encode(), token.encode(), "sha256").hex()
        user = self._get("me", {"fields": _FIELDS, "access_token": token, "appsecret_proof": proof}, deadline)
        if user.get("id") != user_id:
            raise WrongProviderProof("user_id")
        picture = user.get("picture")
        data = picture.get("data") if isinstance(picture, dict) else None
        return ProviderAccount(
            provider=self.name,
            sub=user_id,
            email=profile_fields.email(user.get("email")) if "email" in scopes else None,
            names=profile_fields.names(user.get("first_name"), user.get("last_name")),
            picture=profile_fields.picture(data.get("url")) if isinstance(data, dict) else None,
        )

    def _get(self, path: str, query: dict[str, str], deadline: Deadline) -> dict[str, Any]:
        response = provider_http.get(f"{self.graph_url}/{path}", deadline, query)
        if response.status != provider_http.OK:
            raise ProviderFailed(f"{path}_status")
        return response.json_object()


def _is_current(at: object) -> bool:
    """Whether a time of the Graph API is still to come; 0 stands for never."""
    return type(at) is int and (at == 0 or at > clock.now())


def _refusal(response: ProviderResponse) -> WrongProviderProof | ProviderFailed:
    """What an answer to a code other than 200 means: a wrong code, or a provider that cannot be used."""
    if response.status == _BAD_REQUEST:
        error = response.json_object().get("error")
        if isinstance(error, dict) and error.get("code") in _REFUSES_CODE:
            return WrongProviderProof("code")
    return ProviderFailed("token_status")
