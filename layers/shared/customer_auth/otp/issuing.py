"""Issuing a challenge: its client is charged for the request, and gets that back if nothing is sent."""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from customer_auth import audit, aws
from customer_auth.addresses.address import Address
from customer_auth.aws.dynamodb import Write
from customer_auth.aws.keys import Lane
from customer_auth.base import settings
from customer_auth.base.client import Client
from customer_auth.base.errors import Throttled
from customer_auth.otp import challenges, client_items, code_items
from customer_auth.otp.challenges import Challenge
from customer_auth.otp.client_items import CountedRequest
from customer_auth.otp.lanes import CodeItemRef, DeviceEnded


class IssuedChallenge(NamedTuple):
    """What the caller of a code request gets; whether a message is on its way depends on the address. Times in epoch seconds."""

    challenge: str
    expires_at: int
    resend_at: int
    address: Address


def count_request(client: Client) -> CountedRequest:
    """Count a request against its client before its address is looked up, in the untrusted lane.

    Raises: Throttled, aws.Failed (it may be counted).
    """
    return client_items.count_request(client.bucket, Lane.UNTRUSTED, secrets.token_bytes(16))


def charge(client: Client, lane: Lane, challenge: Challenge) -> CountedRequest:
    """Count the request for this challenge against its client, in this lane. Raises: Throttled, aws.Failed (it may be counted)."""
    return client_items.count_request(client.bucket, lane, challenge.hash)  # the id itself is erased with its challenge


def issue(ref: CodeItemRef, challenge: Challenge, counted: CountedRequest, writes: Sequence[Write] = ()) -> IssuedChallenge:
    """Put the challenge into its code item, with these writes, for a request that was counted. Raises: as `replace_challenge`."""
    challenge = challenge._replace(client=counted.client_key)
    try:
        code_items.replace_challenge(ref, challenge, writes)
    except (Throttled, DeviceEnded):
        _refund(counted)  # nothing is sent, so its client is not charged
        raise
    audit.count("requested", lane=ref.lane)
    text = challenges.encode(ref.item_key, challenge.purpose, challenge.id)
    resend_at = challenge.requested_at + settings.service().resend_throttle_seconds
    return IssuedChallenge(text, challenge.expires_at, resend_at, challenge.address)


def _refund(counted: CountedRequest) -> None:
    """Best effort: one more that stays counted is the safe side."""
    try:
        client_items.refund_request(counted)
    except aws.Failed:
        audit.note(refund="failed")
