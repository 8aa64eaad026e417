"""A provider of OpenID Connect, by its settings alone: authorization code flow with PKCE, nonce and a client secret.

Sources: OpenID Connect Core §3.1, RFC 6749 §4.1 and §5.2, RFC 7636 (PKCE), RFC 7009 (revocation), RFC 9700 §2.1.1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from customer_auth.base.provider_errors import ProviderFailed, WrongProviderProof
from customer_auth.outgoing import provider_http
from customer_auth.outgoing.deadline import Deadline
from customer_auth.outgoing.provider_http import ProviderResponse
from customer_auth.social import discovery, id_tokens, jwks, profile_fields
from customer_auth.social.discovery import Endpoints
from customer_auth.social.provider import PendingSignIn, ProviderAccount, accepted_code, code_challenge
from customer_auth.social.signed_tokens import FindKey, VerificationKey

_MAX_TOKEN = 4096
_CLIENT_ERRORS = range(400, 500)
# The errors of RFC 6749 §5.2 that are nobody's but ours: settings that the provider does not accept.
_OUR_ERRORS = ("invalid_client", "invalid_request", "invalid_scope", "unauthorized_client", "unsupported_grant_type")


def says_verified(claims: Mapping[str, Any]) -> bool:
    """Whether the provider says that the email is verified, as a boolean or, like Apple, as a text."""
    return claims.get("email_verified") is True or claims.get("email_verified") == "true"


@dataclass(frozen=True, kw_only=True)
class OpenIdProvider:
    """One OpenID provider that is set up.

    `client_secret` is called when the secret is needed. `is_verified` decides by the ID token whether its email is proven. `endpoints` are
    those that stand in code. A refresh token is kept only where `keeps_refresh_token`.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: Callable[[], str] = field(repr=False)
    scopes: str = "openid email profile"
    parameters: Mapping[str, str] = field(default_factory=dict)
    is_verified: Callable[[Mapping[str, Any]], bool] = says_verified
    endpoints: Endpoints | None = None
    keeps_refresh_token: bool = False
    needs_state: bool = False
    answers_by_form: bool = False

    def authorization_url(self, pending: PendingSignIn, redirect_uri: str, deadline: Deadline) -> str:
        """Where the browser is sent to sign in. Raises: ProviderFailed, ProviderTimedOut."""
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": self.scopes,
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": code_challenge(pending.verifier),
            "code_challenge_method": "S256",
        }
        return provider_http.with_query(self._endpoints(deadline).authorization, {**parameters, **self.parameters})

    def exchange(self, code: str, pending: PendingSignIn, redirect_uri: str, deadline: Deadline) -> ProviderAccount:
        """The account that a code of this sign-in opens.

        The keys come first: a provider that cannot show them fails before the code is used up.
        Raises: WrongProviderProof, ProviderFailed, ProviderTimedOut, CodeAccepted, CodeAcceptedLate.
        """
        endpoints = self._endpoints(deadline)
        jwks.key_set(endpoints.jwks).refresh(deadline)
        grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": pending.verifier}
        response = provider_http.post_form(endpoints.token, grant | self._credentials(), deadline)
        if response.status != provider_http.OK:
            raise _refusal(response)
        answer = response.json_object()
        if not isinstance(answer.get("id_token"), str):
            raise ProviderFailed("no_id_token")
        with accepted_code():
            return self._account(answer, pending, self.find_key(deadline))

    def find_key(self, deadline: Deadline) -> FindKey:
        """What finds the provider's keys by their names, of the algorithms that it announces. Raises: ProviderFailed, ProviderTimedOut."""
        endpoints = self._endpoints(deadline)

        def find(kid: str) -> VerificationKey | None:
            key = jwks.key_set(endpoints.jwks).find(kid, deadline)
            return key if key and key.algorithm in endpoints.algorithms else None

        return find

    def revoke(self, refresh_token: str, deadline: Deadline) -> bool:
        """Revoke a refresh token (RFC 7009); False if the provider has no endpoint for it. Raises: ProviderFailed, ProviderTimedOut."""
        endpoint = self._endpoints(deadline).revocation
        if endpoint is None:
            return False
        fields = {"token": refresh_token, "token_type_hint": "refresh_token"} | self._credentials()
        if provider_http.post_form(endpoint, fields, deadline).status != provider_http.OK:
            raise ProviderFailed("revocation_status")
        return True

    def _endpoints(self, deadline: Deadline) -> Endpoints:
        return discovery.of(self.issuer, self.endpoints).endpoints(deadline)

    def _credentials(self) -> dict[str, str]:
        """The client's authentication by client_secret_post (RFC 6749 §2.3.1), the one way that Apple takes."""
        return {"client_id": self.client_id, "client_secret": self.client_secret()}

    def _account(self, answer: Mapping[str, Any], pending: PendingSignIn, find_key: FindKey) -> ProviderAccount:
        """The account that an answer of the token endpoint vouches for. Raises: WrongProviderProof, ProviderFailed, ProviderTimedOut."""
        client = {"issuer": self.issuer, "client_id": self.client_id}
        claims = id_tokens.verify(answer["id_token"], find_key, nonce=pending.nonce, **client)
        email = profile_fields.email(claims.get("email"))
        return ProviderAccount(
            provider=self.name,
            sub=claims["sub"],
            email=email,
            email_verified=email is not None and self.is_verified(claims),
            names=profile_fields.names(claims.get("given_name"), claims.get("family_name")),
            picture=profile_fields.picture(claims.get("picture")),
            refresh_token=profile_fields.text(answer.get("refresh_token"), _MAX_TOKEN) if self.keeps_refresh_token else None,
        )


def _refusal(response: ProviderResponse) -> WrongProviderProof | ProviderFailed:
    """What an answer of the token endpoint other than 200 means: a wrong code, or a provider that cannot be used."""
    if response.status not in _CLIENT_ERRORS:
        return ProviderFailed("token_status")
    error = response.json_object().get("error")
    if error == "invalid_grant":
        return WrongProviderProof("code")
    return ProviderFailed(f"token_{error}" if error in _OUR_ERRORS else "token_status")
