"""The keys that sign and check access tokens: RSA-2048, published a good while before they sign and until their last token has died.

A container keeps the keyring it has read. It reads again when no key of it may sign now, or, at most once a minute, when a token names
a key it does not know: keys are published days ahead, so an unknown one is almost always made up.
"""

from functools import cache
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import load_der_private_key

from customer_auth import aws, clock, ids, settings
from customer_auth.errors import Unavailable
from customer_auth.tables import keyring_items
from customer_auth.tables.keyring_items import SigningKey

SIGNS_SECONDS = 30 * clock.DAY
PUBLISHED_AHEAD_SECONDS = 3 * clock.DAY
# The longest that an access token may live (ACCESS_TOKEN_MINUTES), and a day for clocks and caches.
KEPT_AFTER_SECONDS = clock.HOUR + clock.DAY
ENCRYPTION_CONTEXT = {"purpose": "signing-key"}
_READ_AGAIN_SECONDS = 60


class _Ring:
    def __init__(self) -> None:
        self.keys: list[SigningKey] = []
        self.read_at = 0

    def read(self) -> None:
        self.keys = keyring_items.read()[1]
        self.read_at = clock.now()

    def signing(self, now: int) -> SigningKey | None:
        return next((key for key in self.keys if key.sign_from <= now < key.sign_until), None)


_ring = _Ring()


class Signer(NamedTuple):
    """What signs now."""

    kid: str
    key: RSAPrivateKey


def signer() -> Signer:
    """The key whose time it is. Raises: Unavailable where there is none, aws.Failed."""
    now = clock.now()
    key = _ring.signing(now)
    if key is None:
        _ring.read()
        key = _ring.signing(now)
    if key is None:
        raise Unavailable("no_signing_key")
    return Signer(key.kid, _unsealed(key.sealed))


def public_key(kid: str) -> RSAPublicKey | None:
    """The public half of a published key, or None. Raises: aws.Failed."""
    found = _find(kid)
    if found is None and clock.now() - _ring.read_at >= _READ_AGAIN_SECONDS:
        _ring.read()
        found = _find(kid)
    return _public(found.n, found.e) if found else None


def published() -> list[SigningKey]:
    """Every key that a token may name, now or soon, at most an hour old. Raises: aws.Failed."""
    now = clock.now()
    if _ring.signing(now) is None or now - _ring.read_at >= clock.HOUR:
        _ring.read()
    return [key for key in _ring.keys if now < key.sign_until + KEPT_AFTER_SECONDS]


def forget() -> None:
    """Read and open the keyring again at the next use; for tests."""
    _ring.keys, _ring.read_at = [], 0
    _unsealed.cache_clear()


def _find(kid: str) -> SigningKey | None:
    now = clock.now()
    return next((key for key in _ring.keys if key.kid == kid and now < key.sign_until + KEPT_AFTER_SECONDS), None)


@cache
def _unsealed(sealed: bytes) -> RSAPrivateKey:
    answer = aws.call(
        "kms", "Decrypt", CiphertextBlob=sealed, EncryptionContext=ENCRYPTION_CONTEXT, KeyId=settings.places().signing_keys_key
    )
    # We made it ourselves and KMS vouches for it: the check of its primes would cost 33 ms.
    key = load_der_private_key(answer["Plaintext"], None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the keyring holds RSA keys alone")
    return key


@cache
def _public(n: str, e: str) -> RSAPublicKey:
    modulus, exponent = (int.from_bytes(ids.from_base64url(number) or b"", "big") for number in (n, e))
    return RSAPublicNumbers(exponent, modulus).public_key()
