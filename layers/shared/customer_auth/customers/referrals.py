"""Referrals: who sent a new customer, stated once, when the account is created.

Since a referrer must exist before the customer, there are no cycles, and nobody refers themselves.
"""

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
    """The referral code is nobody's, or not any more, or it is the new customer's own."""

    def __init__(self) -> None:
        message = "is not known"
        super().__init__(f"Referral code {message}", FieldError("referral_code", message))


def key(code: str) -> tuple[str, Item]:
    """Table and key of the referrer: of the code's item, or of the customer if the code is a customer id.

    Raises: UnknownReferrer (the code can be neither).
    """
    customer_id, referral_code = cleaning.trim(code), cleaning.referral_code(code)
    if ids.may_be_customer(customer_id):
        return customer_items.key(customer_id)
    if not _CODE.fullmatch(referral_code):
        raise UnknownReferrer
    return referral_items.key(referral_code)


def with_referrers(customer: Customer, item: Item | None) -> tuple[Customer, list[Write]]:
    """The customer with their referrers, from the item at `key`, and the condition checks that the transaction must end with.

    Raises: UnknownReferrer.
    """
    referrer_id = (item or {}).get("customer_id") or (item or {}).get("id")
    if item is None or referrer_id is None or item.get("expires_at", clock.now() + 1) <= clock.now():
        raise UnknownReferrer  # the code is nobody's, or its customer has lapsed
    if customer.id in (referrer_id, *item["referrers"]):  # the customer themselves, directly or through others
        raise UnknownReferrer
    referrers = [str(referrer_id), *item["referrers"]][: settings.service().referral_levels]
    return customer._replace(referrers=referrers), [customer_items.exists(str(referrer_id))]


def have_failed(condition_checks: Sequence[Write], items: Sequence[Item | None]) -> bool:
    """Whether a transaction that ended with these checks failed because of them, given the items of its failed writes."""
    return any(item is not None for item in items[len(items) - len(condition_checks) :])


def resolve(customer: Customer, code: str | None) -> tuple[Customer, list[Write]]:
    """As `with_referrers`, after reading the code's item; without a code, the customer has no referrer.

    Raises: UnknownReferrer, Unavailable, aws.Failed.
    """
    if code is None:
        return customer, []
    return with_referrers(customer, dynamodb.batch_get([key(code)])[0])
