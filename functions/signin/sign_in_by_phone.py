"""POST /store/auth/phone: signs in by a code asked for with login/request-otp; a phone number alone opens nothing."""

from pydantic import Field

from customer_auth.customers.customers import Names
from customer_auth.flows import sign_in
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Token
from customer_auth.http.schemas.sign_in import PROVING, PhoneCodeAttemptRequest, attempt
from customer_auth.http.schemas.tokens import TokensResponse, members
from customer_auth.otp import codes
from customer_auth.otp.challenges import Purpose


class TryFromStorefront(PhoneCodeAttemptRequest):
    """All three are needed."""

    challenge: Token = Field(title="Challenge", description="The one that the code was asked for with.", examples=[examples.CHALLENGE])


@endpoint(
    body=TryFromStorefront,
    answer=TokensResponse,
    publishable=True,
    refusals=PROVING,
    takes_key=True,
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[TryFromStorefront, None]) -> TokensResponse:
    proof = codes.verify_code(Purpose.LOGIN, call.body.phone, attempt(call))
    entered = sign_in.enter(proof, Names(), call.issuer)
    return TokensResponse(**members(entered.token_pair, entered.device))
