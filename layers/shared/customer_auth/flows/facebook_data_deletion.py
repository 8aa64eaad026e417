"""Facebook's demand that what it has given about a person be deleted, and what became of it.

The account at Facebook is removed from its customer. If it is the only way in, nobody could sign in to the rest, so the account's deletion
is confirmed instead. A demand that is sent again is the same demand.
"""

import re
from enum import StrEnum

from customer_auth import audit
from customer_auth.aws import conflicts, dynamodb, keys, secret_keys
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.base import ids, provider_settings
from customer_auth.base.errors import NotFound
from customer_auth.base.locales import Locale
from customer_auth.customers import customer_items, provider_account_items
from customer_auth.deletion import data_deletion_items, deletion_items
from customer_auth.deletion.deletion_items import DeletionState
from customer_auth.flows import account_deletion, provider_removal
from customer_auth.social import facebook, facebook_requests, provider_secrets
from customer_auth.social.facebook_requests import SignedRequest

_ID = re.compile(r"adr_[0-9a-v]{24}")


class DemandState(StrEnum):
    """How far a demand is, for the person who has made it."""

    PENDING = "pending"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


def receive(signed_request: str, at: int) -> str:
    """Do what the demand asks for; returns its confirmation code, which is the deletion request's id where there is one.

    Raises: NotFound (Facebook is not set up), WrongProviderProof, Unavailable, aws.Failed.
    """
    if not provider_settings.providers().is_set_up(facebook.NAME):
        raise NotFound
    demand = facebook_requests.verify(signed_request, provider_secrets.get("FACEBOOK_APP_SECRET"))
    audit.count("provider_events", provider=facebook.NAME)
    demand_id = _id_of(demand)

    def decide(_: WriteConflict | None) -> str:
        stored = data_deletion_items.find(demand_id)
        return demand_id if stored else _carry_out(demand, demand_id, at)

    return conflicts.retry_on_conflict(decide)


def _carry_out(demand: SignedRequest, demand_id: str, at: int) -> str:
    """Raises: WriteConflict, Unavailable, aws.Failed."""
    account = provider_account_items.find(keys.provider_account_key(facebook.NAME, demand.user_id))
    customer = customer_items.find(account.customer_id) if account else None
    if customer is None:
        _store(demand_id)
    elif not customer.may_sign_in:
        _store(demand_id, customer.deletion)
    elif customer.ways_in > 1:
        provider_removal.unlink(customer, facebook.NAME, Locale.EN)
        _store(demand_id)
    else:
        account_deletion.confirm_at_once(customer, demand_id, None, Locale.EN, at)
        _store(demand_id, demand_id)
    return demand_id


def _store(demand_id: str, deletion_id: str | None = None) -> None:
    dynamodb.try_write(data_deletion_items.put_new(demand_id, deletion_id))


def state(demand_id: str) -> DemandState:
    """What became of a demand. Raises: NotFound, aws.Failed."""
    stored = data_deletion_items.find(demand_id) if _ID.fullmatch(demand_id) else None
    if stored is None:
        raise NotFound
    deletion = deletion_items.find(stored["deletion"]) if "deletion" in stored else None
    match deletion.status if deletion else DeletionState.COMPLETED:
        case DeletionState.COMPLETED:
            return DemandState.COMPLETED
        case DeletionState.CANCELLED:
            return DemandState.CANCELLED
        case DeletionState.PENDING | DeletionState.CONFIRMED | DeletionState.ERASING:
            return DemandState.PENDING


def _id_of(demand: SignedRequest) -> str:
    index_key = secret_keys.index_key()
    return ids.of("adr_", ids.hmac_sha256(index_key, "facebook-data-deletion", demand.user_id, str(demand.issued_at)))
