"""Registration with a password: first an address and a password, then the customer, created with the token that this returns.

A registration proves nothing, so it reserves nothing: anyone can register an unverified address again, and only the password of the newest
registration can be used. Older registrations stay valid otherwise: their tokens, customers and codes keep working.
"""

from customer_auth import audit
from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb
from customer_auth.base import clock, ids
from customer_auth.base.account_errors import IdentityExists
from customer_auth.base.client import Client
from customer_auth.customers import customers, identity_items, registration_items
from customer_auth.customers.registration_items import Registration
from customer_auth.otp import client_items
from customer_auth.passwords import hashing
from customer_auth.tokens import registration_tokens


def register(address: Address, password: str, client: Client) -> str:
    """Store the address's newest registration; returns the token that creates its customer.

    Raises: BadRequest (the password), IdentityExists, Throttled, aws.Failed.
    """
    audit.note(address=address)
    hashing.check("password", password, [address])
    client_items.count_registration(client.bucket)
    now = clock.now()
    registration = Registration(ids.new("reg_"), address, hashing.hash_password(password), now, now + customers.LAPSE_AFTER_SECONDS)
    # the id is new, so the condition fails only if our own write is repeated after its response was lost
    dynamodb.try_write(registration_items.put_new(registration))
    identity_writes = identity_items.put_unverified(
        address, registration.id, registration.password_hash, None, expires_at=registration.expires_at
    )
    if not dynamodb.try_transact(identity_writes):
        raise IdentityExists
    return registration_tokens.issue(registration.id, registration.password_hash)
