"""Apple as an OpenID provider, with a client secret that is signed.

Apple takes `name` and `email` only with `response_mode=form_post`, whose names `apple_form` reads. Its refresh token is kept so that it can
be revoked with the account (developer.apple.com, "Sign in with Apple REST API").
"""

from collections.abc import Callable

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from customer_auth.base import clock, provider_settings
from customer_auth.base.errors import Unavailable
from customer_auth.social.discovery import Endpoints
from customer_auth.social.openid import OpenIdProvider

NAME = provider_settings.APPLE
ISSUER = "https://appleid.apple.com"
ENDPOINTS = Endpoints(
    authorization="https://appleid.apple.com/auth/authorize",
    token="https://appleid.apple.com/auth/token",  # noqa: S106 (an address)
    jwks="https://appleid.apple.com/auth/keys",
    revocation="https://appleid.apple.com/auth/revoke",
)
_SECRET_SECONDS = 10 * clock.MINUTE  # Apple takes up to six months; it is made in a millisecond
_RENEWED_BEFORE_SECONDS = clock.MINUTE


class ClientSecret:
    """The client secret: an ES256 token for Apple (`aud`) about the client (`sub`), signed with the team's key, renewed before it ends."""

    def __init__(self, *, team_id: str, key_id: str, client_id: str, private_key: Callable[[], str], audience: str) -> None:
        self._claims = {"iss": team_id, "sub": client_id, "aud": audience}
        self._key_id = key_id
        self._read_pem = private_key
        self._secret, self._made_at = "", -_SECRET_SECONDS

    def __call__(self) -> str:
        """The secret. Raises: Unavailable (the private key is not one), aws.Failed."""
        now = clock.now()
        if not self._made_at <= now < self._made_at + _SECRET_SECONDS - _RENEWED_BEFORE_SECONDS:
            claims = self._claims | {"iat": now, "exp": now + _SECRET_SECONDS}
            self._secret = jwt.encode(claims, self._private_key(), algorithm="ES256", headers={"kid": self._key_id})
            self._made_at = now
        return self._secret

    def _private_key(self) -> EllipticCurvePrivateKey:
        """The team's key. Raises: Unavailable (the setting is none, which the operator has to mend), aws.Failed."""
        try:
            return private_key_of(self._read_pem())
        except ValueError:
            raise Unavailable("apple_private_key") from None


def private_key_of(text: str) -> EllipticCurvePrivateKey:
    r"""The key in PKCS#8 PEM, whose line ends may be written `\n`. Raises: ValueError, without anything of the text."""
    try:
        key = load_pem_private_key(text.replace("\\n", "\n").encode(), None)
    except (ValueError, TypeError):
        raise ValueError("must be a private key in PKCS#8 PEM") from None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("must be a private key on the curve P-256")  # noqa: TRY004 (the text is wrong, not its type)
    return key


def provider(*, client_id: str, team_id: str, key_id: str, private_key: Callable[[], str], issuer: str = ISSUER) -> OpenIdProvider:
    """Apple, or whoever acts as Apple at another issuer; `private_key` is called when the key is needed."""
    return OpenIdProvider(
        name=NAME,
        issuer=issuer,
        client_id=client_id,
        client_secret=ClientSecret(team_id=team_id, key_id=key_id, client_id=client_id, private_key=private_key, audience=issuer),
        scopes="openid name email",
        parameters={"response_mode": "form_post"},
        endpoints=ENDPOINTS if issuer == ISSUER else None,
        keeps_refresh_token=True,
        answers_by_form=True,
    )
