"""The transaction that completes a sign-in by a provider: the state, the account, the customer and the session, all or nothing.

A caller who repeats the call with its code and Idempotency-Key gets the response of the first call, however that was lost.
"""

from typing import NamedTuple

from customer_auth import audit
from customer_auth.addresses.address import Channel
from customer_auth.aws import conflicts, dynamodb
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.aws.dynamodb import Write
from customer_auth.base.errors import BadRequest
from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.customers import referrals
from customer_auth.customers.customers import Customer
from customer_auth.flows import provider_ownership
from customer_auth.flows.provider_ownership import AccountAssignment, ProviderProof
from customer_auth.otp import code_items, devices, redemption
from customer_auth.otp.redemption import StartedSession
from customer_auth.sessions import issuance, session_items
from customer_auth.sessions.issuance import TokenPair
from customer_auth.social import sign_in_state_items
from customer_auth.social.exchange_records import ExchangeRecord
from customer_auth.social.sign_in_state_items import CompletedState, TakenState

# OpenID Connect has no value of RFC 8176 for another party's sign-in; this one is in wide use for it.
AMR = ("fed",)


class ProviderSignIn(NamedTuple):
    """A customer with a new session; on a device that is known from now on if the customer has a verified address.

    `picture` is the provider's, from this answer alone. `referral_ignored`: the referral code was nobody's.
    """

    customer: Customer
    token_pair: TokenPair
    device: str | None
    registered: bool
    picture: str | None = None
    referral_ignored: bool = False


class CommitAttempt(NamedTuple):
    """One sign-in to be committed, with what recognises its caller's repeat."""

    state: TakenState
    proof: ProviderProof
    code_hash: bytes
    key_hash: bytes | None
    key: str | None
    issuer: str
    referral_ignored: bool = False


def commit(attempt: CommitAttempt) -> ProviderSignIn:
    """Decide whose the account is, and commit; if the data it read has changed meanwhile, decide again with what is there now.

    A referral code that is nobody's is ignored: the provider's code is spent, so nobody can try again without it.
    Raises: IdentityExists, AccountDeletionPending, WrongProviderProof, Unavailable, aws.Failed.
    """

    def decide(conflict: WriteConflict | None) -> ProviderSignIn:
        nonlocal attempt
        if conflict and conflict.items[0] is not None:
            attempt = attempt._replace(state=attempt.state.as_in(conflict.items[0]))
        if conflict:
            attempt = attempt._replace(proof=attempt.proof.with_current_caller())
        try:
            return _commit(attempt)
        except BadRequest:
            attempt = attempt._replace(proof=attempt.proof._replace(referral_code=None), referral_ignored=True)
            return _commit(attempt)

    return conflicts.retry_on_conflict(decide)


def _commit(attempt: CommitAttempt) -> ProviderSignIn:
    """Raises: WriteConflict (its first item is the state's), BadRequest (the referral code), and as `commit`."""
    proof = attempt.proof
    assignment = provider_ownership.assign(proof, provider_ownership.read(proof, attempt.state.pending))
    started = _draft_session(attempt, assignment.customer)
    writes = _writes(attempt, assignment, started)
    try:
        dynamodb.transact([*writes, *assignment.condition_checks])
    except dynamodb.TransactionFailed as failed:
        if failed.items[0] is None and referrals.have_failed(assignment.condition_checks, failed.items):
            raise referrals.UnknownReferrer from None
        if failed.items[0] is None or not sign_in_state_items.is_completed_by(attempt.state, failed.items[0]):
            raise WriteConflict(failed.items) from None
    audit.count("verified", sid=started.session.family, registered=assignment.is_new)
    return _signed_in(
        started,
        registered=assignment.is_new,
        picture=proof.account.picture,
        referral_ignored=attempt.referral_ignored,
    )


def _writes(attempt: CommitAttempt, assignment: AccountAssignment, started: StartedSession) -> list[Write]:
    """The parts of the transaction, the state's first."""
    session = started.session
    record = ExchangeRecord(
        attempt.state.taken_by,
        attempt.code_hash,
        attempt.key_hash,
        assignment.customer.id,
        session.family,
        registered=assignment.is_new,
        referral_ignored=attempt.referral_ignored,
        at=session.begun_at,
    )
    ended = assignment.ends_devices_of
    return [
        sign_in_state_items.complete(attempt.state, record),
        *assignment.writes,
        session_items.put_new(session),
        *(code_items.end_devices(ended, session.begun_at) if ended else ()),
    ]


def _draft_session(attempt: CommitAttempt, customer: Customer) -> StartedSession:
    """The session, its tokens signed before anything is written. Raises: Unavailable, aws.Failed."""
    pending = attempt.state.pending
    secret = redemption.first_secret(attempt.key, pending.hash, pending.derivation_key_version)
    session, refresh = issuance.new_session(
        customer,
        [*AMR],
        client=attempt.proof.client.label,
        derivation_key_version=pending.derivation_key_version,
        secret=secret,
    )
    return StartedSession(customer, session, issuance.token_pair(customer, session, refresh, attempt.issuer))


def repeat(state: CompletedState, key: str | None, issuer: str) -> ProviderSignIn:
    """The same session, customer and first refresh token again. Raises: WrongProviderProof (ended since), Unavailable, aws.Failed."""
    record = state.record
    started = redemption.session_again(
        record.customer_id, record.family, key, state.pending.hash, state.pending.derivation_key_version, issuer
    )
    if started is None:
        raise WrongProviderProof("session_ended")
    return _signed_in(started, registered=record.registered, referral_ignored=record.referral_ignored)


def _signed_in(started: StartedSession, *, registered: bool, referral_ignored: bool, picture: str | None = None) -> ProviderSignIn:
    address = started.customer.verified_address(prefer=Channel.EMAIL)
    device = devices.issue(address, at=started.session.begun_at) if address else None
    return ProviderSignIn(started.customer, started.token_pair, device, registered, picture, referral_ignored)
