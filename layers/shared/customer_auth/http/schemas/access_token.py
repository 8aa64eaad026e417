"""An access token's claims as an answer shows them."""

from pydantic import Field

from customer_auth.http import examples
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.field_types import CustomerId, EpochSeconds, Sid


class ClaimsResponse(Model):
    """What the token says (RFC 9068 §2.2)."""

    iss: str = Field(examples=[examples.ISSUER])
    sub: CustomerId
    aud: str = Field(examples=["storefront"])
    exp: EpochSeconds
    iat: EpochSeconds
    jti: str = Field(examples=["Zt4Lw7Mz0AsDvYgB"])
    sid: Sid
    auth_time: EpochSeconds = Field(description="When the customer signed in.")
    amr: list[str] = Field(description="How (RFC 8176); `fed` is by a provider.", examples=[["otp", "sms"]])
    roles: list[str] = Field(examples=[[]])
