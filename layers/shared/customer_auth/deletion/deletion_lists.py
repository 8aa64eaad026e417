"""Requested deletions as administrators see them: by state and order, a page at a time, with how many there are."""

import heapq
import re
from typing import NamedTuple

from customer_auth.base import clock, ids
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.deletion import deletion_items
from customer_auth.deletion.deletion_items import SHOWN, Deletion, State

_PLACE = re.compile(r"[0-9a-z_#]{1,80}")


class Wanted(NamedTuple):
    """Which page: of one state or of all, in which order, and where in it."""

    state: str | None
    order: str
    ascending: bool
    limit: int
    offset: int
    cursor: str | None


class Page(NamedTuple):
    """Requests, how many there are in all, and the cursor of the next page, if there is one."""

    deletions: list[Deletion]
    total: int
    next_cursor: str | None


def page(wanted: Wanted) -> Page:
    """One page; the lists may lag by a moment behind the counts. Raises: BadRequest (no cursor of ours), aws.Failed."""
    after = _after(wanted) if wanted.cursor else None
    if after and wanted.offset:
        raise BadRequest("Cursor and offset exclude each other", FieldError("offset", "must be 0 with a cursor"))
    states = [wanted.state] if wanted.state else list(SHOWN)
    found: list[list[tuple[str, Deletion]]] = []
    count, is_more = 0, False
    for state in states:
        if state == State.PENDING:
            alive, _ = deletion_items.listed(state, wanted.order, ascending=wanted.ascending, lapsed_by=clock.now())
            count += len(alive)
            found.append([each for each in alive if after is None or (each[0] > after if wanted.ascending else each[0] < after)])
            continue
        most = wanted.offset + wanted.limit
        some, goes_on = deletion_items.listed(state, wanted.order, ascending=wanted.ascending, most=most, after=after)
        found.append(some)
        is_more = is_more or goes_on
    if states != [State.PENDING]:
        counted = deletion_items.counts()
        count += sum(counted[state] for state in states if state in counted)
    merged = list(heapq.merge(*found, key=lambda each: each[0], reverse=not wanted.ascending))
    shown = merged[wanted.offset : wanted.offset + wanted.limit]
    is_more = is_more or len(merged) > wanted.offset + wanted.limit
    return Page([each for _, each in shown], count, _cursor(wanted, shown[-1][0]) if is_more and shown else None)


def _cursor(wanted: Wanted, place: str) -> str:
    return ids.base64url(f"{wanted.order}:{wanted.ascending}:{place}".encode())


def _after(wanted: Wanted) -> str:
    """After which place the page begins; it is of this very order."""
    raw = ids.from_base64url(wanted.cursor or "") or b""
    start = f"{wanted.order}:{wanted.ascending}:".encode()
    place = raw.removeprefix(start).decode("ascii", "replace")
    if not raw.startswith(start) or not _PLACE.fullmatch(place):
        message = "is not one of ours, for this order"
        raise BadRequest(f"Cursor {message}", FieldError("cursor", message))
    return place
