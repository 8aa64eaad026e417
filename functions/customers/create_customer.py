"""POST /store/customers: creates the customer of a registration, with the registration's token."""

from customer_auth.base.account_errors import IdentityExists
from customer_auth.flows import customer_creation, verification
from customer_auth.http.endpoint import Bearer, Call, endpoint
from customer_auth.http.schemas.registration import CreateCustomerRequest, CreateCustomerResponse
from customer_auth.tokens import registration_tokens


@endpoint(
    body=CreateCustomerRequest,
    answer=CreateCustomerResponse,
    caller=registration_tokens.verify,
    bearer=Bearer.REGISTRATION,
    refusals=(IdentityExists,),
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[CreateCustomerRequest, registration_tokens.RegistrationToken]) -> CreateCustomerResponse:
    created = customer_creation.create_customer(call.caller, call.body.details, call.client, call.issuer)
    issued = verification.request_codes_at_registration(created.customer, call.client)
    return CreateCustomerResponse.of(created, issued)
