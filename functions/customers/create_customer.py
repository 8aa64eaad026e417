"""POST /store/customers: makes the customer of a registration, by the token that it gave."""

from customer_auth import creation, registration_tokens, verifications
from customer_auth.endpoint import Bearer, Call, endpoint
from customer_auth.errors import IdentityExists
from customer_auth.models.creating import Created, NewCustomer


@endpoint(
    body=NewCustomer,
    answer=Created,
    caller=registration_tokens.check,
    bearer=Bearer.REGISTRATION,
    refusals=(IdentityExists,),
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[NewCustomer, registration_tokens.Opening]) -> Created:
    created = creation.open_customer(call.caller, call.body.wanted, call.client, call.issuer)
    return Created.of(created, verifications.ask_at_registration(created.customer, call.client))
