"""POST /store/customers/otp/verify: verifies an address of a customer by the code that came to it."""

from customer_auth import verifications
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import ContactTaken
from customer_auth.models.entering import PROVING, TryByToken, attempt
from customer_auth.models.verifying import AddressVerified


@endpoint(
    body=TryByToken,
    answer=AddressVerified,
    refusals=(*PROVING, ContactTaken),
    takes_key=True,
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[TryByToken, None]) -> AddressVerified:
    return AddressVerified.of(verifications.verify(attempt(call), call.issuer))
