"""The rule for refresh tokens that come back, in every short sequence of actions by a thief and an owner who loses responses."""

from typing import NamedTuple

import pytest

from customer_auth.base.clock import DAY
from customer_auth.sessions.refresh_tokens import RefreshToken
from customer_auth.sessions.session_items import Session
from customer_auth.sessions.token_families import GRACE_SECONDS, TokenState, classify, renew

pytestmark = pytest.mark.usefixtures("stored_secrets", "setting", "second")

FIRST = RefreshToken("cus_ada", "ses_one", 1, 0, b"s" * 32)
BEGUN = 1_000_000
LATER = GRACE_SECONDS + 1
WITHIN_GRACE, REFUSED = TokenState.PARENT_WITHIN_GRACE, TokenState.REPLACED_WITHIN_GRACE


def begun() -> Session:
    hashes = {"secret_hash": FIRST.secret_hash, "parent_hash": None, "parent_rotated_at": None}
    times = {"begun_at": BEGUN, "rotated_at": BEGUN, "idle_at": BEGUN + 14 * DAY, "expires_at": BEGUN + 30 * DAY}
    return Session(
        "cus_ada", "ses_one", epoch=0, number=1, generation=0, sibling=0, derivation_key=1, amr=(), client=None, **hashes, **times
    )


class Family(NamedTuple):
    """A session at one moment; None after it has ended."""

    session: Session | None
    now: int = BEGUN

    def after(self, seconds: int) -> "Family":
        return self._replace(now=self.now + seconds)

    def state(self, token: RefreshToken) -> TokenState:
        return classify(self.session, token, self.now)

    def renew(self, token: RefreshToken) -> tuple["Family", RefreshToken | None]:
        """The family as the table would store it, and the token in the response, if there is one."""
        if self.session is None:
            return self, None
        state = self.state(token)
        if state is TokenState.REUSED:
            return self._replace(session=None), None
        if state is REFUSED:
            return self, None
        session, newest = renew(self.session, token, state, self.now)
        return self._replace(session=session), newest


def chain(times: int, *, seconds: int = LATER) -> tuple[Family, list[RefreshToken]]:
    """A family after this number of rotations, and its tokens, the newest last."""
    family, tokens = Family(begun()), [FIRST]
    for _ in range(times):
        family, token = family.after(seconds).renew(tokens[-1])
        tokens.append(token)
    return family, tokens


# ── each state ──


def test_the_newest_token_gets_a_successor_however_old_it_is():
    family, tokens = chain(3)

    assert family.after(13 * DAY).state(tokens[-1]) is TokenState.NEWEST


@pytest.mark.parametrize(("seconds", "state"), [(0, WITHIN_GRACE), (10, WITHIN_GRACE), (11, TokenState.PARENT_AFTER_GRACE)])
def test_the_parent_gets_the_same_successor_for_ten_seconds_and_a_sibling_from_then_on(seconds, state):
    family, (*_, parent, newest) = chain(2)
    family = family.after(seconds)
    after, answered = family.renew(parent)

    assert family.state(parent) is state
    assert (answered == newest) is (state is WITHIN_GRACE)
    assert after.state(answered) is TokenState.NEWEST


def test_a_sibling_has_the_successor_s_place_and_grace_and_may_be_supplanted_again():
    family, (_, parent, newest) = chain(2)
    family, sibling = family.after(LATER).renew(parent)
    _, repeated = family.after(10).renew(parent)
    family, second = family.after(LATER).renew(parent)

    assert repeated == sibling
    assert len({newest, sibling, second}) == 3
    assert family.session.generation == 2
    assert family.renew(second)[0].session.sibling == 0


@pytest.mark.parametrize(("seconds", "state"), [(0, REFUSED), (10, REFUSED), (11, TokenState.REUSED)])
def test_a_supplanted_token_is_refused_alone_for_ten_seconds_and_reuse_from_then_on(seconds, state):
    family, (_, parent, newest) = chain(2)
    family, _ = family.after(LATER).renew(parent)

    assert family.after(seconds).state(newest) is state


