"""The deletion of a customer, in the customer's item (see `customer_items`): requested, confirmed, cancelled, carried out.

`deletion` names the current request (see `deletion_items`), which lapses at `deletion_lapses_at` until it is confirmed; `deletions` lists
the cancelled ones.
"""

from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock
from customer_auth.customers.customer_conditions import SAME_EPOCH_AND_STATUS, epoch_and_status, same_ways_in
from customer_auth.customers.customer_items import key
from customer_auth.customers.customers import Customer, Status


def request(customer: Customer, request_id: str, lapses_at: int) -> Write:
    """Part of a transaction: names a request for the customer's deletion, in place of the one that was read."""
    # session epoch and status are as read · nobody has made another request
    where = f"{SAME_EPOCH_AND_STATUS} AND " + ("#deletion = :previous" if customer.deletion else "attribute_not_exists(#deletion)")
    values = epoch_and_status(customer) | {":request": request_id, ":lapses_at": lapses_at}
    values |= {":previous": customer.deletion} if customer.deletion else {}
    return dynamodb.update(*key(customer.id), "SET #deletion = :request, #deletion_lapses_at = :lapses_at", where, values)


def confirm(customer: Customer, request_id: str, *, without_code: bool = False) -> Write:
    """Part of a transaction: ends every session and blocks every sign-in, until the deletion is cancelled.

    `without_code`: fails if the customer's ways in are not those that were read, for they say that no code is needed.
    """
    values = epoch_and_status(customer) | {":request": request_id, ":next": customer.session_epoch + 1, ":now": clock.now()}
    values |= {":confirmed": Status.DELETION_CONFIRMED}
    # session epoch and status are as read · the customer names this request, or none
    where = f"{SAME_EPOCH_AND_STATUS} AND (attribute_not_exists(#deletion) OR #deletion = :request)"
    if without_code:
        has_same_ways_in, own_values = same_ways_in(customer)
        where, values = f"{where} AND {has_same_ways_in}", values | own_values
    sets = "SET #status = :confirmed, #session_epoch = :next, #updated_at = :now, #deletion = :request"
    return dynamodb.update(*key(customer.id), f"{sets} REMOVE #deletion_lapses_at, #expires_at", where, values)


def cancel(customer: Customer) -> Write:
    """Part of a transaction: lets the customer sign in again; fails once the erasure has begun."""
    values = epoch_and_status(customer) | {":deletion": customer.deletion, ":active": Status.ACTIVE, ":now": clock.now()}
    values |= {":none": list[str](), ":cancelled": [customer.deletion]}
    sets = "SET #status = :active, #updated_at = :now, #deletions = list_append(if_not_exists(#deletions, :none), :cancelled)"
    # the status is still DELETION_CONFIRMED, as read, so the erasure has not begun · the customer still names this request
    where = f"{SAME_EPOCH_AND_STATUS} AND #deletion = :deletion"
    return dynamodb.update(*key(customer.id), f"{sets} REMOVE #deletion", where, values)


def begin_erasure(customer: Customer) -> Write:
    """Part of a transaction: marks the customer as being erased, after which the deletion cannot be cancelled."""
    values = epoch_and_status(customer) | {":deletion": customer.deletion, ":erasing": Status.ERASING}
    # the status is still DELETION_CONFIRMED, as read, so it has not been cancelled · the customer still names this request
    where = f"{SAME_EPOCH_AND_STATUS} AND #deletion = :deletion"
    return dynamodb.update(*key(customer.id), "SET #status = :erasing", where, values)


def erase(customer: Customer) -> Write:
    """Part of a transaction: deletes a customer whose erasure has begun."""
    values = {":deletion": customer.deletion, ":erasing": Status.ERASING}
    # the erasure has begun · by this very request
    return dynamodb.delete(*key(customer.id), "#status = :erasing AND #deletion = :deletion", values)


def is_not_deleted_by(customer_id: str, request_id: str) -> Write:
    """Part of a transaction: checks that no customer with this id is to be deleted by this request."""
    # there is no such customer · or they have requested nothing · or they name another request
    where = "attribute_not_exists(#pk) OR attribute_not_exists(#deletion) OR #deletion <> :request"
    return dynamodb.condition_check(*key(customer_id), where, {":request": request_id})
