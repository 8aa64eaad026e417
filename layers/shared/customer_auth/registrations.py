"""Registrations by password: an address and a password first, the customer by the token that this gives.

A registration proves nothing, so it holds nothing: anyone may register an unproven address again, and the newest registration is the one
whose password may be tried. Older ones go on: their tokens, customers and codes live.
"""

from customer_auth import audit, clock, customers, ids, passwords, registration_tokens
from customer_auth.address import Address
from customer_auth.client import Client
from customer_auth.errors import IdentityExists
from customer_auth.tables import client_items, dynamodb, identity_items, registration_items
from customer_auth.tables.registration_items import Registration


def register(address: Address, password: str, client: Client) -> str:
    """Keep an address with a password, as its newest claim; answers the token that opens a customer for it.

    Raises: BadRequest (the password), IdentityExists, Throttled, aws.Failed.
    """
    audit.note(address=address)
    passwords.check("password", password, [address])
    client_items.count_registration(client.bucket)
    now = clock.now()
    new = Registration(ids.new("reg_"), address, passwords.hashed(password), now, now + customers.LAPSES_SECONDS)
    dynamodb.write_if(registration_items.put_new(new))  # else a write whose answer was lost was repeated
    if not dynamodb.write_all_if(identity_items.claim(address, new.id, new.password_hash, None, expires_at=new.expires_at)):
        raise IdentityExists
    return registration_tokens.issue(new.id, new.password_hash)
