"""POST /store/auth/phone: signs in by a code asked for with login/request-otp; a phone number alone opens nothing."""

from pydantic import Field

from customer_auth import codes, examples, sign_in
from customer_auth.challenges import Purpose
from customer_auth.customers import Names
from customer_auth.endpoint import Call, endpoint
from customer_auth.fields import Token
from customer_auth.models.entering import PROVING, TryByPhone, attempt
from customer_auth.models.tokens import Tokens, told


class TryFromStorefront(TryByPhone):
    """All three are needed."""

    challenge: Token = Field(title="Challenge", description="The one that the code was asked for with.", examples=[examples.CHALLENGE])


@endpoint(
    body=TryFromStorefront,
    answer=Tokens,
    publishable=True,
    refusals=PROVING,
    takes_key=True,
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[TryFromStorefront, None]) -> Tokens:
    proof = codes.try_code(Purpose.LOGIN, call.body.phone, attempt(call))
    entered = sign_in.enter(proof, Names(), call.issuer)
    return Tokens(**told(entered.pair, entered.device))
