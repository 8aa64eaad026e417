"""POST /store/customers/otp/verify: verifies an address of a customer, by the code that was sent to it."""

from customer_auth.base.account_errors import ContactTaken
from customer_auth.flows import verification
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.sign_in import CODE_REFUSALS, TokenCodeRequest, attempt
from customer_auth.http.schemas.verification import VerifyAddressResponse


@endpoint(
    body=TokenCodeRequest,
    answer=VerifyAddressResponse,
    refusals=(*CODE_REFUSALS, ContactTaken),
    takes_key=True,
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[TokenCodeRequest, None]) -> VerifyAddressResponse:
    return VerifyAddressResponse.of(verification.verify(attempt(call), call.issuer))
