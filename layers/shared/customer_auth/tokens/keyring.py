"""The keys that sign and check access tokens: RSA-2048, published a good while before they sign and until their last token has died.

The end of a key's time is soft: where its successor was never made, the newest key signs on until one signs, is published and checked
against, and is counted as overdue. Sign-ins that fail would help nobody.

A container keeps the keyring it has read. It reads again when no key of it may sign now, or, at most once a minute, when the time of the
one that signs is over or a token names a key it does not know: keys are published days ahead, so an unknown one is almost always made up.
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

SIGNS_SECONDS = 30 * clock.DAY
PUBLISHED_AHEAD_SECONDS = 3 * clock.DAY
# Also where that is missed: services keep our JWKS for an hour, and so do our own containers.
PUBLISHED_AHEAD_AT_LEAST_SECONDS = clock.DAY
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
        """The newest key whose time has begun."""
        return max((key for key in self.keys if key.sign_from <= now), key=lambda key: key.sign_from, default=None)

    def is_overdue(self, key: SigningKey, now: int) -> bool:
        """Whether the key's time is over and, as far as is known, nobody has made the next one."""
        return key.sign_until <= now and successor_of(key, self.keys) is None

    def may_be_read_again(self, now: int) -> bool:
        return now - self.read_at >= _READ_AGAIN_SECONDS


_ring = _Ring()


class Signer(NamedTuple):
    """What signs now."""

    kid: str
    key: RSAPrivateKey


def signer() -> Signer:
    """The key whose time it is, or the last whose time it was. Raises: Unavailable where there is none, aws.Failed."""
    now = clock.now()
    key = _ring.signing(now)
    if key is None or (_ring.is_overdue(key, now) and _ring.may_be_read_again(now)):
        _ring.read()
        key = _ring.signing(now)
    if key is None:
        raise Unavailable("no_signing_key")
    if _ring.is_overdue(key, now):
        audit.count("signing_key_overdue")
    return Signer(key.kid, _unsealed(key.sealed))


def public_key(kid: str) -> RSAPublicKey | None:
    """The public half of a published key, or None. Raises: aws.Failed."""
    found, now = _find(kid), clock.now()
    if (found is None or _ring.is_overdue(found, now)) and _ring.may_be_read_again(now):
        _ring.read()
        found = _find(kid)
    return _public(found.n, found.e) if found else None


def published() -> list[SigningKey]:
    """Every key that a token may name, now or soon, at most an hour old. Raises: aws.Failed."""
    now = clock.now()
    if _ring.signing(now) is None or now - _ring.read_at >= clock.HOUR:
        _ring.read()
    return [key for key in _ring.keys if is_needed(key, _ring.keys, now)]


def is_needed(key: SigningKey, keys: Sequence[SigningKey], now: int) -> bool:
    """Whether a token that this one of the keys has signed, or will sign, may still live."""
    successor = successor_of(key, keys)
    return successor is None or now < max(key.sign_until, successor.sign_from) + KEPT_AFTER_SECONDS


def successor_of(key: SigningKey, keys: Sequence[SigningKey]) -> SigningKey | None:
    """The next one of the keys that signs, or None."""
    return min((each for each in keys if each.sign_from > key.sign_from), key=lambda each: each.sign_from, default=None)


def forget() -> None:
    """Read and open the keyring again at the next use; for tests."""
    _ring.keys, _ring.read_at = [], 0
    _unsealed.cache_clear()


def _find(kid: str) -> SigningKey | None:
    now = clock.now()
    return next((key for key in _ring.keys if key.kid == kid and is_needed(key, _ring.keys, now)), None)


@cache
def _unsealed(sealed: bytes) -> RSAPrivateKey:
    answer = aws.call(
        "kms", "Decrypt", CiphertextBlob=sealed, EncryptionContext=ENCRYPTION_CONTEXT, KeyId=settings.resources().signing_keys_key
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
