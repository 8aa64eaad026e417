"""POST /store/auth/phone: signs in by a code asked for with login/request-otp; a phone number alone opens nothing."""

from pydantic import Field

from customer_auth.flows import sign_in
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Token
from customer_auth.http.schemas.sign_in import CODE_REFUSALS, PhoneCodeAttemptRequest, attempt
from customer_auth.http.schemas.tokens import TokensResponse, members
from customer_auth.otp.purposes import Purpose


class StorefrontSignInRequest(PhoneCodeAttemptRequest):
    """The phone, the code and its challenge, which is required here."""

    challenge: Token = Field(title="Challenge", description="The one that the code was asked for with.", examples=[examples.CHALLENGE])


@endpoint(
    body=StorefrontSignInRequest,
    answer=TokensResponse,
    publishable=True,
    refusals=CODE_REFUSALS,
    takes_key=True,
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[StorefrontSignInRequest, None]) -> TokensResponse:
    signed_in = sign_in.sign_in(Purpose.LOGIN, call.body.phone, attempt(call), call.issuer)
    return TokensResponse(**members(signed_in.token_pair, signed_in.device))
