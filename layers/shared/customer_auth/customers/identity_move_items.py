"""Moves an identity to today's key once its numbering plan has changed (see `identity_items`); only `make renumber` does."""

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock
from customer_auth.customers.identity_items import IS_UNVERIFIED, Identity, key, new_item, unchanged

# The mark under the former key lives longer than any batch read takes.
_MARK_SECONDS = clock.MINUTE


def move(address: Address, identity: Identity) -> list[Write]:
    """Parts of a transaction: move an identity from a former key to today's, with a new revision, if it is unchanged since it was read.

    What is stored under today's key is replaced if it has lapsed, or if it is unverified and the moved one is verified: the first proof
    wins.
    """
    own_place = ("address_key", "spelling", "revision", "held")
    fields = {name: value for name, value in identity._asdict().items() if name not in own_place} | {"held": identity.held or None}
    where, values = (IS_UNVERIFIED, {}) if identity.proven_at else unchanged(None)
    moved = dynamodb.put(*new_item(address, None, fields), where, values)
    table, former_key = key(identity.address_key)
    mark = {"channel": str(address.channel), "moved_at": clock.now(), "expires_at": clock.now() + _MARK_SECONDS}
    return [moved, dynamodb.put(table, former_key | mark, *unchanged(identity))]
