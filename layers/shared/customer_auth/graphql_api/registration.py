"""The mutations that create customers."""

from typing import Any

from customer_auth.addresses.address import Address
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.customers.customers import Names
from customer_auth.flows import guest_registration
from customer_auth.flows.customer_creation import CustomerDetails
from customer_auth.graphql_api import consents, inputs, queries
from customer_auth.graphql_api.context import GraphqlContext
from customer_auth.graphql_api.outcomes import Payload, mutation

_PHONE_NUMBER = "phone_number"


@mutation()
def create_customer_with_phone(context: GraphqlContext, input: dict[str, Any]) -> Payload:  # noqa: A002 (the schema's name)
    for title, name in (("First name", "firstname"), ("Last name", "lastname"), ("Email", "email")):
        inputs.require(title, name, input[name])
    return _create(context, input, input.get(_PHONE_NUMBER))


@mutation()
def create_customer(context: GraphqlContext, input: dict[str, Any]) -> Payload:  # noqa: A002 (the schema's name)
    return _create(context, input, _attribute_of(input))


def _create(context: GraphqlContext, fields: dict[str, Any], number: str | None) -> Payload:
    details = CustomerDetails(
        email=inputs.find(inputs.EMAIL, "Email", "email", fields.get("email")),
        phone=_number(number),
        names=Names(
            inputs.find(inputs.NAME, "First name", "firstname", fields.get("firstname")),
            inputs.find(inputs.NAME, "Last name", "lastname", fields.get("lastname")),
        ),
        company_name=None,
        metadata={},
        referral_code=inputs.find(inputs.REFERRAL_CODE, "Referral code", "referral_code", fields.get("referral_code")),
        consents=consents.read_consents(fields),
    )
    password = inputs.read(inputs.NEW_PASSWORD, "Password", "password", fields.get("password"))
    customer = guest_registration.create_customer(details, password, context.find_session(), context.client, context.idempotency_key)
    return {"message": "Customer account created successfully", "customer": queries.customer_payload(customer)}


def _number(text: str | None) -> Address | None:
    return inputs.phone_number(text) if text else None


def _attribute_of(fields: dict[str, Any]) -> str | None:
    """The number among the custom attributes. Raises: BadRequest (another attribute, or it is there twice)."""
    attributes: list[dict[str, str]] = fields.get("custom_attributes") or []
    if {each["attribute_code"] for each in attributes} - {_PHONE_NUMBER} or len(attributes) > 1:
        message = "may have phone_number alone, once"
        raise BadRequest(f"Custom attributes {message}", FieldError("custom_attributes", message))
    return attributes[0]["value"] if attributes else None
