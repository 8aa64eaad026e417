"""Accounts at providers (Google, Facebook, Apple), in the customers table: one item each, which is what makes an account one customer's.

| attribute | holds |
|---|---|
| pk | provider#…, a keyed hash of the provider and of its own id (`sub`) of the account, which is stored nowhere |
| provider | its name |
| customer_id | who signs in by it |
| linked_at | since when |
| email | what the provider said when it was linked; it may be anybody's, so it is shown to the customer and identifies nobody |
| refresh_token | Apple's, encrypted by KMS; it is there only to be revoked when the account is deleted |
| suspended_at | since when the provider says that the account is disabled; nobody signs in by it until it is enabled again |
| gave_names | true if the customer signed up by it, with its names: they go with it if the provider demands it |
| resumed_at | when the provider enabled it again: what it said before that is out of date |
"""

from typing import NamedTuple

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import settings

# it is this customer's account
_IS_LINKED = "#customer_id = :customer_id"
# it is this customer's · the provider has not disabled it
_MAY_SIGN_IN = f"{_IS_LINKED} AND attribute_not_exists(#suspended_at)"


class LinkedAccount(NamedTuple):
    """An account at a provider by which a customer signs in; `key` is the hash that its item is stored under."""

    key: str
    provider: str
    customer_id: str
    linked_at: int
    email: str | None = None
    refresh_token: bytes | None = None
    suspended_at: int | None = None
    resumed_at: int | None = None
    gave_names: bool | None = None


def ref(key: str) -> tuple[str, Item]:
    """Table and key of the account, for a batch read."""
    return settings.resources().customers_table, {"pk": keys.provider_account(key)}


def from_item(key: str, item: Item | None) -> LinkedAccount | None:
    """The account in a raw item."""
    return LinkedAccount(key, **{name: item[name] for name in LinkedAccount._fields if name in item}) if item else None


def find(key: str) -> LinkedAccount | None:
    """The account stored under this key. Raises: aws.Failed."""
    return from_item(key, dynamodb.get(*ref(key)))


def find_all(accounts: dict[str, str]) -> list[LinkedAccount]:
    """The accounts of a customer (`Customer.provider_accounts`), the oldest first, in one read. Raises: Unavailable, aws.Failed."""
    items = dynamodb.batch_get([ref(key) for key in accounts.values()]) if accounts else []
    stored = (from_item(key, item) for key, item in zip(accounts.values(), items, strict=True))
    return sorted((account for account in stored if account), key=lambda account: (account.linked_at, account.provider))


def put_new(account: LinkedAccount) -> Write:
    """Part of a transaction: links the account to its customer; of two first sign-ins at once, one does."""
    table, key = ref(account.key)
    fields = {name: value for name, value in account._asdict().items() if name != "key" and value is not None}
    return dynamodb.put(table, key | fields, where="attribute_not_exists(#pk)")


def may_sign_in(account: LinkedAccount) -> Write:
    """Part of a transaction: checks that the account is still its customer's, and not suspended."""
    return dynamodb.condition_check(*ref(account.key), _MAY_SIGN_IN, {":customer_id": account.customer_id})


def keep_token(account: LinkedAccount, refresh_token: bytes) -> Write:
    """The same, and stores the account's encrypted refresh token."""
    values = {":customer_id": account.customer_id, ":token": refresh_token}
    return dynamodb.update(*ref(account.key), "SET #refresh_token = :token", _MAY_SIGN_IN, values)


def erase(key: str, customer_id: str) -> Write:
    """Part of a transaction: deletes the account, if it is this customer's."""
    return dynamodb.delete(*ref(key), _IS_LINKED, {":customer_id": customer_id})


def suspend(account: LinkedAccount, at: int) -> Write:
    """Part of a transaction: nobody signs in by the account until `resume`, if it is still its customer's."""
    values = {":customer_id": account.customer_id, ":at": at}
    return dynamodb.update(*ref(account.key), "SET #suspended_at = :at", _IS_LINKED, values)


def resume(account: LinkedAccount, at: int) -> Write:
    """Part of a transaction: the customer signs in by the account again, if it is still theirs."""
    values = {":customer_id": account.customer_id, ":at": at}
    return dynamodb.update(*ref(account.key), "SET #resumed_at = :at REMOVE #suspended_at", _IS_LINKED, values)


def forget_token(account: LinkedAccount) -> Write:
    """Part of a transaction: deletes a refresh token that the provider has revoked, if the account is still its customer's."""
    return dynamodb.update(*ref(account.key), "REMOVE #refresh_token", _IS_LINKED, {":customer_id": account.customer_id})
