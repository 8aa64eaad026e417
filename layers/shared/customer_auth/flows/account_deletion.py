"""Deleting an account: asked for, confirmed by a code, cancelled by another until it is due; `erasure` does it then.

A request that is not confirmed locks nothing. A confirmed one ends every session, and nobody signs in until it is cancelled.
"""

from functools import partial
from typing import NamedTuple

from customer_auth import audit
from customer_auth.addresses.address import Channel
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock, ids, settings
from customer_auth.base.client import Client
from customer_auth.base.errors import AccountDeletionPending, ReauthenticationRequired, Unavailable, WrongCode
from customer_auth.customers import customer_deletion_items, customer_items, identity_items, ownership
from customer_auth.customers.customers import Customer, Status
from customer_auth.deletion import deletion_count_items, deletion_items
from customer_auth.deletion.deletion_items import Deletion, DeletionState
from customer_auth.messaging import notification_items
from customer_auth.messaging.kinds import Kind
from customer_auth.otp import codes, redemption
from customer_auth.otp.challenges import Challenge, Purpose
from customer_auth.otp.codes import CodeAttempt, IssuedChallenge, Proof
from customer_auth.sessions import sessions
from customer_auth.sessions.sessions import Caller
from customer_auth.tokens import cancel_tokens

_REMIND_SECONDS = clock.DAY


class Requested(NamedTuple):
    """The code that confirms the request, or where there is no verified address to send it to, the request that is confirmed already."""

    asked: IssuedChallenge | None
    deletion: Deletion | None


def request(caller: Caller, reason: str | None, client: Client, at: int) -> Requested:
    """Ask for the deletion of one's own account; asked once more before it lapses, it is the same request with another code.

    Raises: Throttled, ReauthenticationRequired (no verified address, and the sign-in is too long ago), Unavailable, aws.Failed.
    """
    customer = caller.customer
    address = customer.verified_address(prefer=Channel(settings.service().deletion_channel))
    if address is None:
        if not sessions.is_recent(caller.claims):
            raise ReauthenticationRequired
        return Requested(None, _confirmed_at_once(customer, reason, client, at))
    lives = customer.deletion and (customer.deletion_lapses_at or 0) > clock.now()
    request_id = customer.deletion if customer.deletion and lives else ids.new("adr_")

    def along(challenge: Challenge) -> list[Write]:
        lapses_at = challenge.expires_at
        return [
            customer_deletion_items.request(customer, request_id, lapses_at),
            deletion_items.request(request_id, customer.id, reason, client.locale, lapses_at=lapses_at),
        ]

    bound = {"customer": customer.id, "epoch": customer.session_epoch, "deletion": request_id}
    asked = codes.request_code(Purpose.DELETION, address, client, bound_to=bound, by_owner=True, along=along)
    return Requested(asked, None)


def confirm(attempt: CodeAttempt, at: int) -> Deletion:
    """Confirm the request by the code that was sent for it: every session and reset ends, and the account goes when its time has come.

    Raises: WrongCode (also when the request has lapsed), Throttled; Unavailable and aws.Failed with the proof unspent.
    """
    proof = codes.verify_challenge(Purpose.DELETION, attempt)
    if proof.record:
        return _found(customer_items.find(proof.record.customer_id))
    return redemption.retry_on_conflict(proof, lambda _: _confirm(proof, at))


def _confirm(proof: Proof, at: int) -> Deletion:
    bound = proof.challenge["bound_to"]
    items = redemption.read(proof, [customer_items.key(bound["customer"]), deletion_items.key(bound["deletion"])])
    customer, read = customer_items.from_item(items[0]), deletion_items.from_item(items[1])
    if customer is None or read is None or not customer.may_sign_in or read.status != DeletionState.PENDING:
        raise WrongCode("request_gone")
    if (customer.session_epoch, customer.deletion) != (bound["epoch"], bound["deletion"]):
        raise WrongCode("superseded")
    scheduled_at, due_at = _schedule(at)
    writes = [
        customer_deletion_items.confirm(customer, read.id),
        deletion_items.confirm(read.id, scheduled_at=scheduled_at, due_at=due_at),
        deletion_count_items.add(read.id, confirmed=1),
        *(identity_items.end_resets(identity) for _, identity in ownership.identities_of(customer) if identity.owner),
        notification_items.put_new(
            Kind.DELETION_CONFIRMED, proof.address, read.locale, fallback=customer.other_verified_address(proof.address), at=scheduled_at
        ),
    ]
    if record := redemption.redeem(proof, writes, customer_id=customer.id):
        return _found(customer_items.find(record.customer_id))
    audit.count("verified")
    now = clock.now()
    return read._replace(status=DeletionState.CONFIRMED, deletion_scheduled_at=scheduled_at, confirmed_at=now, updated_at=now)


