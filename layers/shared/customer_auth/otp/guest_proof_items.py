"""Numbers that guests have proven, in the codes table: each waits for the account that its guest creates, and is used once.

| attribute | holds |
|---|---|
| pk | proof#…, the SHA-256 of the verification session's value |
| address | the number, in the spelling that the code was sent to |
| expires_at | when the session ends; TTL |
"""

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.otp import challenges
from customer_auth.otp.verification_sessions import VerificationSession


def key(session: VerificationSession) -> tuple[str, Item]:
    """Table and key of what the session has proven, for a batch read."""
    return settings.resources().codes_table, {"pk": keys.guest_proof(session.hash)}


def address_in(item: Item | None) -> Address | None:
    """The number in a raw item; None if nothing was proven, or it was used, or the session has ended."""
    return challenges.address_of(item["address"]) if item and item["expires_at"] > clock.now() else None


def find(session: VerificationSession) -> Address | None:
    """The number that the session has proven and not used yet. Raises: aws.Failed."""
    return address_in(dynamodb.get(*key(session)))


def put_new(session: VerificationSession, address: Address) -> Write:
    """Part of a transaction: the session has proven this number, its first and only one."""
    table, item_key = key(session)
    return dynamodb.put(table, item_key | {"address": list(address), "expires_at": session.expires_at}, "attribute_not_exists(#pk)")


def use(session: VerificationSession) -> Write:
    """Part of a transaction: uses the proof up."""
    # it is there: proven, and not used · the session has not ended
    return dynamodb.delete(*key(session), "attribute_exists(#pk) AND #expires_at > :now", {":now": clock.now()})