@pytest.mark.parametrize(("seconds", "state"), [(0, REFUSED), (10, REFUSED), (11, TokenState.REUSED)])
def test_a_supplanted_token_counts_as_replaced_from_then_on_even_after_its_sibling_was_used(seconds, state):
    family, (_, parent, newest) = chain(2)
    family, sibling = family.after(LATER).renew(parent)
    family, _ = family.renew(sibling)

    assert family.after(seconds).state(newest) is state


@pytest.mark.parametrize(("seconds", "state"), [(0, REFUSED), (7, REFUSED), (8, TokenState.REUSED)])
def test_a_grandparent_is_refused_alone_within_ten_seconds_of_its_own_replacement(seconds, state):
    family, (grandparent, *_) = chain(2, seconds=3)  # replaced three seconds before its successor

    assert family.after(seconds).state(grandparent) is state


def test_refreshing_every_few_seconds_does_not_hide_a_thief_from_the_holder_of_an_older_token():
    for seconds in (1, 4, 9):
        family, (stolen, *_) = chain(4, seconds=seconds)
        assert family.state(stolen) is TokenState.REUSED


def test_the_parent_of_a_used_token_is_reuse():
    family, (_, parent, _, _) = chain(3)

    assert family.state(parent) is TokenState.REUSED


# ── the model ──


class Holder(NamedTuple):
    """One holder of a token: how many tokens they have received since the theft, and whether they were refused."""

    token: RefreshToken
    answered: int = 0
    is_out: bool = False

    def renew(self, family: Family, *, lost: bool) -> tuple[Family, "Holder"]:
        family, token = family.renew(self.token)
        if token is None:
            return family, self if lost else self._replace(is_out=True)
        return family, self if lost else self._replace(token=token, answered=self.answered + 1)


def test_an_owner_alone_is_never_signed_out_whichever_responses_are_lost():
    """Every course of eight rotation, at once, within the grace, after it."""
    courses = {(Family(begun()), Holder(FIRST))}
    for _ in range(8):
        after = set()
        for family, owner in courses:
            for seconds in (0, 6, GRACE_SECONDS, LATER):
                for lost in (True, False):
                    later, renewed_owner = owner.renew(family.after(seconds), lost=lost)
                    after.add((_relative(later), renewed_owner._replace(answered=0)))
        courses = after
        assert not any(owner.is_out or family.session is None for family, owner in courses)


def test_outside_the_grace_owner_and_thief_never_both_continue_after_the_second_refresh_of_each():
    """Every course of up to three rotation of the owner alone, then the theft of what is held then, then seven of either."""
    alone = {(Family(begun()), Holder(FIRST))}
    thefts = set(alone)
    for _ in range(3):
        alone = {owner.renew(family.after(LATER), lost=lost) for family, owner in alone for lost in (True, False)}
        thefts |= alone
    courses = {(_relative(family), owner._replace(answered=0), Holder(owner.token)) for family, owner in thefts}
    for _ in range(7):
        courses = {each for course in courses for each in _next(*course)}
        assert all(min(owner.answered, thief.answered) <= 1 for _, owner, thief in courses)


def _next(family: Family, owner: Holder, thief: Holder) -> list[tuple[Family, Holder, Holder]]:
    later = family.after(LATER)
    courses = []
    for lost in (True, False):
        after, renewed_owner = owner.renew(later, lost=lost)
        courses.append((_relative(after), renewed_owner, thief))
        after, renewed_thief = thief.renew(later, lost=lost)
        courses.append((_relative(after), owner, renewed_thief))
    return courses


def _relative(family: Family) -> Family:
    """The same state, relative to now: everything older than all limits counts as equally old."""
    session, now = family
    if session is None:
        return Family(None)
    ago = BEGUN - LATER

    def moved(at: int | None) -> int | None:
        return at if at is None else max(BEGUN + at - now, ago)

    idle = {"idle_at": 0, "begun_at": 0, "expires_at": 0}
    return Family(session._replace(rotated_at=moved(session.rotated_at), parent_rotated_at=moved(session.parent_rotated_at), **idle))
