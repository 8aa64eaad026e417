"""Sends the messages in the outbox: leases each one, derives its code, renders it, and hands it over to a provider.

The outbox is the stream of the codes table. A request never waits for a provider and never looks up whether an address has an account;
that is looked up here, and decides which message the address's owner gets. A provider's failure delays no other message: what may succeed
later goes to the retry queue, and comes back from it while its code is valid.
"""

import json

from customer_auth import audit, aws
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item
from customer_auth.base import clock, ids, sender_settings, settings
from customer_auth.base.locales import Locale
from customer_auth.customers import customer_items, identity_items
from customer_auth.customers.customers import Status
from customer_auth.customers.identity_items import Identity
from customer_auth.messaging import circuit_items, circuits, consent_postings, message_items, notification_items, notifications, routing
from customer_auth.messaging.deliveries import PLANS
from customer_auth.messaging.ledger_entries import Entry
from customer_auth.messaging.message_items import LeasedMessage, LeaseHeld, OutboxMessage
from customer_auth.messaging.messages import Kind, MessageChannel, render
from customer_auth.messaging.outgoing_message import OutgoingMessage
from customer_auth.messaging.routing import Attempt
from customer_auth.messaging.send_results import Result, SendOutcome, record_refusal, sender_of
from customer_auth.messaging.senders import ses
from customer_auth.messaging.senders.results import SendRefused, SendResult
from customer_auth.otp import challenges
from customer_auth.otp.delivery_states import DeliveryState
from customer_auth.otp.derivation import derive_code
from customer_auth.otp.purposes import Purpose
from customer_auth.tokens import reset_tokens

# What is left of an invocation must be enough for one more attempt: a sender that hangs for 4 s, and the requests around it.
_ATTEMPT_SECONDS = 6.0


def deliver(message: OutboxMessage) -> Result:
    """Send one message, unless it has been sent, replaced, used or has expired. A sender that refuses it gives way to the next at once.

    It is sent once; at most twice if the provider's response, or this process, is lost.
    Raises: aws.Failed if the tables fail.
    """
    audit.note(purpose=message.purpose)
    result = _attempt(message)
    while result.at_once and aws.has_time(_ATTEMPT_SECONDS):
        result = _attempt(message)
    return result


def _attempt(message: OutboxMessage) -> Result:
    """One attempt, by one sender. Raises: aws.Failed."""
    try:
        leased = message_items.lease(message)
        if leased is None:
            return Result(SendOutcome.NOTHING_TO_SEND)
        if message.purpose is Purpose.NOTIFICATION:
            return _deliver_notification(message, leased)
        if message.purpose is Purpose.CONSENT:
            return consent_postings.deliver(message, leased.fields)
        return _deliver_challenge(message, leased)
    except LeaseHeld:
        return Result(SendOutcome.LEASED_ELSEWHERE)


def _deliver_notification(message: OutboxMessage, leased: LeasedMessage) -> Result:
    """Send a notification to the first of its addresses whose window has room. Raises: LeaseHeld, aws.Failed."""
    notification = leased.fields
    address = notifications.destination(message, notification)
    if address is None:
        notification_items.delete(message.pk)
        audit.count("notifications_dropped", address=challenges.address_of(notification["address"]))
        return Result(SendOutcome.DROPPED)
    audit.note(address=address)
    entry = Entry(message, notification, address)
    sent, attempt = _send(_outgoing(Kind(notification["kind"]), message, address, address.destination, notification), leased)
    if isinstance(sent, SendRefused):
        result = record_refusal(entry, sent, leased, attempt)
    else:
        notification_items.delete(message.pk, entry.accepted(sent, attempt))
        audit.count("sent")
        result = Result(SendOutcome.SENT)
    return _with_health(result, sent, attempt)


def _deliver_challenge(message: OutboxMessage, leased: LeasedMessage) -> Result:
    """Send the message that carries a challenge's code or link. Raises: aws.Failed."""
    challenge = leased.fields
    address = challenges.address_of(challenge["address"])
    audit.note(address=address)
    identity = _find_identity(address) if address.value else None
    kind = _kind(message.purpose, address, identity)
    if kind is None:
        message_items.record(message, DeliveryState.SKIPPED)
        return Result(SendOutcome.SKIPPED)
    if kind is Kind.RESET and identity and identity.proven_at:
        message_items.record_revision(message, identity.revision)
    entry = Entry(message, challenge, address)
    sent, attempt = _send(_outgoing(kind, message, address, _destination(address, identity), challenge), leased)
    if isinstance(sent, SendRefused):
        result = record_refusal(entry, sent, leased, attempt)
    else:
        known, recorded = {"customer": identity.owner if identity else None}, entry.accepted(sent, attempt)
        message_items.record(message, DeliveryState.SENT, known, sent_by=sender_of(leased, attempt), entry=recorded)
        audit.count("sent")
        result = Result(SendOutcome.SENT)
    return _with_health(result, sent, attempt)


