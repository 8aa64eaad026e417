"""How many deletion requests there are in each state, in the customers table.

Each shard has one item, which changes in the same transactions as its requests. Pending requests are not counted, because they lapse.

| attribute | holds |
|---|---|
| pk | count#deletions#… |
| confirmed, cancelled, completed | how many requests of the shard are in this state; those being erased count as confirmed |
"""

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Write
from customer_auth.base import settings
from customer_auth.deletion.deletion_items import SHARDS, DeletionState, shard_of

COUNTED = (DeletionState.CONFIRMED, DeletionState.CANCELLED, DeletionState.COMPLETED)


def add(request_id: str, **changes: int) -> Write:
    """Part of a transaction: adds to the counts of these states, in the request's shard."""
    sets = ", ".join(f"#{state} = if_not_exists(#{state}, :none) + :{state}" for state in changes)
    values = {":none": 0} | {f":{state}": change for state, change in changes.items()}
    table = settings.resources().customers_table
    return dynamodb.update(table, {"pk": keys.deletion_count(shard_of(request_id))}, f"SET {sets}", "", values)


def totals() -> dict[str, int]:
    """How many requests there are in each of the counted states. Raises: Unavailable, aws.Failed."""
    table = settings.resources().customers_table
    items = dynamodb.batch_get([(table, {"pk": keys.deletion_count(shard)}) for shard in range(SHARDS)])
    return {state: sum(item.get(state, 0) for item in items if item) for state in COUNTED}
