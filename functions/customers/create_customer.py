"""POST /store/customers: makes the customer of a registration, by the token that it gave."""

from customer_auth.base.account_errors import IdentityExists
from customer_auth.flows import customer_creation, verification
from customer_auth.http.endpoint import Bearer, Call, endpoint
from customer_auth.http.schemas.registration import Created, NewCustomer
from customer_auth.tokens import registration_tokens


@endpoint(
    body=NewCustomer,
    answer=Created,
    caller=registration_tokens.verify,
    bearer=Bearer.REGISTRATION,
    refusals=(IdentityExists,),
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[NewCustomer, registration_tokens.RegistrationToken]) -> Created:
    created = customer_creation.open_customer(call.caller, call.body.wanted, call.client, call.issuer)
    return Created.of(created, verification.request_codes_at_registration(created.customer, call.client))
