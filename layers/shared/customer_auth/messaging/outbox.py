"""Sends the messages in the outbox: leases each one, derives its code, renders it, and hands it over to a provider.

The outbox is the stream of the codes table. A request never waits for a provider and never looks up whether an address has an account;
that is looked up here, and decides which message the address's owner gets. A provider's failure delays no other message: what may succeed
later goes to the retry queue, and comes back from it while its code is valid.
"""

import json

from customer_auth import audit, aws
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import keys
from customer_auth.aws.dynamodb import Item
from customer_auth.base import clock, ids, settings
from customer_auth.base.locales import Locale
from customer_auth.customers import customer_items, identity_items
from customer_auth.customers.customers import Status
from customer_auth.customers.identity_items import Identity
from customer_auth.messaging import consent_postings, message_items, notification_items, notifications, segments
from customer_auth.messaging.deliveries import PLANS
from customer_auth.messaging.errors import SendFailed
from customer_auth.messaging.ledger_entries import Accepted, Entry
from customer_auth.messaging.message_items import LeaseHeld, OutboxMessage
from customer_auth.messaging.messages import Kind, MessageChannel, render
from customer_auth.messaging.send_results import Result, SendOutcome, record_failure
from customer_auth.messaging.senders import SENDERS
from customer_auth.otp import challenges
from customer_auth.otp.delivery_states import DeliveryState
from customer_auth.otp.derivation import derive_code
from customer_auth.otp.purposes import Purpose
from customer_auth.tokens import reset_tokens


def deliver(message: OutboxMessage) -> Result:
    """Send one message, unless it has been sent, replaced, used or has expired.

    It is sent once; at most twice if the provider's response, or this process, is lost.
    Raises: aws.Failed if the tables fail.
    """
    audit.note(purpose=message.purpose)
    try:
        challenge = message_items.lease(message)
        if challenge is None:
            return Result(SendOutcome.NOTHING_TO_SEND)
        if message.purpose is Purpose.NOTIFICATION:
            return _deliver_notification(message, challenge)
        if message.purpose is Purpose.CONSENT:
            return consent_postings.deliver(message, challenge)
        return _deliver_challenge(message, challenge)
    except LeaseHeld:
        return Result(SendOutcome.LEASED_ELSEWHERE)


def _deliver_notification(message: OutboxMessage, notification: Item) -> Result:
    """Send a notification to the first of its addresses whose window has room. Raises: LeaseHeld, aws.Failed."""
    address = notifications.destination(message, notification)
    if address is None:
        notification_items.delete(message.pk)
        audit.count("notifications_dropped", address=challenges.address_of(notification["address"]))
        return Result(SendOutcome.DROPPED)
    audit.note(address=address)
    entry = Entry(message, notification, address)
    try:
        accepted = _send(Kind(notification["kind"]), entry, address.destination)
    except SendFailed as failure:
        return record_failure(failure, entry)
    notification_items.delete(message.pk, entry.accepted(accepted))
    audit.count("sent")
    return Result(SendOutcome.SENT)


def _deliver_challenge(message: OutboxMessage, challenge: Item) -> Result:
    """Send the message that carries a challenge's code or link. Raises: aws.Failed."""
    address = challenges.address_of(challenge["address"])
    audit.note(address=address)
    identity = identity_items.find(address) if address.value else None
    owner = identity.owner if identity else None
    kind = _kind(message.purpose, address, identity)
    if kind is None:
        message_items.record(message, DeliveryState.SKIPPED)
        return Result(SendOutcome.SKIPPED)
    if kind is Kind.RESET and identity and identity.proven_at:
        message_items.record_revision(message, identity.revision)
    entry = Entry(message, challenge, address)
    try:
        accepted = _send(kind, entry, _destination(address, identity))
    except SendFailed as failure:
        return record_failure(failure, entry)
    message_items.record(message, DeliveryState.SENT, customer_id=owner, entry=entry.accepted(accepted))
    audit.count("sent")
    return Result(SendOutcome.SENT)


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


def _send(kind: Kind, entry: Entry, to: str) -> Accepted:
    """Render the message and hand it over. Raises: SendFailed, aws.Failed."""
    message, challenge, address = entry.message, entry.leased, entry.address
    configured = settings.messaging()
    channel: MessageChannel = "sms" if address.channel is Channel.PHONE else "email"
    locale = Locale(challenge["locale"])
    is_notification = message.purpose is Purpose.NOTIFICATION
    rendered = render(
        kind,
        channel,
        locale,
        brand=configured.brand_name,
        domain=configured.web_otp_domain,
        minutes=(challenge["expires_at"] - challenge["requested_at"]) // clock.MINUTE,
        **(_date(challenge, locale) if is_notification else _secret(message, address, challenge)),
    )
    return Accepted(SENDERS[channel].send(to, rendered), segments.count(rendered.text).segments if channel == "sms" else 0)


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
