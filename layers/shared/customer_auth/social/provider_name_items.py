"""What a provider calls a person, in the codes table, from its form to the exchange: Apple says it once, in the first form alone.

| attribute | holds |
|---|---|
| pk | names#…, the hash of the state |
| first_name, last_name | as the provider has them |
| expires_at | TTL: when the state has expired |
"""

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item
from customer_auth.base import clock, settings
from customer_auth.customers.customers import Names
from customer_auth.social.sign_in_states import LIFE_SECONDS


def ref(state_hash: bytes) -> tuple[str, Item]:
    """Table and key of the names that came with a state, for a batch read."""
    return settings.resources().codes_table, {"pk": keys.provider_names(state_hash)}


def from_item(item: Item | None) -> Names:
    """The names in a raw item, if there is one."""
    return Names(*((item or {}).get(name) for name in Names._fields))


def put(state_hash: bytes, names: Names) -> None:
    """Keep the names; the first form with a state counts. Raises: aws.Failed."""
    table, key = ref(state_hash)
    fields = {name: value for name, value in names._asdict().items() if value}
    write = dynamodb.put(table, key | fields | {"expires_at": clock.now() + LIFE_SECONDS}, where="attribute_not_exists(#pk)")
    dynamodb.try_write(write)
