"""Sending what was asked for: the codes table's stream says what, this claims each message, derives its code and hands it to a provider.

A request never waits for a provider, and never looks whether an address has an account; here that decides what its owner is told.
A provider's failure holds nothing else up: what may succeed later comes back from the retry queue while its code lives.
"""

import json
from typing import NamedTuple

from customer_auth import audit, aws
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import keys
from customer_auth.aws.dynamodb import Item
from customer_auth.base import clock, ids, settings
from customer_auth.base.locales import Locale
from customer_auth.customers import customer_items, identity_items
from customer_auth.customers.customers import Status
from customer_auth.customers.identity_items import Identity
from customer_auth.messaging import message_items, notification_items, notifications
from customer_auth.messaging.deliveries import PLANS
from customer_auth.messaging.errors import SendFailed
from customer_auth.messaging.message_items import Message
from customer_auth.messaging.messages import Kind, MessageChannel, render
from customer_auth.messaging.senders import SENDERS
from customer_auth.otp import challenges
from customer_auth.otp.derivation import derive_code
from customer_auth.otp.purposes import Purpose
from customer_auth.tokens import reset_tokens


class Result(NamedTuple):
    """What became of a message, and whether it is to be tried again."""

    outcome: str
    again: bool = False


def deliver(message: Message) -> Result:
    """Send one message, unless it was sent, replaced, used or has expired.

    Sent once; twice at most where the provider's answer, or this process, was lost.
    Raises: aws.Failed when the tables fail.
    """
    audit.note(purpose=message.purpose)
    try:
        challenge = message_items.lease(message)
        if challenge is None:
            return Result("nothing_to_send")
        return _notify(message, challenge) if message.purpose is Purpose.NOTIFICATION else _prove(message, challenge)
    except message_items.InTheWay:
        return Result("in_the_way", again=True)


def _notify(message: Message, notification: Item) -> Result:
    """Send what has no code, where its address or its fallback has room for it. Raises: InTheWay, aws.Failed."""
    address = notifications.destination(message, notification)
    if address is None:
        notification_items.delete(message.pk)
        audit.count("notifications_dropped", address=challenges.address_of(notification["address"]))
        return Result("dropped")
    audit.note(address=address)
    try:
        _send(Kind(notification["kind"]), message, address, address.destination, notification)
    except SendFailed as failure:
        return _not_sent(message, failure, last=notification["delivery"] == "leased_again")
    notification_items.delete(message.pk)
    audit.count("sent")
    return Result("sent")


def _prove(message: Message, challenge: Item) -> Result:
    """Send what a challenge's code or link is in. Raises: aws.Failed."""
    address = challenges.address_of(challenge["address"])
    audit.note(address=address)
    identity = identity_items.find(address) if address.value else None
    owner = identity.owner if identity else None
    kind = _kind(message.purpose, address, identity)
    if kind is None:
        message_items.record(message, "skipped")
        return Result("skipped")
    if kind is Kind.RESET and identity and identity.proven_at:
        message_items.bind(message, identity.revision)
    try:
        _send(kind, message, address, _destination(address, identity), challenge)
    except SendFailed as failure:
        return _not_sent(message, failure, last=challenge["delivery"] == "leased_again")
    message_items.record(message, "sent", customer_id=owner)
    audit.count("sent")
    return Result("sent")


def _kind(purpose: Purpose, address: Address, identity: Identity | None) -> Kind | None:
    """What the owner of an address is told; None: nothing."""
    if not address.value:
        return None  # nobody's, asked for by who knows no better
    if purpose is Purpose.RESET:
        return Kind.RESET if identity else None
    if purpose is Purpose.CANCELLATION:
        customer = customer_items.find(identity.owner) if identity and identity.owner else None
        return Kind.CANCELLATION if customer and customer.status == Status.DELETION_CONFIRMED else None
    plan = PLANS[purpose]
    return plan.to_account if identity and identity.owner else plan.to_nobody


def _destination(address: Address, identity: Identity | None) -> str:
    """An account's own spelling of a mailbox, never a request's; a number as today's plan has it."""
    stored = identity.spelling if identity and identity.owner else address.spelling
    return address._replace(spelling=stored).destination


def _send(kind: Kind, message: Message, address: Address, to: str, challenge: Item) -> None:
    """Raises: SendFailed, aws.Failed."""
    given = settings.messaging()
    channel: MessageChannel = "sms" if address.channel is Channel.PHONE else "email"
    locale = Locale(challenge["locale"])
    values = _dated(challenge, locale) if message.purpose is Purpose.NOTIFICATION else _proof(message, address, challenge)
    rendered = render(
        kind,
        channel,
        locale,
        brand=given.brand_name,
        domain=given.web_otp_domain,
        minutes=(challenge["expires_at"] - challenge["requested_at"]) // clock.MINUTE,
        **values,
    )
    SENDERS[channel].send(to, rendered)


def _dated(notification: Item, locale: Locale) -> dict[str, str]:
    """The day that the message speaks of, in UTC and in figures, which every language reads."""
    return {"date": locale.figures(clock.iso(notification["at"]).partition("T")[0])} if "at" in notification else {}


def _proof(message: Message, address: Address, challenge: Item) -> dict[str, str]:
    """What the message hands over: a code, or a reset's link. Raises: aws.Failed."""
    code = derive_code(challenge["nonce"], challenge["derivation_key"], message.purpose, address)
    if message.purpose is not Purpose.RESET:
        return {"code": code}
    token = challenges.encode(keys.item_key(message.pk), message.purpose, message.challenge_id) + code
    phone = address.destination if address.channel is Channel.PHONE else ""
    return {"token": token, "reset_url": reset_tokens.link(token, address), "phone": phone}


def _not_sent(message: Message, failure: SendFailed, *, last: bool) -> Result:
    """Whether it is worth another try: not for a refusal for good, nor after two lost answers, of which one may be a message."""
    if failure.permanent or (failure.unknown and last):
        message_items.record(message, "failed", reason=failure.reason)
        audit.count("failed")
        return Result(failure.reason)
    message_items.record(message, "unsure" if failure.unknown or last else "queued", reason=failure.reason)
    return Result(failure.reason, again=True)


def try_later(message: Message) -> None:
    """Put a message into the retry queue, from which it comes after the queue's delay. Raises: aws.Failed."""
    body = json.dumps({"pk": message.pk, "purpose": message.purpose, "challenge_id": ids.base64url(message.challenge_id)})
    aws.call("sqs", "SendMessage", QueueUrl=settings.messaging().retry_queue_url, MessageBody=body)


def from_queue(body: str) -> Message:
    """The message that `try_later` put."""
    told = json.loads(body)
    return Message(told["pk"], Purpose(told["purpose"]), ids.from_base64url(told["challenge_id"]) or b"")
