"""Where a refresh token stands in its family, and what it means when one comes that was replaced already (RFC 9700 §4.14.2).

A client whose answer was lost comes back with the token that it still has, the parent of one that nobody has used: it goes on, however late
it comes. Whatever else was replaced is reuse: two hold the same token, one of them is a thief, and nobody can tell which. Then the family
ends. A model of an owner whose answers get lost and a thief shows that the owner alone is never signed out, and that outside the grace the
two do not go on side by side (tests/unit/test_token_families.py).
"""

import hmac
from enum import Enum, auto

from customer_auth.base import clock, settings
from customer_auth.sessions.refresh_tokens import RefreshToken
from customer_auth.sessions.session_items import Session

# For so long a token that was just replaced does no harm: a lost answer, two tabs (RFC 9700 §4.14.2 leaves it to us).
GRACE_SECONDS = 10
_GRANDPARENT = 2


class Verdict(Enum):
    """What becomes of a genuine refresh token."""

    ROTATED = auto()  # the newest: it gets a successor
    REPEATED = auto()  # the parent, within the grace: the same successor once more
    SUPPLANTED = auto()  # the parent, later: its answer was lost, so a sibling takes the place of the successor that nobody has used
    REFUSED = auto()  # replaced within the grace by others than its successor's users: a race, of which nothing is concluded
    REUSED = auto()  # replaced before that: theft


CURRENT = (Verdict.ROTATED, Verdict.REPEATED, Verdict.SUPPLANTED)  # of a token by which its client goes on


def judge(session: Session, token: RefreshToken, now: int) -> Verdict:
    """What becomes of the token by the session as it is now."""
    older_by = session.generation - token.generation
    if older_by == 0 and hmac.compare_digest(token.secret_hash, session.secret_hash):
        return Verdict.ROTATED
    if older_by == 1 and hmac.compare_digest(token.secret_hash, session.parent_hash or b""):
        return Verdict.REPEATED if now - session.rotated_at <= GRACE_SECONDS else Verdict.SUPPLANTED
    replaced_at = _replaced_at(session, older_by)
    return Verdict.REFUSED if replaced_at is not None and now - replaced_at <= GRACE_SECONDS else Verdict.REUSED


def _replaced_at(session: Session, older_by: int) -> int | None:
    """When a token that is neither the newest nor its parent was replaced, None: before what the session remembers.

    By the last renewal instead, a thief who renews every few seconds would never be found.
    """
    if older_by == 0:  # a sibling of the newest
        return session.rotated_at
    # A sibling of the parent, or the grandparent: when the parent came.
    return session.parent_rotated_at if 0 < older_by <= _GRANDPARENT else None


def rotated(session: Session, token: RefreshToken, verdict: Verdict, now: int) -> tuple[Session, RefreshToken]:
    """The session and its newest token after this verdict. Raises: WrongSession (the token's derivation key is gone), aws.Failed."""
    if verdict is Verdict.REPEATED:
        return session, token.successor(session.sibling)
    idle_at = min(now + settings.service().refresh_idle_days * clock.DAY, session.expires_at)
    if verdict is Verdict.SUPPLANTED:
        newest = token.successor(session.sibling + 1)
        anew = session._replace(sibling=session.sibling + 1)
    else:
        newest = token.successor()
        anew = session._replace(
            generation=newest.generation, sibling=0, parent_hash=session.secret_hash, parent_rotated_at=session.rotated_at
        )
    return anew._replace(secret_hash=newest.secret_hash, rotated_at=now, idle_at=idle_at), newest