def _find_identity(address: Address) -> Identity | None:
    """The identity of an address, read together with the circuits of the senders that may serve it. Raises: Unavailable, aws.Failed."""
    senders = circuits.unread(sender_settings.senders().route(address.country)) if address.channel is Channel.PHONE else []
    identity_keys = identity_items.keys_of(address)
    items = dynamodb.batch_get([*identity_keys, *map(circuit_items.key, senders)])
    circuits.keep(senders, items[len(identity_keys) :])
    return identity_items.from_items(address, items[: len(identity_keys)])


def _kind(purpose: Purpose, address: Address, identity: Identity | None) -> Kind | None:
    """Which message the owner of an address gets; None: nothing."""
    if not address.value:
        return None  # a decoy, requested for a customer who does not exist
    if purpose is Purpose.RESET:
        return Kind.RESET if identity else None
    if purpose is Purpose.CANCELLATION:
        customer = customer_items.find(identity.owner) if identity and identity.owner else None
        return Kind.CANCELLATION if customer and customer.status == Status.DELETION_CONFIRMED else None
    plan = PLANS[purpose]
    return plan.to_account if identity and identity.owner else plan.to_nobody


def _destination(address: Address, identity: Identity | None) -> str:
    """Where to send: to the account's own spelling of an address if there is an account; a number in the form of today's numbering plan."""
    spelling = identity.spelling if identity and identity.owner else address.spelling
    return address._replace(spelling=spelling).destination


def _send(outgoing: OutgoingMessage, leased: LeasedMessage) -> tuple[SendResult, Attempt | None]:
    """Hand the message over to its channel's sender, for an SMS the one whose turn it is. Raises: aws.Failed."""
    if outgoing.content.subject is not None:
        return ses.send(outgoing), None
    attempt = routing.choose(outgoing, leased.fields.get("step", 0), leased.unproven)
    audit.note(provider=attempt.sender)
    return routing.send(outgoing, attempt), attempt


def _with_health(result: Result, sent: SendResult, attempt: Attempt | None) -> Result:
    """The result, once the sender's circuit knows how the attempt ended. Raises: aws.Failed."""
    if attempt:
        routing.note_health(attempt, sent)
    return result


def _outgoing(kind: Kind, message: OutboxMessage, address: Address, to: str, challenge: Item) -> OutgoingMessage:
    """Render the message. Raises: aws.Failed."""
    configured = settings.messaging()
    channel: MessageChannel = "sms" if address.channel is Channel.PHONE else "email"
    locale = Locale(challenge["locale"])
    values = _date(challenge, locale) if message.purpose is Purpose.NOTIFICATION else _secret(message, address, challenge)
    content = render(
        kind,
        channel,
        locale,
        brand=configured.brand_name,
        domain=configured.web_otp_domain,
        minutes=(challenge["expires_at"] - challenge["requested_at"]) // clock.MINUTE,
        **values,
    )
    message_id = ids.base64url(challenges.hash_of(message.challenge_id))
    return OutgoingMessage(message_id, to, address.country, kind, locale, content, values.get("code", ""), challenge["expires_at"])


def _date(notification: Item, locale: Locale) -> dict[str, str]:
    """The day that the text mentions, in UTC and all in digits, which every language reads."""
    return {"date": locale.figures(clock.iso(notification["at"]).partition("T")[0])} if "at" in notification else {}


def _secret(message: OutboxMessage, address: Address, challenge: Item) -> dict[str, str]:
    """What the message exists to deliver: a code, or a reset's link. Raises: aws.Failed."""
    code = derive_code(challenge["nonce"], challenge["derivation_key"], message.purpose, address)
    if message.purpose is not Purpose.RESET:
        return {"code": code}
    token = challenges.encode(keys.item_key(message.pk), message.purpose, message.challenge_id) + code
    phone = address.destination if address.channel is Channel.PHONE else ""
    return {"token": token, "reset_url": reset_tokens.link(token, address), "phone": phone}


def enqueue_retry(message: OutboxMessage) -> None:
    """Put a message into the retry queue, which returns it after the queue's delay. Raises: aws.Failed."""
    body = json.dumps({"pk": message.pk, "purpose": message.purpose, "challenge_id": ids.base64url(message.challenge_id)})
    aws.call("sqs", "SendMessage", QueueUrl=settings.messaging().retry_queue_url, MessageBody=body)


def from_queue(body: str) -> OutboxMessage:
    """The message that `enqueue_retry` put into the queue."""
    fields = json.loads(body)
    return OutboxMessage(fields["pk"], Purpose(fields["purpose"]), ids.from_base64url(fields["challenge_id"]) or b"")
