"""Deleting an account: requested, then confirmed by a code. `erasure` carries it out, at the first hourly run after it is due.

A request that is not confirmed changes nothing. A confirmed one ends every session, and nobody can sign in until it is cancelled (see
`deletion_cancellation`), which is possible until the erasure begins.
"""

from typing import NamedTuple

from customer_auth import audit
from customer_auth.addresses.address import Channel
from customer_auth.aws import dynamodb
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock, ids, settings
from customer_auth.base.account_errors import ReauthenticationRequired
from customer_auth.base.client import Client
from customer_auth.base.errors import Unavailable, WrongCode
from customer_auth.customers import customer_deletion_items, customer_items, identity_items, ownership
from customer_auth.customers.customers import Customer
from customer_auth.deletion import deletion_count_items, deletion_items
from customer_auth.deletion.deletion_items import Deletion, DeletionState
from customer_auth.messaging import notification_items
from customer_auth.messaging.kinds import Kind
from customer_auth.otp import attempts, codes, redemption
from customer_auth.otp.challenges import BoundTo, Challenge
from customer_auth.otp.issuing import IssuedChallenge
from customer_auth.otp.proofs import CodeAttempt, Proof, Repeat
from customer_auth.otp.purposes import Purpose
from customer_auth.sessions import sessions
from customer_auth.sessions.sessions import Caller

# The reminder goes out this long before the account is erased.
_REMINDER_SECONDS = clock.DAY


class RequestedDeletion(NamedTuple):
    """The challenge whose code confirms the request; without a verified address to send one to, the request, confirmed already."""

    challenge: IssuedChallenge | None
    deletion: Deletion | None


def request(caller: Caller, reason: str | None, client: Client, at: int) -> RequestedDeletion:
    """Request the deletion of the caller's own account. Repeated before it lapses, it is the same request with a new code.

    `at` is when the request was received, in epoch seconds by the gateway's clock.
    Raises: Throttled, ReauthenticationRequired (no verified address, and no recent sign-in), Unavailable, aws.Failed.
    """
    customer = caller.customer
    address = customer.verified_address(prefer=Channel(settings.service().deletion_channel))
    if address is None:
        if not sessions.is_recent(caller.claims):
            raise ReauthenticationRequired
        try:
            return RequestedDeletion(None, confirm_at_once(customer, ids.new("adr_"), reason, client.locale, at))
        except WriteConflict:
            raise Unavailable("changed_meanwhile") from None
    is_pending = customer.deletion and (customer.deletion_lapses_at or 0) > clock.now()
    request_id = customer.deletion if customer.deletion and is_pending else ids.new("adr_")

    bound_to = BoundTo(customer.id, customer.session_epoch, deletion_id=request_id)
    challenge = Challenge.new(Purpose.DELETION, address, client.locale, bound_to)
    writes = [
        customer_deletion_items.request(customer, request_id, challenge.expires_at),
        deletion_items.request(request_id, customer.id, reason, client.locale, lapses_at=challenge.expires_at),
    ]
    return RequestedDeletion(codes.request_code_for_owner(challenge, client, writes), None)


def confirm(attempt: CodeAttempt, at: int) -> Deletion:
    """Confirm the request by the code that was sent for it: every session and every reset ends, and the erasure is scheduled.

    `at` is as for `request`. Raises: WrongCode (also if the request has lapsed), Throttled; Unavailable and aws.Failed with the proof
    unspent.
    """
    proof = attempts.verify_challenge(Purpose.DELETION, attempt)
    if isinstance(proof, Repeat):
        return current_request(customer_items.find(proof.record.customer_id))
    return redemption.retry_on_conflict(proof, lambda _: _confirm(proof, at))


def _confirm(proof: Proof, at: int) -> Deletion:
    bound_to = proof.challenge.bound_to or BoundTo("", 0)
    items = redemption.read(proof, [customer_items.key(bound_to.customer_id), deletion_items.key(bound_to.deletion_id)])
    customer, deletion = customer_items.from_item(items[0]), deletion_items.from_item(items[1])
    if customer is None or deletion is None or not customer.may_sign_in or deletion.status != DeletionState.PENDING:
        raise WrongCode("request_gone")
    if (customer.session_epoch, customer.deletion) != (bound_to.epoch, bound_to.deletion_id):
        raise WrongCode("superseded")
    scheduled_at, due_at = _schedule(at)
    writes = _confirmation_writes(proof, customer, deletion, scheduled_at=scheduled_at, due_at=due_at)
    if repeat := redemption.redeem(proof, writes, customer_id=customer.id):
        return current_request(customer_items.find(repeat.record.customer_id))
    audit.count("verified")
    now = clock.now()
    return deletion._replace(status=DeletionState.CONFIRMED, deletion_scheduled_at=scheduled_at, confirmed_at=now, updated_at=now)


def _confirmation_writes(proof: Proof, customer: Customer, deletion: Deletion, *, scheduled_at: int, due_at: int) -> list[Write]:
    fallback = customer.other_verified_address(proof.address)
    return [
        customer_deletion_items.confirm(customer, deletion.id),
        deletion_items.confirm(deletion.id, scheduled_at=scheduled_at, due_at=due_at),
        deletion_count_items.add(deletion.id, confirmed=1),
        *(identity_items.end_resets(identity) for _, identity in ownership.identities_of(customer) if identity.owner),
        notification_items.put_new(Kind.DELETION_CONFIRMED, proof.address, deletion.locale, fallback=fallback, at=scheduled_at),
    ]


def confirm_at_once(customer: Customer, request_id: str, reason: str | None, locale: str, at: int, *writes: Write) -> Deletion:
    """Create a request that is confirmed already, for a customer without a verified address, who has just proven who they are.

    `writes` are done with it, or nothing is written.

    Raises: WriteConflict (the customer has changed meanwhile), aws.Failed.
    """
    now, (scheduled_at, due_at) = clock.now(), _schedule(at)
    deletion = Deletion(request_id, customer.id, DeletionState.CONFIRMED, now, now, locale, reason, scheduled_at, now, due_at=due_at)
    parts = [
        customer_deletion_items.confirm(customer._replace(deletion=None), deletion.id, without_code=True),
        deletion_items.put_confirmed(deletion),
        deletion_count_items.add(deletion.id, confirmed=1),
        *writes,
    ]
    try:
        dynamodb.transact(parts)
    except dynamodb.TransactionFailed as failed:
        raise WriteConflict(failed.items) from None
    return deletion


def _schedule(at: int) -> tuple[int, int]:
    """When the account is erased, counted from the later of two clocks so that it is never early; and when the processor first acts."""
    scheduled_at = max(clock.now(), at) + settings.service().deletion_scheduled_days * clock.DAY
    reminder_at = scheduled_at - _REMINDER_SECONDS
    return scheduled_at, reminder_at if reminder_at > clock.now() else scheduled_at


def current_request(customer: Customer | None) -> Deletion:
    """The customer's current request. Raises: WrongCode (it has ended meanwhile), aws.Failed."""
    deletion = deletion_items.find(customer.deletion) if customer and customer.deletion else None
    if deletion is None:
        raise WrongCode("request_gone")
    return deletion
