"""The RSA-2048 keys that sign and verify access tokens: published well before they sign, and until the last token they signed has expired.

A key that has no successor at the end of its period continues to sign, to be published and to verify, and a metric counts it as overdue,
because failing sign-ins would help nobody.

A container caches the keyring. It reads it again if no key may sign now, and, at most once a minute, if the signing key is overdue or a
token names an unknown key. Keys are published days ahead, so an unknown one is almost always made up.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import load_der_private_key

from customer_auth import audit, aws
from customer_auth.base import clock, ids, settings
from customer_auth.base.errors import Unavailable
from customer_auth.tokens import keyring_items
from customer_auth.tokens.keyring_items import SigningKey

SIGNING_SECONDS = 30 * clock.DAY
PUBLISHED_AHEAD_SECONDS = 3 * clock.DAY
# For a successor that is created late: other services cache our JWKS for an hour, and so do our own containers.
MIN_PUBLISHED_AHEAD_SECONDS = clock.DAY
# The longest life of an access token (ACCESS_TOKEN_MINUTES), and a day for clocks and caches.
KEPT_AFTER_SECONDS = clock.HOUR + clock.DAY
ENCRYPTION_CONTEXT = {"purpose": "signing-key"}
_MIN_REFRESH_SECONDS = 60


class _Keyring:
    """The keys as of the last read."""

    def __init__(self) -> None:
        self.keys: list[SigningKey] = []
        self.read_at = 0

    def read(self) -> None:
        self.keys = keyring_items.read()[1]
        self.read_at = clock.now()

    def signing(self, now: int) -> SigningKey | None:
        """The newest key whose period has begun."""
        return max((key for key in self.keys if key.sign_from <= now), key=lambda key: key.sign_from, default=None)

    def is_overdue(self, key: SigningKey, now: int) -> bool:
        """Whether the key's period is over and no successor is known."""
        return key.sign_until <= now and successor_of(key, self.keys) is None

    def may_refresh(self, now: int) -> bool:
        return now - self.read_at >= _MIN_REFRESH_SECONDS


_keyring = _Keyring()


class Signer(NamedTuple):
    """The private key that signs now."""

    kid: str
    key: RSAPrivateKey


def signer() -> Signer:
    """The newest key whose period has begun. Raises: Unavailable (there is none), aws.Failed."""
    now = clock.now()
    key = _keyring.signing(now)
    if key is None or (_keyring.is_overdue(key, now) and _keyring.may_refresh(now)):
        _keyring.read()
        key = _keyring.signing(now)
    if key is None:
        raise Unavailable("no_signing_key")
    if _keyring.is_overdue(key, now):
        audit.count("signing_key_overdue")
    return Signer(key.kid, _decrypt(key.sealed))


def public_key(kid: str) -> RSAPublicKey | None:
    """The public half of a published key, or None. Raises: aws.Failed."""
    key, now = _find(kid), clock.now()
    if (key is None or _keyring.is_overdue(key, now)) and _keyring.may_refresh(now):
        _keyring.read()
        key = _find(kid)
    return _public(key.n, key.e) if key else None


def published() -> list[SigningKey]:
    """Every key that a token may name now or soon, as of an hour ago or later. Raises: aws.Failed."""
    now = clock.now()
    if _keyring.signing(now) is None or now - _keyring.read_at >= clock.HOUR:
        _keyring.read()
    return [key for key in _keyring.keys if is_needed(key, _keyring.keys, now)]


def is_needed(key: SigningKey, keys: Sequence[SigningKey], now: int) -> bool:
    """Whether a token that this key has signed, or will sign, may be valid; `keys` is the whole keyring."""
    successor = successor_of(key, keys)
    return successor is None or now < max(key.sign_until, successor.sign_from) + KEPT_AFTER_SECONDS


def successor_of(key: SigningKey, keys: Sequence[SigningKey]) -> SigningKey | None:
    """The key that signs after this one, or None."""
    return min((later for later in keys if later.sign_from > key.sign_from), key=lambda later: later.sign_from, default=None)


def forget() -> None:
    """Read and decrypt the keyring again at the next use; for tests."""
    _keyring.keys, _keyring.read_at = [], 0
    _decrypt.cache_clear()


def _find(kid: str) -> SigningKey | None:
    now = clock.now()
    return next((key for key in _keyring.keys if key.kid == kid and is_needed(key, _keyring.keys, now)), None)


@cache
def _decrypt(sealed: bytes) -> RSAPrivateKey:
    response = aws.call(
        "kms", "Decrypt", CiphertextBlob=sealed, EncryptionContext=ENCRYPTION_CONTEXT, KeyId=settings.resources().signing_keys_key
    )
    # We created the key and KMS authenticates it; validating its primes would take 33 ms.
    key = load_der_private_key(response["Plaintext"], None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the keyring must contain RSA keys only")
    return key


@cache
def _public(n: str, e: str) -> RSAPublicKey:
    modulus, exponent = (int.from_bytes(ids.from_base64url(number) or b"", "big") for number in (n, e))
    return RSAPublicNumbers(exponent, modulus).public_key()