def _confirmed_at_once(customer: Customer, reason: str | None, client: Client, at: int) -> Deletion:
    """For who has no verified address: a sign-in of just now is the proof."""
    now, (scheduled_at, due_at) = clock.now(), _schedule(at)
    new = Deletion(ids.new("adr_"), customer.id, DeletionState.CONFIRMED, now, now, client.locale, reason, scheduled_at, now, due_at=due_at)
    writes = [customer_deletion_items.confirm(customer._replace(deletion=None), new.id), deletion_items.put_confirmed(new)]
    try:
        dynamodb.transact([*writes, deletion_count_items.add(new.id, confirmed=1)])
    except dynamodb.TransactionFailed:
        raise Unavailable("changed_meanwhile") from None
    return new


def _schedule(at: int) -> tuple[int, int]:
    """When the account goes, never early, for it is by the later of two clocks; and when the processor looks first, to remind."""
    scheduled_at = max(clock.now(), at) + settings.service().deletion_scheduled_days * clock.DAY
    remind_at = scheduled_at - _REMIND_SECONDS
    return scheduled_at, remind_at if remind_at > clock.now() else scheduled_at


def cancel(attempt: CodeAttempt) -> Deletion:
    """Keep the account, by the code that came to its address. Against the processor exactly one wins.

    Raises: WrongCode, Throttled; AccountDeletionPending (the erasure has begun); Unavailable and aws.Failed with the proof unspent.
    """
    proof = codes.verify_challenge(Purpose.CANCELLATION, attempt)
    if proof.record:
        return _cancelled(customer_items.find(proof.record.customer_id))
    return redemption.retry_on_conflict(proof, lambda _: _cancel(proof), AccountDeletionPending)


def _cancel(proof: Proof) -> Deletion:
    state = ownership.read(proof.address, proof.challenge.get("customer"), first=partial(redemption.read, proof))
    customer = state.owner
    writes, cancelled = _keep(customer)
    writes += [identity_items.is_still_owned(state.identity)] if state.identity else []
    beside = customer.other_verified_address(proof.address) if customer else None
    writes.append(notification_items.put_new(Kind.DELETION_CANCELLED, proof.address, proof.challenge["locale"], fallback=beside))
    if record := redemption.redeem(proof, writes, customer_id=cancelled.customer_id):
        return _cancelled(customer_items.find(record.customer_id))
    audit.count("verified")
    return cancelled


def cancel_by_token(token: str) -> Deletion:
    """The same for who has no verified address, by what the refused sign-in gave; again it is cancelled still.

    Raises: WrongCode, AccountDeletionPending (the erasure has begun), Unavailable, aws.Failed.
    """
    customer_id, request_id = cancel_tokens.check(token)
    customer = customer_items.find(customer_id)
    if customer and request_id in (customer.deletions or []):
        return _cancelled(customer)
    if customer is None or customer.deletion != request_id:
        raise WrongCode("nothing_to_cancel")
    writes, cancelled = _keep(customer)
    try:
        dynamodb.transact(writes)
    except dynamodb.TransactionFailed:
        raise Unavailable("changed_meanwhile") from None
    return cancelled


def _keep(customer: Customer | None) -> tuple[list[Write], Deletion]:
    """What keeps the account, first the customer, and the request as it is then."""
    if customer and customer.status == Status.ERASING:
        raise AccountDeletionPending
    if customer is None or customer.deletion is None or customer.status != Status.DELETION_CONFIRMED:
        raise WrongCode("nothing_to_cancel")
    now, read = clock.now(), _found(customer)
    writes = [customer_deletion_items.cancel(customer), deletion_items.cancel(read.id)]
    writes.append(deletion_count_items.add(read.id, confirmed=-1, cancelled=1))
    return writes, read._replace(status=DeletionState.CANCELLED, cancelled_at=now, updated_at=now)


def _found(customer: Customer | None) -> Deletion:
    """The customer's request. Raises: WrongCode where it has ended since."""
    found = deletion_items.find(customer.deletion) if customer and customer.deletion else None
    if found is None:
        raise WrongCode("request_gone")
    return found


def _cancelled(customer: Customer | None) -> Deletion:
    """The request that was cancelled last."""
    found = deletion_items.find(customer.deletions[-1]) if customer and customer.deletions else None
    if found is None:
        raise WrongCode("request_gone")
    return found
