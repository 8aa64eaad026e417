"""Deletion requests by state and sort order, in indexes of the customers table (see `deletion_items`)."""

from typing import NamedTuple

from customer_auth.aws import queries
from customer_auth.aws.dynamodb import Item
from customer_auth.base import settings
from customer_auth.deletion.deletion_items import Deletion, from_item

# The index of each sort order, and the attribute that it is sorted by.
INDEXES = {"created_at": "deletions_by_created", "updated_at": "deletions_by_updated", "customer_id": "deletions_by_customer"}
_SORT_KEYS = {"created_at": "by_created", "updated_at": "by_updated", "customer_id": "by_customer"}


class ListedDeletion(NamedTuple):
    """A request with its position in a list."""

    position: str
    deletion: Deletion


def find(
    state: str, order: str, *, ascending: bool, limit: int | None = None, after: str | None = None, lapsed_by: int | None = None
) -> tuple[list[ListedDeletion], bool]:
    """Requests of one state in this order, from after a position on, and whether there are more than `limit`.

    Those that have lapsed by `lapsed_by` are left out. Raises: aws.Failed.
    """
    table, sort_key = settings.resources().customers_table, _SORT_KEYS[order]
    beyond = (sort_key, after) if after is not None else None
    size = None if limit is None else limit + 1
    listed: list[ListedDeletion] = []
    start: Item | None = None
    while True:
        items, start = queries.index_page(
            table, INDEXES[order], {"listed": state}, limit=size, start=start, ascending=ascending, beyond=beyond
        )
        alive = [item for item in items if _is_alive(item, lapsed_by)]
        listed += [ListedDeletion(str(item[sort_key]), deletion) for item in alive if (deletion := from_item(item))]
        if start is None or (limit is not None and len(listed) > limit):
            return listed[:limit], limit is not None and len(listed) > limit


def _is_alive(item: Item, lapsed_by: int | None) -> bool:
    return lapsed_by is None or item["expires_at"] > lapsed_by
