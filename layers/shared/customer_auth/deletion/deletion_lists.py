"""The list of deletion requests for administrators: by state and order, a page at a time, with the total number."""

import heapq
import re
from typing import NamedTuple

from customer_auth.base import clock, ids
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.deletion import deletion_count_items, deletion_list_items
from customer_auth.deletion.deletion_items import Deletion, DeletionState
from customer_auth.deletion.deletion_list_items import ListedDeletion

# What administrators can ask for; requests that are being erased are shown as confirmed.
VISIBLE_STATES = (DeletionState.PENDING, *deletion_count_items.COUNTED)
_POSITION = re.compile(r"[0-9a-z_#]{1,80}")


class ListRequest(NamedTuple):
    """Which page: of one state or of all, in which order, and from where."""

    state: str | None
    order: str
    ascending: bool
    limit: int
    offset: int
    cursor: str | None


class DeletionPage(NamedTuple):
    """Requests, the total number of them, and the cursor of the next page if there is one."""

    deletions: list[Deletion]
    total: int
    next_cursor: str | None


class _StateList(NamedTuple):
    """The requests of one state that this page may show; `total` counts all of that state where the counts do not."""

    listed: list[ListedDeletion]
    has_more: bool
    total: int = 0


def page(request: ListRequest) -> DeletionPage:
    """One page; the lists may lag behind the total for a moment. Raises: BadRequest (not one of our cursors), aws.Failed."""
    after = _position(request) if request.cursor else None
    if after and request.offset:
        raise BadRequest("Cursor and offset exclude each other", FieldError("offset", "must be 0 with a cursor"))
    states = [DeletionState(request.state)] if request.state else list(VISIBLE_STATES)
    lists = [_pending(request, after) if state is DeletionState.PENDING else _of_state(state, request, after) for state in states]
    total = sum(each.total for each in lists)
    if states != [DeletionState.PENDING]:
        totals = deletion_count_items.totals()
        total += sum(totals[state] for state in states if state in totals)
    merged = list(heapq.merge(*(each.listed for each in lists), key=lambda each: each.position, reverse=not request.ascending))
    end = request.offset + request.limit
    visible = merged[request.offset : end]
    has_more = any(each.has_more for each in lists) or len(merged) > end
    cursor = _cursor(request, visible[-1].position) if has_more and visible else None
    return DeletionPage([each.deletion for each in visible], total, cursor)


def _pending(request: ListRequest, after: str | None) -> _StateList:
    """Every pending request has to be read, to leave out those that have lapsed and to count the others."""
    alive, _ = deletion_list_items.find(DeletionState.PENDING, request.order, ascending=request.ascending, lapsed_by=clock.now())
    listed = [each for each in alive if after is None or (each.position > after if request.ascending else each.position < after)]
    return _StateList(listed, has_more=False, total=len(alive))


def _of_state(state: DeletionState, request: ListRequest, after: str | None) -> _StateList:
    limit = request.offset + request.limit
    return _StateList(*deletion_list_items.find(state, request.order, ascending=request.ascending, limit=limit, after=after))


def _cursor(request: ListRequest, position: str) -> str:
    return ids.base64url(f"{request.order}:{request.ascending}:{position}".encode())


def _position(request: ListRequest) -> str:
    """The position after which the page starts; a cursor is only valid for the order it was issued for. Raises: BadRequest."""
    raw = ids.from_base64url(request.cursor or "") or b""
    prefix = f"{request.order}:{request.ascending}:".encode()
    position = raw.removeprefix(prefix).decode("ascii", "replace")
    if not raw.startswith(prefix) or not _POSITION.fullmatch(position):
        message = "is not one of ours, for this order"
        raise BadRequest(f"Cursor {message}", FieldError("cursor", message))
    return position
