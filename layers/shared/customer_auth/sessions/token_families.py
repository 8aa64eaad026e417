"""Classifies refresh tokens, including replaced ones (RFC 9700 §4.14.2).

A client that lost a response comes back with the last token it has, the parent of a token that nobody has used. It may always continue,
however late it comes. Any other token, unless it was replaced within GRACE_SECONDS, is reuse: two parties hold it, one of them a thief,
and nobody can tell which, so the family ends. A model of an owner who loses responses and a thief shows that the owner alone is never
signed out, and that outside the grace period the two never continue side by side (tests/unit/sessions/test_token_families.py).
"""

import hmac
from enum import Enum, auto

from customer_auth.base import clock, settings
from customer_auth.sessions.refresh_tokens import RefreshToken
from customer_auth.sessions.session_items import Session

# How long after its replacement a token is no sign of theft, but of a lost response or of two tabs. RFC 9700 §4.14.2 gives no figure.
GRACE_SECONDS = 10
# A session remembers when its newest token and that one's parent were issued, so when the parent and the grandparent were replaced. A token
# older than that is reuse at once.
_REMEMBERED_GENERATIONS = 2


class TokenState(Enum):
    """The place of a genuine refresh token in its family, which decides what it is exchanged for."""

    NEWEST = auto()  # gets a successor
    PARENT_WITHIN_GRACE = auto()  # gets the same successor again
    PARENT_AFTER_GRACE = auto()  # its response was lost: gets a sibling, which replaces the successor that nobody has used
    REPLACED_WITHIN_GRACE = auto()  # is refused: a race, which proves nothing
    REUSED = auto()  # is refused and ends the family: theft


# The states in which a token can still be exchanged.
EXCHANGEABLE = (TokenState.NEWEST, TokenState.PARENT_WITHIN_GRACE, TokenState.PARENT_AFTER_GRACE)


def classify(session: Session, token: RefreshToken, now: int) -> TokenState:
    """The state of a token in this session."""
    generations_behind = session.generation - token.generation
    if generations_behind == 0 and hmac.compare_digest(token.secret_hash, session.secret_hash):
        return TokenState.NEWEST
    if generations_behind == 1 and hmac.compare_digest(token.secret_hash, session.parent_hash or b""):
        return TokenState.PARENT_WITHIN_GRACE if now - session.rotated_at <= GRACE_SECONDS else TokenState.PARENT_AFTER_GRACE
    replaced_at = _replaced_at(session, generations_behind)
    if replaced_at is not None and now - replaced_at <= GRACE_SECONDS:
        return TokenState.REPLACED_WITHIN_GRACE
    return TokenState.REUSED


def _replaced_at(session: Session, generations_behind: int) -> int | None:
    """When a token older than the parent, or a sibling, was replaced; None if the session no longer remembers.

    The time of the last renewal would not do: a thief who renews every few seconds would never be detected.
    """
    if generations_behind == 0:  # a sibling of the newest
        return session.rotated_at
    # A sibling of the parent, or the grandparent: when the parent was issued.
    return session.parent_rotated_at if 0 < generations_behind <= _REMEMBERED_GENERATIONS else None


def renew(session: Session, token: RefreshToken, state: TokenState, now: int) -> tuple[Session, RefreshToken]:
    """The renewed session and its newest token, for a token in an exchangeable state.

    Raises: WrongSession (the token's derivation key no longer exists), aws.Failed.
    """
    if state is TokenState.PARENT_WITHIN_GRACE:
        return session, token.successor(session.sibling)
    idle_at = min(now + settings.service().refresh_idle_days * clock.DAY, session.expires_at)
    if state is TokenState.PARENT_AFTER_GRACE:
        newest = token.successor(session.sibling + 1)
        renewed = session._replace(sibling=session.sibling + 1)
    else:
        newest = token.successor()
        renewed = session._replace(
            generation=newest.generation, sibling=0, parent_hash=session.secret_hash, parent_rotated_at=session.rotated_at
        )
    return renewed._replace(secret_hash=newest.secret_hash, rotated_at=now, idle_at=idle_at), newest
