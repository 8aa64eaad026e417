"""POST /store/customers/otp/verify: verifies an address of a customer by the code that came to it."""

from customer_auth.base.errors import ContactTaken
from customer_auth.flows import verification
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.sign_in import PROVING, TryByToken, attempt
from customer_auth.http.schemas.verification import AddressVerified


@endpoint(
    body=TryByToken,
    answer=AddressVerified,
    refusals=(*PROVING, ContactTaken),
    takes_key=True,
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[TryByToken, None]) -> AddressVerified:
    return AddressVerified.of(verification.verify(attempt(call), call.issuer))
