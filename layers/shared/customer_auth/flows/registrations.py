"""Registrations by password: an address and a password first, the customer by the token that this gives.

A registration proves nothing, so it holds nothing: anyone may register an unproven address again, and the newest registration is the one
whose password may be tried. Older ones go on: their tokens, customers and codes live.
"""

from customer_auth import audit
from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb
from customer_auth.base import clock, ids
from customer_auth.base.client import Client
from customer_auth.base.errors import IdentityExists
from customer_auth.customers import customers, identity_items, registration_items
from customer_auth.customers.registration_items import Registration
from customer_auth.otp import client_items
from customer_auth.passwords import hashing
from customer_auth.tokens import registration_tokens


def register(address: Address, password: str, client: Client) -> str:
    """Keep an address with a password, as its newest claim; answers the token that opens a customer for it.

    Raises: BadRequest (the password), IdentityExists, Throttled, aws.Failed.
    """
    audit.note(address=address)
    hashing.check("password", password, [address])
    client_items.count_registration(client.bucket)
    now = clock.now()
    new = Registration(ids.new("reg_"), address, hashing.hashed(password), now, now + customers.LAPSE_AFTER_SECONDS)
    dynamodb.write_if(registration_items.put_new(new))  # else a write whose answer was lost was repeated
    if not dynamodb.write_all_if(identity_items.put_unverified(address, new.id, new.password_hash, None, expires_at=new.expires_at)):
        raise IdentityExists
    return registration_tokens.issue(new.id, new.password_hash)
