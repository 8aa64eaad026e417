"""Verifying a number in a verification session: a customer changes to it at once, a guest's waits for the account to be created.

A code request never says that a number is taken; only the right code does.
"""

from typing import NamedTuple

from customer_auth import audit, aws
from customer_auth.addresses.address import Address
from customer_auth.base import clock
from customer_auth.base.account_errors import ContactTaken
from customer_auth.base.client import Client
from customer_auth.base.errors import WrongCode
from customer_auth.customers import identity_items
from customer_auth.flows import contact_change
from customer_auth.messaging import deliveries
from customer_auth.messaging.deliveries import VisibleState
from customer_auth.otp import attempts, challenges, code_items, codes, guest_proof_items, redemption, verification_sessions
from customer_auth.otp.issuing import IssuedChallenge
from customer_auth.otp.proofs import CodeAttempt, Proof, Repeat
from customer_auth.otp.purposes import Purpose
from customer_auth.otp.verification_sessions import VerificationSession
from customer_auth.sessions.sessions import Caller


class PendingVerification(NamedTuple):
    """The number whose code the session waits for, the seconds that are left, and how far the message is."""

    address: Address
    seconds_left: int
    delivery: VisibleState


def request_code(address: Address, client: Client, caller: Caller | None, earlier: VerificationSession | None) -> VerificationSession:
    """Send a code to the number, and begin the session that it is verified in; the code of the `earlier` session ends.

    Raises: Throttled, aws.Failed; for a customer, what `contact_change.request_code` raises.
    """
    issued = _issue(address, client, caller)
    if earlier is not None:
        _end(earlier, issued)
    return verification_sessions.begin(issued.challenge)


def _issue(address: Address, client: Client, caller: Caller | None) -> IssuedChallenge:
    if caller is not None:
        return contact_change.request_code(caller, address, client)
    return codes.request_code(Purpose.GUEST, address, client)


def _end(earlier: VerificationSession, issued: IssuedChallenge) -> None:
    """End the earlier code, unless the new one has replaced it. Best effort: only its own session could still present it."""
    old, new = challenges.decode(earlier.challenge), challenges.decode(issued.challenge)
    if old is None or new is None or (old.item_key, old.purpose) == (new.item_key, new.purpose):
        return
    try:
        code_items.end_challenge(*old)
    except aws.Failed:
        audit.note(reason="earlier_code_not_ended")


def verify(session: VerificationSession | None, attempt: CodeAttempt) -> None:
    """Store a guest's proven number for the account to be created. Of any number of concurrent calls with one code, one stores it.

    A number that has an owner is refused, and its proof is used up by that. Without a session, any code is a wrong one.
    Raises: WrongCode, Throttled, ContactTaken; Unavailable and aws.Failed, after which the code can still be used.
    """
    proof = attempts.verify_challenge(Purpose.GUEST, attempt)
    if session is None:  # no code is right without its challenge
        raise WrongCode("no_session", counts=False)
    if isinstance(proof, Repeat):
        _repeat(proof, session)
    else:
        redemption.retry_on_conflict(proof, lambda _: _store(proof, session))


def _store(proof: Proof, session: VerificationSession) -> None:
    """Redeem the proof. The record names the number's owner, if there is one. Raises: ContactTaken, WriteConflict, as `verify`."""
    identity = identity_items.from_items(proof.address, redemption.read(proof, identity_items.keys_of(proof.address)))
    owner = identity.owner if identity else None
    repeat = redemption.redeem(proof, [] if owner else [guest_proof_items.put_new(session, proof.address)], customer_id=owner or "")
    if repeat:
        _repeat(repeat, session)
        return
    if owner:
        raise ContactTaken("guest")
    audit.count("verified")


def _repeat(repeat: Repeat, session: VerificationSession) -> None:
    """The outcome of the first call. Raises: ContactTaken, WrongCode (what it has proven was used since), aws.Failed."""
    if repeat.record.customer_id:
        raise ContactTaken("guest")
    if guest_proof_items.find(session) is None:
        raise WrongCode("proof_used")


def find_pending(session: VerificationSession) -> PendingVerification | None:
    """The code that the session waits for, even if it has expired; None once it was used, ended or replaced. Raises: aws.Failed."""
    pending = deliveries.find_pending(session.challenge)
    if pending is None:
        return None
    address, expires_at, delivery = pending
    return PendingVerification(address, max(0, expires_at - clock.now()), delivery)
