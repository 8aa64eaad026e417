"""POST /store/auth/phone: signs in by a code asked for with login/request-otp; a phone number alone opens nothing."""

from typing import Self

from pydantic import Field

from customer_auth import codes, examples, sign_in
from customer_auth.challenges import Purpose
from customer_auth.customers import Names
from customer_auth.endpoint import Call, endpoint
from customer_auth.fields import Model, Token
from customer_auth.models.entering import PROVING, TryByPhone, attempt
from customer_auth.models.kinds import AccessToken, Device, LifeSeconds, RefreshToken
from customer_auth.sign_in import SignedIn


class TryFromStorefront(TryByPhone):
    """All three are needed."""

    challenge: Token = Field(title="Challenge", description="The one that the code was asked for with.", examples=[examples.CHALLENGE])


class Tokens(Model):
    """What a storefront goes on with."""

    token: AccessToken
    refresh_token: RefreshToken
    expires_in: LifeSeconds
    device: Device

    @classmethod
    def of(cls, entered: SignedIn) -> Self:
        """The answer for who is in."""
        pair = entered.pair
        return cls(token=pair.access_token, refresh_token=pair.refresh_token, expires_in=pair.expires_in, device=entered.device)


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
    return Tokens.of(sign_in.enter(proof, Names(), call.issuer))
