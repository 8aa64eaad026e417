"""Administrators: customers with the role `admin`, which a command grants, and who have signed in recently."""

from customer_auth.addresses.address import Address
from customer_auth.base import clock
from customer_auth.base.account_errors import ReauthenticationRequired
from customer_auth.base.errors import NotAllowed
from customer_auth.customers import customer_items, identity_items
from customer_auth.customers.customers import Customer
from customer_auth.sessions import sessions
from customer_auth.sessions.sessions import Caller

ADMIN = "admin"
RECENT_SECONDS = 12 * clock.HOUR


def check(access_token: str, issuer: str) -> Caller:
    """The calling administrator. The role is read from the table, whatever the token says.

    Raises: NotAuthenticated, NotAllowed, ReauthenticationRequired, AccountDeletionPending, Unavailable, aws.Failed.
    """
    caller = sessions.authenticate(access_token, issuer)
    if ADMIN not in caller.customer.roles:
        raise NotAllowed("This is for administrators")
    if clock.now() - caller.claims.auth_time > RECENT_SECONDS:
        raise ReauthenticationRequired
    return caller


def grant(address: Address) -> Customer | None:
    """Grant the role to the customer who has verified the address; None if nobody has. Repeating it changes nothing.

    Tokens carry the role from the next sign-in or refresh on. Raises: dynamodb.ConditionFailed (the roles have just changed), aws.Failed.
    """
    customer = _find_owner(address)
    if customer is None or ADMIN in customer.roles:
        return customer
    return customer_items.set_roles(customer, [*customer.roles, ADMIN])


def revoke(address: Address) -> Customer | None:
    """Revoke the role; every later call is refused, whatever its token says. None if nobody has verified the address.

    Raises: dynamodb.ConditionFailed (the roles have just changed), aws.Failed.
    """
    customer = _find_owner(address)
    if customer is None or ADMIN not in customer.roles:
        return customer
    return customer_items.set_roles(customer, [role for role in customer.roles if role != ADMIN])


def _find_owner(address: Address) -> Customer | None:
    identity = identity_items.find(address)
    return customer_items.find(identity.owner) if identity and identity.owner else None
