"""The state of one sign-in by a provider: what its answer must bring back, and what is derived from that (RFC 6749 §10.12, RFC 9700 §2.1).

A state is 256 random bits and a keyed tag of them and the page that the browser returns to, so that a form_post, which comes without a
cookie, can be sent on to that page, and an invented state is recognised at once. The PKCE verifier and the nonce are derived from the state
with the derivation key: nothing secret is stored.
"""

import hmac
import secrets
from typing import NamedTuple

from customer_auth.aws import secret_keys
from customer_auth.base import ids
from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.social.provider import PendingSignIn

LIFE_SECONDS = 600
_RANDOM_BYTES = 32
_TAG_BYTES = 8
_BINDING_BYTES = 32


class PendingState(NamedTuple):
    """A state that waits for the provider's answer; `hash` is the state's SHA-256. Times in epoch seconds."""

    hash: bytes
    provider: str
    redirect_url: str
    derivation_key_version: int
    expires_at: int


def new_binding() -> str:
    """A new secret for a browser, by which it proves that it began a sign-in itself."""
    return ids.base64url(secrets.token_bytes(_BINDING_BYTES))


def is_binding(text: str) -> bool:
    """Whether the text has the form of a binding; any other text is nobody's."""
    return len(ids.from_base64url(text) or b"") == _BINDING_BYTES


def new(redirect_url: str) -> str:
    """A new state for a sign-in that returns to this page."""
    random = secrets.token_bytes(_RANDOM_BYTES)
    return ids.base64url(random + _page_tag(random, redirect_url))


def hash_of(state: str) -> bytes:
    return ids.sha256(state.encode())


def page_of(state: str, redirect_urls: tuple[str, ...]) -> str | None:
    """The page that a state returns to, one of the allowed ones; None for text that is no state."""
    raw = ids.from_base64url(state) or b""
    if len(raw) != _RANDOM_BYTES + _TAG_BYTES:
        return None
    random, tag = raw[:_RANDOM_BYTES], raw[_RANDOM_BYTES:]
    return next((url for url in redirect_urls if hmac.compare_digest(_page_tag(random, url), tag)), None)


def pending_sign_in(pending: PendingState, state: str = "") -> PendingSignIn:
    """What ties the provider's answer to this state. Raises: WrongProviderProof (its derivation key is gone), aws.Failed."""
    derivation_key = secret_keys.derivation_key(pending.derivation_key_version)
    if derivation_key is None:
        raise WrongProviderProof("derivation_key")
    verifier, nonce = (ids.base64url(ids.hmac_sha256(derivation_key, use, pending.hash)) for use in ("pkce-verifier", "nonce"))
    return PendingSignIn(state, verifier, nonce)


def _page_tag(random: bytes, redirect_url: str) -> bytes:
    return ids.hmac_sha256(secret_keys.index_key(), "sign-in-state", random, redirect_url)[:_TAG_BYTES]
