"""Sending what was asked for: the codes table's stream says what, this claims each message, derives its code and hands it to a provider.

A request never waits for a provider, and never looks whether an address has an account; here that decides what its owner is told.
A provider's failure holds nothing else up: what may succeed later comes back from the retry queue while its code lives.
"""

from enum import StrEnum

from customer_auth import audit, aws, challenges, clock, settings
from customer_auth.address import Address, Channel
from customer_auth.challenges import Purpose
from customer_auth.locales import Locale
from customer_auth.messaging.messages import Kind, MessageChannel, render
from customer_auth.messaging.outcome import NotSent
from customer_auth.messaging.senders import SENDERS
from customer_auth.tables import deliveries, identity_items
from customer_auth.tables.client import Item
from customer_auth.tables.deliveries import InTheWay, Message


class Result(StrEnum):
    """What is left to do for a message."""

    DONE = "done"
    AGAIN = "again"


# What the owner of an address is told, by the purpose and by whether it has an account; None: nothing.
_KINDS: dict[tuple[Purpose, bool], Kind | None] = {
    (Purpose.REGISTER, False): Kind.SIGN_UP,
    (Purpose.REGISTER, True): Kind.ACCOUNT_EXISTS,
    (Purpose.LOGIN, False): None,
    (Purpose.LOGIN, True): Kind.SIGN_IN,
    (Purpose.SIGN_IN, False): Kind.SIGN_UP,
    (Purpose.SIGN_IN, True): Kind.SIGN_IN,
}


def deliver(message: Message) -> Result:
    """Send one message, unless it was sent, replaced, used or has expired.

    Sent once; twice at most where the provider's answer, or this process, was lost. AGAIN: it may succeed later.
    Raises: aws.Failed when the tables fail.
    """
    audit.note(purpose=message.purpose)
    try:
        challenge = deliveries.claim(message)
    except InTheWay:
        return _end(Result.AGAIN, "in_the_way")
    if challenge is None:
        return _end(Result.DONE, "nothing_to_send")
    address = challenges.address(challenge)
    audit.note(address=address)
    identity = identity_items.find(address.key)
    kind = _KINDS[message.purpose, identity is not None]
    if kind is None:
        deliveries.record(message, "skipped")
        return _end(Result.DONE, "skipped")
    try:
        _send(kind, message.purpose, address, identity.spelling if identity else address.spelling, challenge)
    except NotSent as failure:
        return _failed(message, failure)
    deliveries.record(message, "sent", customer_id=identity.customer_id if identity else None)
    audit.count("sent")
    return _end(Result.DONE, "sent")


def _send(kind: Kind, purpose: Purpose, address: Address, to: str, challenge: Item) -> None:
    """Raises: NotSent, aws.Failed."""
    given = settings.messaging()
    channel: MessageChannel = "sms" if address.channel is Channel.PHONE else "email"
    message = render(
        kind,
        channel,
        Locale(challenge["locale"]),
        code=challenges.code(challenge["nonce"], challenge["pepper"], purpose, address),
        minutes=(challenge["expires_at"] - challenge["asked_at"]) // clock.MINUTE,
        brand=given.brand_name,
        domain=given.web_otp_domain,
    )
    SENDERS[channel].send(to, message)


def _failed(message: Message, failure: NotSent) -> Result:
    if failure.permanent:
        deliveries.record(message, "failed", reason=failure.reason)
        audit.count("failed")
        return _end(Result.DONE, failure.reason)
    if not failure.unknown:  # nothing was sent: free for the next try. An unknown outcome stays claimed: it may be sent once more.
        deliveries.record(message, "queued", reason=failure.reason)
    audit.count("failed")
    return _end(Result.AGAIN, failure.reason)


def _end(result: Result, outcome: str) -> Result:
    audit.end(outcome)
    return result


def ask_again(body: str) -> None:
    """Put a message into the retry queue, from which it comes after the queue's delay. Raises: aws.Failed."""
    aws.call("sqs", "send_message", QueueUrl=settings.messaging().retry_queue_url, MessageBody=body)
