"""The customers whom one customer has referred, in an index of the customers table (see `customer_items`)."""

from typing import NamedTuple

from customer_auth.aws import keys, queries
from customer_auth.base import clock, settings

INDEX = "referrals"


class ReferredCustomer(NamedTuple):
    """As much of a customer as their referrer may see."""

    id: str
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    referrers: list[str]
    created_at: int


class Position(NamedTuple):
    """The last customer of a page, after whom the next page starts. `created_at` in epoch seconds."""

    created_at: int
    customer_id: str


def find_page(referrer_id: str, *, limit: int, after: Position | None) -> tuple[list[ReferredCustomer], Position | None]:
    """One page of the customers that this one has referred, newest first, and where it ends if there may be more. Raises: aws.Failed."""
    start = {"pk": keys.customer(after.customer_id), "referrer": referrer_id, "created_at": after.created_at} if after else None
    table = settings.resources().customers_table
    items, last = queries.index_page(table, INDEX, {"referrer": referrer_id}, limit=limit, start=start)
    now = clock.now()
    alive = [item for item in items if item.get("expires_at", now + 1) > now]
    customers = [ReferredCustomer._make(item.get(name) for name in ReferredCustomer._fields) for item in alive]
    return customers, Position(last["created_at"], last["pk"].partition("#")[2]) if last else None
