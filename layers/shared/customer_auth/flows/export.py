"""All that is held on a customer, for the customer (GDPR art. 15 and 20): what each part means stands in docs/export.md."""

import re
from typing import Any

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item
from customer_auth.aws.keys import Lane
from customer_auth.base import clock, limits
from customer_auth.base.errors import ReauthenticationRequired
from customer_auth.customers import identity_items, registration_items
from customer_auth.customers.customers import Customer
from customer_auth.deletion import deletion_items
from customer_auth.messaging import notification_window_items
from customer_auth.otp import idempotency_items, password_window_items
from customer_auth.otp.lanes import item_at
from customer_auth.otp.purposes import Purpose
from customer_auth.sessions import session_items, sessions
from customer_auth.sessions.sessions import Caller


def export(caller: Caller) -> dict[str, Any]:
    """The document, as of now. Raises: ReauthenticationRequired (the sign-in is too long ago), Unavailable, aws.Failed."""
    if not sessions.is_recent(caller.claims):
        raise ReauthenticationRequired
    customer = caller.customer
    # what others do at an address is its owner's
    lanes = [(address, key, lane) for address in customer.verified_addresses for key in address.keys for lane in Lane]
    requests = [*(customer.deletions or ()), *([customer.deletion] if customer.deletion else ())]
    wanted = {
        "identities": [
            ref for each in (*customer.verified_addresses, *customer.unverified_addresses) for ref in identity_items.keys_of(each)
        ],
        "codes": [item_at(keys.code_item_key_of(key, lane)) for _, key, lane in lanes],
        "passwords": [password_window_items.key(keys.code_item_key_of(key, lane)) for _, key, lane in lanes],
        "notifications": [notification_window_items.key(address) for address in customer.verified_addresses],
        "registrations": [registration_items.key(each) for each in [customer.registration] if each],
        "deletions": [deletion_items.key(each) for each in requests],
    }
    read = iter(dynamodb.batch_get([ref for places in wanted.values() for ref in places]) if any(wanted.values()) else [])
    found = {name: [next(read) for _ in places] for name, places in wanted.items()}
    return {
        "exported_at": clock.iso(clock.now()),
        "customer": _customer(customer),
        "identities": [_identity(item) for item in found["identities"] if item and item.get("customer_id") == customer.id],
        "registrations": [_registration(item) for item in found["registrations"] if item],
        "sessions": [_session(each) for each in session_items.find_all(customer.id) if each.epoch == customer.session_epoch],
        "activity": [
            {"address": address.spelling, "lane": str(lane)} | _activity((code_item or {}) | (window or {}))
            for (address, _, lane), code_item, window in zip(lanes, found["codes"], found["passwords"], strict=True)
            if code_item or window
        ],
        "notifications": [
            {"address": address.spelling, "sent_at": _moments(item, "notify")}
            for address, item in zip(customer.verified_addresses, found["notifications"], strict=True)
            if item
        ],
        "deletion_requests": [_deletion(item) for item in found["deletions"] if item],
    }


def _customer(customer: Customer) -> dict[str, Any]:
    told = customer._asdict() | {"has_password": customer.password_hash is not None}
    del told["password_hash"]
    return told | _times(told, "created_at", "updated_at", "expires_at", "deletion_lapses_at")


def _identity(item: Item) -> dict[str, Any]:
    told = {name: item.get(name) for name in ("channel", "spelling", "proven_at", "registration", "expires_at")}
    return told | _times(told, "proven_at", "expires_at")


def _registration(item: Item) -> dict[str, Any]:
    told = {"id": item["id"], "address": item["address"][2], "created_at": item["created_at"], "expires_at": item.get("expires_at")}
    return told | _times(told, "created_at", "expires_at")


def _session(session: session_items.Session) -> dict[str, Any]:
    told = {name: getattr(session, name) for name in ("family", "amr", "client", "begun_at", "rotated_at", "idle_at", "expires_at")}
    return told | _times(told, "begun_at", "rotated_at", "idle_at", "expires_at")


def _activity(item: Item) -> dict[str, Any]:
    """When messages were sent to the address, and codes and passwords tried; what has been asked for and what has come of it."""
    windows = {"messages_sent_at": "send", "codes_tried_at": "fail", "passwords_tried_at": "pass"}
    told: dict[str, Any] = {name: _moments(item, prefix) for name, prefix in windows.items()}
    pending = {str(purpose): item[purpose] for purpose in Purpose if purpose in item}
    told["codes_asked"] = [
        {"purpose": purpose, "asked_at": clock.iso(each["requested_at"]), "expires_at": clock.iso(each["expires_at"])}
        for purpose, each in pending.items()
    ]
    used = {str(purpose): idempotency_items.find(purpose, item) for purpose in Purpose}
    told["codes_used"] = [{"purpose": purpose, "at": clock.iso(each.at)} for purpose, each in used.items() if each]
    return told | ({"devices_ended_at": clock.iso(item["devices_since"])} if "devices_since" in item else {})


def _moments(item: Item, prefix: str) -> list[str]:
    """A window's moments, the newest first; those that were taken out again lie long ago."""
    times = [value for name, value in item.items() if re.fullmatch(rf"{prefix}\d+", name) and value > limits.LONG_AGO]
    return [clock.iso(each) for each in sorted(times, reverse=True)]


def _deletion(item: Item) -> dict[str, Any]:
    names = ("id", "status", "reason", "locale", "created_at", "updated_at", "deletion_scheduled_at", "cancelled_at")
    told = {name: item.get(name) for name in names}
    return told | _times(told, "created_at", "updated_at", "deletion_scheduled_at", "cancelled_at")


def _times(told: dict[str, Any], *names: str) -> dict[str, str | None]:
    return {name: clock.iso(told[name]) if told[name] is not None else None for name in names}
