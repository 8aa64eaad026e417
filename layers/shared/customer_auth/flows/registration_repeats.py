"""A registration by GraphQL that is repeated with its Idempotency-Key: its id comes from the key, so it is found, and made once."""

from typing import NamedTuple, Self

from customer_auth import audit, aws
from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, secret_keys
from customer_auth.base import clock, ids
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.customers import customer_items, registration_items
from customer_auth.customers.customers import Customer
from customer_auth.customers.registration_items import Registration
from customer_auth.otp import client_items, idempotency_items
from customer_auth.otp.verification_sessions import VerificationSession
from customer_auth.passwords import hashing


class AlreadyRegistered(Exception):
    """Another call with the same key has created its customer meanwhile."""


class RegistrationRepeat(NamedTuple):
    """The id that a call's registration gets, and whether a repeated call has the same."""

    registration_id: str
    has_key: bool

    @classmethod
    def of(cls, key: str | None, email: Address | None, session: VerificationSession | None) -> Self:
        """A new id; with a key, the one of the same key, email and session. Raises: aws.Failed."""
        if key is None:
            return cls(ids.new("reg_"), has_key=False)
        parts = (key, email.key if email else "", session.text if session else "")
        return cls(ids.of("reg_", ids.hmac_sha256(secret_keys.index_key(), "guest-registration", *parts)), has_key=True)

    def find(self) -> Registration | None:
        """The registration that a call with this key has made. Raises: aws.Failed."""
        return registration_items.from_item(dynamodb.batch_get([registration_items.key(self.registration_id)])[0]) if self.has_key else None

    def answer(self, registration: Registration, password: str, bucket: str) -> Customer:
        """The customer of the first call, within two minutes and with its password, which is counted before it is compared.

        A customer whom the address's owner has taken over meanwhile has another registration, or none: that one is nobody else's to see.
        Raises: BadRequest, Throttled, aws.Failed.
        """
        client_items.count_password_attempt(bucket)
        is_recent = registration.created_at > clock.now() - idempotency_items.REPEAT_SECONDS
        is_same = is_recent and hashing.verify(registration.password_hash, password)
        customer = customer_items.find(registration.customer_id or "") if is_same else None
        if customer is None or customer.registration != registration.id:
            message = "was used for another call"
            raise BadRequest(f"Idempotency-Key {message}", FieldError("Idempotency-Key", message))
        _refund(bucket)
        return customer


def _refund(bucket: str) -> None:
    """The password was right, so it does not count. Best effort: one more that stays counted is the safe side."""
    try:
        dynamodb.transact(client_items.refund_password_attempt(bucket))
    except (aws.Failed, dynamodb.TransactionFailed):
        audit.note(refund="failed")
