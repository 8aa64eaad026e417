"""The copy of its customer's password that an identity holds, so that signing in reads a single item (see `identity_items`)."""

from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.customers.identity_items import Identity, key, new_revision, unchanged


def replace(identity: Identity, password_hash: str) -> Write:
    """Part of a transaction: copies the customer's new password and ends resets, if the identity is unchanged since it was read."""
    where, values = unchanged(identity)
    values |= {":new_password_hash": password_hash, ":new_revision": new_revision()}
    sets = "SET #password_hash = :new_password_hash, #revision = :new_revision"
    return dynamodb.update(*key(identity.address_key), sets, where, values)


def rehash(identity: Identity, password_hash: str) -> Write:
    """Part of a transaction: replaces the hash of an unchanged password, if the identity is unchanged since it was read."""
    where, values = unchanged(identity)
    return dynamodb.update(*key(identity.address_key), "SET #password_hash = :new_hash", where, {":new_hash": password_hash} | values)


def confirm(identity: Identity) -> Write:
    """Part of a transaction: insists on the customer and the password that were compared; an unverified address is held from then on."""
    # the address is still this customer's, verified or not · with the password that was compared
    where = "#customer_id = :customer_id AND #password_hash = :password_hash"
    values: Item = {":customer_id": identity.customer_id, ":password_hash": identity.password_hash}
    if identity.is_taken:
        return dynamodb.condition_check(*key(identity.address_key), where, values)
    return dynamodb.update(*key(identity.address_key), "SET #held = :held REMOVE #expires_at", where, values | {":held": True})
