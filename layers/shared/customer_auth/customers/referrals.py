"""Referrals: by whom a new customer was sent, told once, when the account is made; so there are no cycles and nobody refers themselves."""

import re
from collections.abc import Sequence

from customer_auth.addresses import cleaning
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, ids, settings
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.customers import customer_items, referral_items
from customer_auth.customers.customers import Customer

_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{12}")


class UnknownReferrer(BadRequest):
    """Nobody has this referral code, or not any more, or it is the new customer's own."""

    def __init__(self) -> None:
        message = "is not known"
        super().__init__(f"Referral code {message}", FieldError("referral_code", message))


def key(code: str) -> tuple[str, Item]:
    """Where to read who is meant: a code's item, or the customer whose id it is. Raises: UnknownReferrer (it can be neither)."""
    customer_id, own_code = cleaning.trim(code), cleaning.referral_code(code)
    if ids.may_be_customer(customer_id):
        return customer_items.key(customer_id)
    if not _CODE.fullmatch(own_code):
        raise UnknownReferrer
    return referral_items.key(own_code)


def followed(customer: Customer, item: Item | None) -> tuple[Customer, list[Write]]:
    """The customer with their referrers, by what lies at `key`, and what the transaction must insist on for it.

    Raises: UnknownReferrer.
    """
    referrer_id = (item or {}).get("customer_id") or (item or {}).get("id")
    if item is None or referrer_id is None or item.get("expires_at", clock.now() + 1) <= clock.now():
        raise UnknownReferrer  # nobody's, or of who has lapsed
    if customer.id in (referrer_id, *item["referrers"]):  # oneself, also by way of others
        raise UnknownReferrer
    referrers = [str(referrer_id), *item["referrers"]][: settings.service().referral_levels]
    return customer._replace(referrers=referrers), [customer_items.exists(str(referrer_id))]


def refused(condition_checks: Sequence[Write], items: Sequence[Item | None]) -> bool:
    """Whether a transaction that ended with these has failed by them, by what lay there for each of its writes."""
    return any(item is not None for item in items[len(items) - len(condition_checks) :])


def follow(customer: Customer, code: str | None) -> tuple[Customer, list[Write]]:
    """The same, reading what the code means; without a code, nobody sent them. Raises: UnknownReferrer, Unavailable, aws.Failed."""
    if code is None:
        return customer, []
    return followed(customer, dynamodb.batch_get([key(code)])[0])
