"""Facebook's demand that what it has given about a person be deleted; `facebook_demand_state` says what became of it.

The account at Facebook is removed from its customer. If it is the only way in, nobody could sign in to the rest, so the account's deletion
is confirmed instead. A demand that is sent again is the same demand.
"""

from customer_auth import audit
from customer_auth.aws import conflicts, dynamodb, keys, secret_keys
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.base import ids, provider_settings
from customer_auth.base.errors import NotFound
from customer_auth.base.locales import Locale
from customer_auth.customers import customer_items, provider_account_items
from customer_auth.customers.customers import Status
from customer_auth.deletion import data_deletion_items
from customer_auth.flows import account_deletion, provider_removal
from customer_auth.outgoing import provider_secrets
from customer_auth.social import facebook_requests
from customer_auth.social.facebook_requests import SignedRequest


def receive(signed_request: str, at: int) -> str:
    """Do what the demand asks for; returns its confirmation code, which is the deletion request's id where there is one.

    Raises: NotFound (Facebook is not set up), WrongProviderProof, Unavailable, aws.Failed.
    """
    if not provider_settings.providers().is_set_up(provider_settings.FACEBOOK):
        raise NotFound
    demand = facebook_requests.verify(signed_request, provider_secrets.get("FACEBOOK_APP_SECRET"))
    audit.count("provider_events", provider=provider_settings.FACEBOOK)
    demand_id = _id_of(demand)

    def decide(_: WriteConflict | None) -> str:
        stored = data_deletion_items.find(demand_id)
        return demand_id if stored else _carry_out(demand, demand_id, at)

    return conflicts.retry_on_conflict(decide)


def _carry_out(demand: SignedRequest, demand_id: str, at: int) -> str:
    """Raises: WriteConflict, Unavailable, aws.Failed."""
    account = provider_account_items.find(keys.provider_account_key(provider_settings.FACEBOOK, demand.user_id))
    customer = customer_items.find(account.customer_id) if account else None
    if customer is None:
        _store(demand_id)
    elif customer.ways_in > 1 and customer.status != Status.ERASING:  # also while a deletion can be cancelled
        noted, forgets_names = data_deletion_items.put_new(demand_id), bool(account and account.gave_names)
        provider_removal.unlink(customer, provider_settings.FACEBOOK, Locale.EN, noted, forgets_names=forgets_names)
    elif not customer.may_sign_in:
        _store(demand_id, customer.deletion)
    else:
        account_deletion.confirm_at_once(customer, demand_id, None, Locale.EN, at, data_deletion_items.put_new(demand_id, demand_id))
    return demand_id


def _store(demand_id: str, deletion_id: str | None = None) -> None:
    dynamodb.try_write(data_deletion_items.put_new(demand_id, deletion_id))


def _id_of(demand: SignedRequest) -> str:
    index_key = secret_keys.index_key()
    return ids.of("adr_", ids.hmac_sha256(index_key, "facebook-data-deletion", demand.user_id, str(demand.issued_at)))
