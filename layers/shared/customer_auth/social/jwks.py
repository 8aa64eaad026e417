"""The keys that a provider publishes (RFC 7517), cached in the container as long as the provider allows.

A token that names an unknown key makes the container fetch the keys at once, because providers change keys without notice, but then at
most once a minute, because anybody can make up a name. Names that occur twice name no key: two readers could choose differently.
"""

from collections import Counter
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from customer_auth.base import clock, ids
from customer_auth.base.provider_errors import ProviderFailed
from customer_auth.outgoing import provider_http
from customer_auth.outgoing.deadline import Deadline
from customer_auth.social.signed_tokens import VerificationKey

_REFETCH_SECONDS = 60
_MIN_RSA_BITS = 2048  # RFC 7518 §3.3
_MAX_RSA_BITS = 8192  # a longer one only costs time
_MAX_EXPONENT = 2**32
_P256_BYTES = 32  # RFC 7518 §6.2.1.2
_MAX_SETS = 16


class KeySet:
    """The keys at one URL, as of the last fetch."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str, VerificationKey] = {}
        self._fetched_at = self._stale_at = 0
        self._refetched_at = -_REFETCH_SECONDS

    def refresh(self, deadline: Deadline) -> None:
        """Fetch the keys if the cached ones are too old. Raises: ProviderFailed, ProviderTimedOut."""
        if not self._is_fresh():
            self._fetch(deadline)

    def find(self, kid: str, deadline: Deadline) -> VerificationKey | None:
        """The key of this name, or None. Raises: ProviderFailed, ProviderTimedOut."""
        now = clock.now()
        if not self._is_fresh():
            self._fetch(deadline)
        elif kid not in self._keys and now - self._refetched_at >= _REFETCH_SECONDS:
            self._refetched_at = now  # even if it fails
            self._fetch(deadline)
        return self._keys.get(kid)

    def _is_fresh(self) -> bool:
        return self._fetched_at <= clock.now() < self._stale_at

    def _fetch(self, deadline: Deadline) -> None:
        response = provider_http.get(self._url, deadline)
        if response.status != provider_http.OK:
            raise ProviderFailed("jwks_status")
        self._keys = parse(response.json_object())
        self._fetched_at = clock.now()
        self._stale_at = self._fetched_at + response.cache_seconds


@lru_cache(maxsize=_MAX_SETS)
def key_set(url: str) -> KeySet:
    """The keys at this URL."""
    return KeySet(url)


def forget() -> None:
    """Fetch all keys again at the next use; for tests."""
    key_set.cache_clear()


def parse(document: dict[str, Any]) -> dict[str, VerificationKey]:
    """The usable keys of a set by their names; others are ignored (RFC 7517 §5). Raises: ProviderFailed (it is no set of keys)."""
    entries = document.get("keys")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ProviderFailed("jwks_form")
    counts = Counter(kid for entry in entries if isinstance(kid := entry.get("kid"), str))
    keys = {entry["kid"]: _key(entry) for entry in entries if isinstance(entry.get("kid"), str) and counts[entry["kid"]] == 1}
    return {kid: key for kid, key in keys.items() if key}


def _key(entry: dict[str, Any]) -> VerificationKey | None:
    """The public key of an entry that is for signatures by one of our algorithms, or None."""
    algorithm = {"RSA": "RS256", "EC": "ES256"}.get(str(entry.get("kty")))
    if algorithm is None or entry.get("use", "sig") != "sig" or entry.get("alg", algorithm) != algorithm or "d" in entry:
        return None
    try:
        return _rsa(entry) if algorithm == "RS256" else _ec(entry)
    except ValueError:
        return None


def _rsa(entry: dict[str, Any]) -> VerificationKey | None:
    n, e = int.from_bytes(_bytes(entry, "n")), int.from_bytes(_bytes(entry, "e"))
    if not _MIN_RSA_BITS <= n.bit_length() <= _MAX_RSA_BITS or e >= _MAX_EXPONENT:
        return None
    return VerificationKey("RS256", RSAPublicNumbers(e, n).public_key())


def _ec(entry: dict[str, Any]) -> VerificationKey | None:
    x, y = _bytes(entry, "x"), _bytes(entry, "y")
    if entry.get("crv") != "P-256" or not len(x) == len(y) == _P256_BYTES:
        return None
    return VerificationKey("ES256", EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), SECP256R1()).public_key())


def _bytes(entry: dict[str, Any], name: str) -> bytes:
    """A member in base64url. Raises: ValueError."""
    text = entry.get(name)
    raw = ids.from_base64url(text) if isinstance(text, str) else None
    if raw is None:
        raise ValueError(name)
    return raw
