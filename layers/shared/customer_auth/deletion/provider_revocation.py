"""Revoking what providers have granted for an account that is being erased (RFC 7009): today Apple's refresh token, which Apple demands.

It is tried for a day, since a provider may be out of order; then the account goes in any case, and its receipt says that the token stayed.
"""

from enum import StrEnum
from typing import assert_never

from customer_auth import audit, aws
from customer_auth.base import clock, provider_settings
from customer_auth.base.errors import Unavailable
from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut
from customer_auth.customers import provider_account_items
from customer_auth.customers.customers import Customer
from customer_auth.customers.provider_account_items import LinkedAccount
from customer_auth.outgoing.deadline import Deadline
from customer_auth.social import apple, provider_tokens, providers

_TRIED_SECONDS = clock.DAY


class _Outcome(StrEnum):
    """What became of a token."""

    REVOKED = "revoked"
    FAILED = "failed"
    SKIPPED = "skipped"  # the provider has no endpoint for it, or is not set up any more


def revoke(customer: Customer, begun_at: int) -> dict[str, int]:
    """Revoke the customer's tokens; how many were revoked and how many could not be, for the receipt. Repeating it is harmless.

    `begun_at` is when the erasure began. Raises: ProviderFailed, ProviderTimedOut (within a day of that), Unavailable, aws.Failed.
    """
    counts: dict[str, int] = {}
    for account in provider_account_items.find_all(customer.provider_accounts or {}):
        match _revoke(account, begun_at) if account.refresh_token else _Outcome.SKIPPED:
            case _Outcome.REVOKED:
                counts["provider_tokens_revoked"] = counts.get("provider_tokens_revoked", 0) + 1
            case _Outcome.FAILED:
                counts["provider_tokens_not_revoked"] = counts.get("provider_tokens_not_revoked", 0) + 1
            case _Outcome.SKIPPED:
                pass
            case never:
                assert_never(never)
    return counts


def _revoke(account: LinkedAccount, begun_at: int) -> _Outcome:
    """Raises: ProviderFailed, ProviderTimedOut (as long as it may be tried again), aws.Failed."""
    if account.provider != apple.NAME or not provider_settings.providers().is_set_up(apple.NAME):
        return _Outcome.SKIPPED
    try:
        token = provider_tokens.decrypt(account.refresh_token or b"", account.customer_id)
        return _Outcome.REVOKED if providers.apple_provider().revoke(token, Deadline()) else _Outcome.SKIPPED
    except (ProviderFailed, ProviderTimedOut, Unavailable, aws.Failed):
        if clock.now() < begun_at + _TRIED_SECONDS:
            raise
        audit.count("provider_tokens_not_revoked")
        return _Outcome.FAILED
