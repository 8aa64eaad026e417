"""Where an OpenID provider's endpoints are, by its discovery document (OpenID Connect Discovery §3-4), cached as long as it allows.

A provider whose endpoints also stand in code does not depend on its document: one that fails, redirects or names another issuer is counted
and changes nothing. In June 2025 Apple's moved to another host and named another issuer than its tokens; whoever relied on it was down.
"""

from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from customer_auth import audit
from customer_auth.base import clock
from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut
from customer_auth.outgoing import provider_http
from customer_auth.outgoing.deadline import Deadline
from customer_auth.social import signed_tokens

_RETRY_SECONDS = 5 * clock.MINUTE  # after a document that was refused, where the endpoints stand in code
_MAX_DOCUMENTS = 16


class Endpoints(NamedTuple):
    """A provider's endpoints, and the algorithms of its ID tokens among ours."""

    authorization: str
    token: str
    jwks: str
    revocation: str | None = None  # RFC 7009
    algorithms: tuple[str, ...] = ("RS256",)


class Discovery:
    """The endpoints of one issuer as of the last document; `endpoints` are those that stand in code, if any."""

    def __init__(self, issuer: str, endpoints: Endpoints | None) -> None:
        self._issuer = issuer
        self._stands_in_code = endpoints is not None
        self._endpoints = endpoints
        self._fetched_at = self._stale_at = 0

    def endpoints(self, deadline: Deadline) -> Endpoints:
        """The endpoints. Raises: ProviderFailed, ProviderTimedOut (never if they stand in code)."""
        now = clock.now()
        if self._endpoints is None or not self._fetched_at <= now < self._stale_at:
            try:
                self._endpoints, seconds = _fetched(self._issuer, deadline)
            except (ProviderFailed, ProviderTimedOut):
                if self._endpoints is None or not self._stands_in_code:
                    raise
                audit.count("discovery_refused")
                seconds = _RETRY_SECONDS
            self._fetched_at, self._stale_at = now, now + seconds
        return self._endpoints


@lru_cache(maxsize=_MAX_DOCUMENTS)
def of(issuer: str, endpoints: Endpoints | None) -> Discovery:
    """The discovery of this issuer in this container."""
    return Discovery(issuer, endpoints)


def forget() -> None:
    """Fetch all documents again at the next use; for tests."""
    of.cache_clear()


def _fetched(issuer: str, deadline: Deadline) -> tuple[Endpoints, int]:
    """The endpoints of the document, and for how many seconds it may be cached. Raises: ProviderFailed, ProviderTimedOut."""
    response = provider_http.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", deadline)
    if response.status != provider_http.OK:
        raise ProviderFailed("discovery_status")
    document = response.json_object()
    if document.get("issuer") != issuer:
        raise ProviderFailed("discovery_issuer")
    return _read(document, issuer), response.cache_seconds


def _read(document: dict[str, Any], issuer: str) -> Endpoints:
    """The endpoints of a document. Raises: ProviderFailed if one is missing or no place to send secrets to."""
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "revocation_endpoint")
    urls = {name: document[name] for name in names if name in document}
    is_local = urlsplit(issuer).scheme == "http"
    for url in (urls.get(name) for name in names if name in urls or name != "revocation_endpoint"):
        # Only a provider on this machine may send us to this machine.
        if not provider_http.is_allowed(url) or (urlsplit(str(url)).scheme == "http" and not is_local):
            raise ProviderFailed("discovery_endpoints")
    supported = document.get("id_token_signing_alg_values_supported")
    algorithms = tuple(each for each in signed_tokens.ALGORITHMS if isinstance(supported, list) and each in supported)
    if not algorithms:
        raise ProviderFailed("discovery_algorithms")
    return Endpoints(urls[names[0]], urls[names[1]], urls[names[2]], urls.get(names[3]), algorithms)
