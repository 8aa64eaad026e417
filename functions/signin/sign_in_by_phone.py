"""POST /store/auth/phone: signs in by a code asked for with login/request-otp; a phone number alone opens nothing."""

from typing import Self

from pydantic import Field

from customer_auth import codes, sign_in
from customer_auth.challenges import Purpose
from customer_auth.customers import Names
from customer_auth.endpoint import Call, endpoint
from customer_auth.fields import Model, Token
from customer_auth.models.entering import PROVING, TryByPhone, attempt
from customer_auth.sign_in import SignedIn


class Body(TryByPhone):
    """All three are needed."""

    challenge: Token = Field(title="Challenge", description="The one that the code was asked for with.")


class Tokens(Model):
    """What a storefront goes on with."""

    token: str = Field(description="The access token, for `Authorization: Bearer`.")
    refresh_token: str
    expires_in: int = Field(description="Seconds that the access token lives.")
    device: str = Field(description="Send it back when asking and trying: this client is known by it for 180 days.")

    @classmethod
    def of(cls, entered: SignedIn) -> Self:
        """The answer for who is in."""
        pair = entered.pair
        return cls(token=pair.access_token, refresh_token=pair.refresh_token, expires_in=pair.expires_in, device=entered.device)


@endpoint(body=Body, answer=Tokens, publishable=True, refusals=PROVING, takes_key=True)
def handler(call: Call[Body, None]) -> Tokens:
    proof = codes.try_code(Purpose.LOGIN, call.body.phone, attempt(call))
    return Tokens.of(sign_in.enter(proof, Names(), call.issuer))
