"""Everything stored about a customer, for that customer (GDPR art. 15 and 20); docs/export.md explains each part."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item
from customer_auth.aws.keys import Lane
from customer_auth.base import clock, limits
from customer_auth.base.account_errors import ReauthenticationRequired
from customer_auth.customers import identity_items, provider_account_items, registration_items
from customer_auth.customers.customers import Customer
from customer_auth.customers.provider_account_items import LinkedAccount
from customer_auth.deletion import deletion_items
from customer_auth.messaging import notification_window_items
from customer_auth.otp import idempotency_items, password_window_items
from customer_auth.otp.lanes import item_at
from customer_auth.otp.purposes import Purpose
from customer_auth.sessions import session_items, sessions
from customer_auth.sessions.sessions import Caller


class _Stored(NamedTuple):
    """The raw items of a customer that there are; those of an address together with the address."""

    identities: list[Item]
    codes: list[tuple[Address, Lane, Item]]
    notifications: list[tuple[Address, Item]]
    registrations: list[Item]
    deletions: list[Item]


def export(caller: Caller) -> dict[str, Any]:
    """The document, as of now. Raises: ReauthenticationRequired (no recent sign-in), Unavailable, aws.Failed."""
    if not sessions.is_recent(caller.claims):
        raise ReauthenticationRequired
    customer = caller.customer
    stored = _read(customer)
    return {
        "exported_at": clock.iso(clock.now()),
        "customer": _customer(customer),
        "identities": [_identity(item) for item in stored.identities],
        "provider_accounts": [_provider_account(each) for each in provider_account_items.find_all(customer.provider_accounts or {})],
        "registrations": [_registration(item) for item in stored.registrations],
        "sessions": [_session(each) for each in session_items.find_all(customer.id) if each.epoch == customer.session_epoch],
        "activity": [{"address": address.spelling, "lane": str(lane)} | _activity(item) for address, lane, item in stored.codes],
        "notifications": [{"address": address.spelling, "sent_at": _times(item, "notify")} for address, item in stored.notifications],
        "deletion_requests": [_deletion(item) for item in stored.deletions],
    }


def _read(customer: Customer) -> _Stored:
    """Read all items in one batch. What happens at an unverified address is its owner's, so none of that is read."""
    verified, unverified = customer.verified_addresses, customer.unverified_addresses
    lanes = [(address, key, lane) for address in verified for key in address.keys for lane in Lane]
    request_ids = [*(customer.deletions or ()), *([customer.deletion] if customer.deletion else ())]
    items = _batch_get(
        {
            "identities": [item_key for each in (*verified, *unverified) for item_key in identity_items.keys_of(each)],
            "codes": [item_at(keys.code_item_key_of(key, lane)) for _, key, lane in lanes],
            "passwords": [password_window_items.key(keys.code_item_key_of(key, lane)) for _, key, lane in lanes],
            "notifications": [notification_window_items.key(address) for address in verified],
            "registrations": [registration_items.key(customer.registration)] if customer.registration else [],
            "deletions": [deletion_items.key(each) for each in request_ids],
        }
    )
    return _Stored(
        identities=[item for item in items["identities"] if item and item.get("customer_id") == customer.id],
        codes=[
            (address, lane, (code_item or {}) | (window or {}))
            for (address, _, lane), code_item, window in zip(lanes, items["codes"], items["passwords"], strict=True)
            if code_item or window
        ],
        notifications=[(address, item) for address, item in zip(verified, items["notifications"], strict=True) if item],
        registrations=[item for item in items["registrations"] if item],
        deletions=[item for item in items["deletions"] if item],
    )


def _batch_get(item_keys: Mapping[str, Sequence[tuple[str, Item]]]) -> dict[str, list[Item | None]]:
    """The items of several groups, in one read if there are any."""
    every = [item_key for group in item_keys.values() for item_key in group]
    items = iter(dynamodb.batch_get(every) if every else [])
    return {name: [next(items) for _ in group] for name, group in item_keys.items()}


def _customer(customer: Customer) -> dict[str, Any]:
    fields = customer._asdict() | {"has_password": customer.password_hash is not None}
    fields["consents"] = [_with_iso_times(event, "at") for event in customer.consents or ()]
    del fields["password_hash"], fields["provider_accounts"]
    return _with_iso_times(fields, "created_at", "updated_at", "expires_at", "deletion_lapses_at")


def _identity(item: Item) -> dict[str, Any]:
    fields = {name: item.get(name) for name in ("channel", "spelling", "proven_at", "registration", "expires_at")}
    return _with_iso_times(fields, "proven_at", "expires_at")


def _provider_account(account: LinkedAccount) -> dict[str, Any]:
    fields = {name: getattr(account, name) for name in ("provider", "email", "linked_at", "suspended_at")}
    return _with_iso_times(fields, "linked_at", "suspended_at")


def _registration(item: Item) -> dict[str, Any]:
    fields = {"id": item["id"], "address": item["address"][2], "created_at": item["created_at"], "expires_at": item.get("expires_at")}
    return _with_iso_times(fields, "created_at", "expires_at")


def _session(session: session_items.Session) -> dict[str, Any]:
    fields = {name: getattr(session, name) for name in ("family", "amr", "client", "begun_at", "rotated_at", "idle_at", "expires_at")}
    return _with_iso_times(fields, "begun_at", "rotated_at", "idle_at", "expires_at")


def _activity(item: Item) -> dict[str, Any]:
    """What happened at an address in one lane: when messages were sent, codes and passwords tried, codes requested and used."""
    windows = {"messages_sent_at": "send", "codes_tried_at": "fail", "passwords_tried_at": "pass"}
    activity: dict[str, Any] = {name: _times(item, prefix) for name, prefix in windows.items()}
    activity["codes_asked"] = [_requested_code(purpose, item[purpose]) for purpose in Purpose if purpose in item]
    used = {str(purpose): idempotency_items.find(purpose, item) for purpose in Purpose}
    activity["codes_used"] = [{"purpose": purpose, "at": clock.iso(record.at)} for purpose, record in used.items() if record]
    return activity | ({"devices_ended_at": clock.iso(item["devices_since"])} if "devices_since" in item else {})


def _requested_code(purpose: Purpose, challenge: Item) -> dict[str, Any]:
    asked_at, expires_at = clock.iso(challenge["requested_at"]), clock.iso(challenge["expires_at"])
    return {"purpose": str(purpose), "asked_at": asked_at, "expires_at": expires_at}


def _times(item: Item, prefix: str) -> list[str]:
    """The times in a window, newest first; entries that were taken out again are set to a time long ago."""
    times = [value for name, value in item.items() if re.fullmatch(rf"{prefix}\d+", name) and value > limits.LONG_AGO]
    return [clock.iso(each) for each in sorted(times, reverse=True)]


def _deletion(item: Item) -> dict[str, Any]:
    names = ("id", "status", "reason", "locale", "created_at", "updated_at", "deletion_scheduled_at", "cancelled_at")
    return _with_iso_times({name: item.get(name) for name in names}, "created_at", "updated_at", "deletion_scheduled_at", "cancelled_at")


def _with_iso_times(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    """The fields, with those of these names in ISO 8601 UTC where they are set."""
    return fields | {name: clock.iso(fields[name]) if fields[name] is not None else None for name in names}
