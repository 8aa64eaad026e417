"""A forgotten password: the token that was sent to an address sets a new one, once; it proves the address like any other proof.

A token is of the password that it replaces: whatever changes that, or the account's addresses, ends it.
"""

from customer_auth import audit
from customer_auth.addresses.address import Address
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock
from customer_auth.base.client import Client
from customer_auth.base.errors import AccountDeletionPending, WrongCode
from customer_auth.customers import customer_items, identity_items, identity_password_items, ownership, registration_items
from customer_auth.customers.ownership import AddressState
from customer_auth.messaging import notification_items
from customer_auth.messaging.kinds import Kind
from customer_auth.otp import codes, devices, redemption
from customer_auth.otp.challenges import Purpose
from customer_auth.otp.codes import CodeAttempt, Proof
from customer_auth.passwords import hashing
from customer_auth.tokens import reset_tokens


def complete(token: str, address: Address, password: str, key: str | None, client: Client) -> str:
    """Set the password by a token that came to the address; answers a device. Every session, reset and device given before has ended.

    Raises: BadRequest (the password), WrongCode; AccountDeletionPending, Unavailable and aws.Failed with the token unspent.
    """
    hashing.check("password", password, [address])
    challenge, code = reset_tokens.parse(token)
    proof = codes.verify_code(Purpose.RESET, address, CodeAttempt(code, challenge, key, client))
    if proof.record:
        return devices.issue(proof.address, at=proof.record.at)
    password_hash = hashing.hashed(password)
    return redemption.retry_on_conflict(proof, lambda _: _complete(proof, password_hash), AccountDeletionPending)


def _complete(proof: Proof, password_hash: str) -> str:
    state = ownership.read(proof.address, proof.challenge.get("customer"))
    identity = state.identity
    asked_of = identity.revision if identity and identity.proven_at else None
    if identity is None or proof.challenge.get("revision") != asked_of:
        raise WrongCode("superseded")
    if state.owner and not state.owner.may_sign_in:
        raise AccountDeletionPending
    customer_id, writes, ended = _decided(proof, state, password_hash)
    record = redemption.redeem(proof, writes, customer_id=customer_id, ends_devices_of=ended)
    audit.count("verified")
    return devices.issue(proof.address, at=record.at if record else clock.now())


def _decided(proof: Proof, state: AddressState, password_hash: str) -> tuple[str, list[Write], list[Address]]:
    """Whose the password becomes, how, and whose devices end."""
    address, (identity, customer) = proof.address, state
    beside = state.owner.other_verified_address(address) if state.owner else None
    told = notification_items.put_new(Kind.PASSWORD_CHANGED, address, proof.challenge["locale"], fallback=beside)
    if state.owner:
        owner = state.owner
        changed = owner._replace(password_hash=password_hash, session_epoch=owner.session_epoch + 1, updated_at=clock.now())
        identities = [identity_password_items.replace(read, password_hash) for _, read in ownership.identities_of(owner)]
        update = customer_items.update_and_end_sessions(owner, changed, ["password_hash"])
        return owner.id, [update, *identities, told], owner.verified_addresses
    if identity and identity.registration and customer is None:
        proves = identity_items.verify_registration(address, identity, password_hash)
        return "", [*proves, registration_items.set_password(identity.registration, password_hash), told], [address]
    assignment = ownership.assign(address, state, password_hash=password_hash)
    return assignment.customer.id, [*assignment.writes, told], [address]
