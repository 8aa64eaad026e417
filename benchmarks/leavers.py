"""Thousands of customers whose accounts are due for erasure, written to the tables as the service writes them, but without sign-ups."""

import itertools
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from customer_auth import aws
from customer_auth.addresses import email, phone
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Write
from customer_auth.base import ids, settings
from customer_auth.customers import customer_items, customers, identity_items, referral_items
from customer_auth.customers.customers import Customer, Names, Status
from customer_auth.deletion import deletion_count_items, deletion_items
from customer_auth.deletion.deletion_items import Deletion, DeletionState
from customer_auth.sessions import session_items
from customer_auth.sessions.session_items import Session

_DAY = 86_400
_SESSIONS = 3
_IN_A_BATCH = 25
_FIRST_NUMBER = 12_123_000_000


class Leaver(NamedTuple):
    """A customer to be erased, and the deletion request."""

    customer: Customer
    deletion: Deletion


def put(count: int, *, due_at: int, first: int = 0) -> list[Leaver]:
    """Write this many customers, each with two addresses and three sessions, the earliest due first; `first` numbers the first one."""
    leavers = [_leaver(first + nth, due_at - count + nth + 1) for nth in range(count)]
    write(itertools.chain.from_iterable(map(_items, leavers)))
    counted = Counter(deletion_count_items.add(each.deletion.id, confirmed=1).parameters["Key"]["pk"]["S"] for each in leavers)
    for each in leavers:
        place = deletion_count_items.add(each.deletion.id, confirmed=1).parameters["Key"]["pk"]["S"]
        if number := counted.pop(place, 0):
            dynamodb.write(deletion_count_items.add(each.deletion.id, confirmed=number))
    return leavers


def put_ended(count: int, *, at: int) -> None:
    """Write this number of old requests, half of them cancelled and half completed, without counting them."""

    def items() -> Iterable[Write]:
        for nth in range(count):
            state = DeletionState.CANCELLED if nth % 2 else DeletionState.COMPLETED
            new = Deletion(ids.new("adr_"), ids.new("cus_"), DeletionState.CONFIRMED, at - nth, at - nth, deletion_scheduled_at=at)
            item = deletion_items.put_confirmed(new).parameters["Item"] | {"status": {"S": state}, "listed": {"S": state}}
            del item["due_at"], item["due_shard"]
            yield Write("Put", {"TableName": settings.resources().customers_table, "Item": item})

    write(items())


def _leaver(nth: int, due_at: int) -> Leaver:
    number, mailbox = phone.parse(f"+{_FIRST_NUMBER + nth}"), email.parse(f"leaver.{nth}@example.com")
    request_id, requested_at = ids.new("adr_"), due_at - 7 * _DAY
    customer = customers.new(Names("Ada", "Lovelace"), address=number)._replace(
        email=mailbox.spelling, email_verified=True, status=Status.DELETION_CONFIRMED, session_epoch=1, deletion=request_id
    )
    deletion = Deletion(
        request_id,
        customer.id,
        DeletionState.CONFIRMED,
        requested_at,
        requested_at,
        reason="moved",
        deletion_scheduled_at=due_at,
        confirmed_at=requested_at,
        due_at=due_at,
    )
    return Leaver(customer, deletion)


def _items(leaver: Leaver) -> Iterable[Write]:
    customer, deletion = leaver
    yield customer_items.put_new(customer)
    for address in customer.verified_addresses:
        yield from identity_items.put_verified(address, customer, None)
    yield referral_items.put(customer)
    yield deletion_items.put_confirmed(deletion)
    for number in range(_SESSIONS):
        yield session_items.put_new(_session(customer, number, begun_at=deletion.created_at, lasts_until=deletion.due_at + 30 * _DAY))


def _session(customer: Customer, number: int, *, begun_at: int, lasts_until: int) -> Session:
    return Session(
        customer_id=customer.id,
        family=ids.new("ses_"),
        epoch=0,
        number=number,
        generation=0,
        sibling=0,
        secret_hash=b"0" * 32,
        parent_hash=None,
        parent_rotated_at=None,
        derivation_key=0,
        amr=["otp", "sms"],
        client=None,
        begun_at=begun_at,
        rotated_at=begun_at,
        idle_at=lasts_until,
        expires_at=lasts_until,
    )


def write(writes: Iterable[Write]) -> None:
    """Write the items in batches and without conditions, because none of them exists yet."""
    for some in itertools.batched(writes, _IN_A_BATCH, strict=False):
        requests: dict[str, list[Any]] = {}
        for write in some:
            requests.setdefault(write.parameters["TableName"], []).append({"PutRequest": {"Item": write.parameters["Item"]}})
        assert not aws.call("dynamodb", "BatchWriteItem", RequestItems=requests)["UnprocessedItems"]
