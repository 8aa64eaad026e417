"""The queries, and a customer as this API shows one."""

from typing import Any

from graphql import GraphQLResolveInfo

from customer_auth.addresses.address import Channel
from customer_auth.customers import customers
from customer_auth.customers.customers import Customer
from customer_auth.flows import phone_verification
from customer_auth.graphql_api import inputs
from customer_auth.graphql_api.context import GraphqlContext
from customer_auth.graphql_api.outcomes import Payload
from customer_auth.sessions import sessions

_NOTHING_PENDING = {"has_pending_otp": False, "is_expired": False}


def phone_otp_status(_root: None, info: GraphQLResolveInfo[GraphqlContext]) -> Payload:
    context = info.context
    session = context.find_session()
    pending = phone_verification.find_pending(session) if session else None
    if pending is None:
        return _NOTHING_PENDING
    return {
        "has_pending_otp": True,
        "phone_number": inputs.display_number(pending.address),
        "time_remaining": pending.seconds_left,
        "is_expired": pending.seconds_left == 0,
        "delivery": pending.delivery,
    }


def customer(_root: None, info: GraphQLResolveInfo[GraphqlContext]) -> Payload:
    context = info.context
    return customer_payload(context.authenticated(sessions.authenticate).customer)


def customer_payload(customer: Customer) -> dict[str, Any]:
    """The customer by this API's names."""
    number = inputs.display_number(customers.address_of(Channel.PHONE, customer.phone)) if customer.phone else None
    return {
        "id": customer.id,
        "firstname": customer.first_name,
        "lastname": customer.last_name,
        "email": customer.email,
        "phone_number": number,
        "phone_verified": customer.phone_verified,
        "custom_attributes": [{"attribute_code": "phone_number", "value": number}] if number else [],
    }
