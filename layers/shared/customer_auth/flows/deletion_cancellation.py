"""Cancelling a confirmed deletion, by a code or by the token of a refused sign-in. Possible until the erasure has begun."""

from functools import partial
from typing import assert_never

from customer_auth import audit
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock
from customer_auth.base.account_errors import AccountDeletionPending
from customer_auth.base.errors import Unavailable, WrongCode
from customer_auth.customers import customer_deletion_items, customer_items, identity_items, ownership
from customer_auth.customers.customers import Customer, Status
from customer_auth.deletion import deletion_count_items, deletion_items, deletion_notifications
from customer_auth.deletion.deletion_items import Deletion, DeletionState
from customer_auth.flows.account_deletion import current_request
from customer_auth.messaging import notification_items
from customer_auth.messaging.kinds import Kind
from customer_auth.otp import attempts, redemption
from customer_auth.otp.proofs import CodeAttempt, Proof, Repeat
from customer_auth.otp.purposes import Purpose
from customer_auth.tokens import cancel_tokens


def cancel(attempt: CodeAttempt) -> Deletion:
    """Keep the account, by the code that was sent to its address. Of a cancellation and a concurrent erasure exactly one wins.

    Raises: WrongCode, Throttled; AccountDeletionPending (the erasure has begun), Unavailable and aws.Failed with the proof unspent.
    """
    proof = attempts.verify_challenge(Purpose.CANCELLATION, attempt)
    if isinstance(proof, Repeat):
        return _last_cancelled(customer_items.find(proof.record.customer_id))
    return redemption.retry_on_conflict(proof, lambda _: _cancel(proof), AccountDeletionPending)


def _cancel(proof: Proof) -> Deletion:
    state = ownership.read(proof.address, proof.challenge.customer_id, first=partial(redemption.read, proof))
    customer = state.owner
    writes, cancelled = _cancellation(customer)
    writes += [identity_items.is_still_owned(state.identity)] if state.identity else []
    fallback = customer.other_verified_address(proof.address) if customer else None
    writes.append(notification_items.put_new(Kind.DELETION_CANCELLED, proof.address, proof.challenge.locale, fallback=fallback))
    if repeat := redemption.redeem(proof, writes, customer_id=cancelled.customer_id):
        return _last_cancelled(customer_items.find(repeat.record.customer_id))
    audit.count("verified")
    return cancelled


def cancel_by_token(token: str) -> Deletion:
    """Cancel with the token from a refused sign-in, by itself. Repeating it succeeds, until another deletion is confirmed.

    Raises: WrongCode, AccountDeletionPending (the erasure has begun), Unavailable, aws.Failed.
    """
    customer_id, request_id = cancel_tokens.verify(token)
    customer = customer_items.find(customer_id)
    if customer and customer.may_sign_in and request_id in (customer.deletions or []):
        return _last_cancelled(customer)
    if customer is None or customer.deletion != request_id:
        raise WrongCode("nothing_to_cancel")
    writes, cancelled = _cancellation(customer)
    writes += deletion_notifications.put_new(Kind.DELETION_CANCELLED, customer, cancelled)
    try:
        dynamodb.transact(writes)
    except dynamodb.TransactionFailed:
        raise Unavailable("changed_meanwhile") from None  # repeated, the call learns whether the erasure has begun
    return cancelled


def _cancellation(customer: Customer | None) -> tuple[list[Write], Deletion]:
    """The writes that cancel the deletion, the customer's first, and the cancelled request.

    Raises: WrongCode (nothing to cancel), AccountDeletionPending (past the point of no return in `erasure`), aws.Failed.
    """
    if customer is None:
        raise WrongCode("nothing_to_cancel")
    status = Status(customer.status)
    match status:
        case Status.ACTIVE:
            raise WrongCode("nothing_to_cancel")
        case Status.ERASING:
            raise AccountDeletionPending("erasure_begun")
        case Status.DELETION_CONFIRMED:
            now, deletion = clock.now(), current_request(customer)
            count = deletion_count_items.add(deletion.id, confirmed=-1, cancelled=1)
            writes = [customer_deletion_items.cancel(customer), deletion_items.cancel(deletion.id), count]
            return writes, deletion._replace(status=DeletionState.CANCELLED, cancelled_at=now, updated_at=now)
    assert_never(status)


def _last_cancelled(customer: Customer | None) -> Deletion:
    """The customer's request that was cancelled last. Raises: WrongCode (there is none), aws.Failed."""
    deletion = deletion_items.find(customer.deletions[-1]) if customer and customer.deletions else None
    if deletion is None:
        raise WrongCode("request_gone")
    return deletion
