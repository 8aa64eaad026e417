"""Signing in by a provider: bodies, responses, and the cookie that ties both calls to one browser."""

from typing import Any, Literal, Self

from pydantic import Field

from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.flows.provider_commit import ProviderSignIn
from customer_auth.flows.provider_sign_in import Started
from customer_auth.http import examples
from customer_auth.http.endpoint import Call
from customer_auth.http.fields import ReferralCode, Text, Token
from customer_auth.http.schemas.base import CamelModel
from customer_auth.http.schemas.customers import UserResponse
from customer_auth.http.schemas.field_types import AccessToken, Binding, Device, LifeSeconds, RefreshToken
from customer_auth.social import sign_in_states

# `__Host-`: no other host can have set it (RFC 6265bis §4.1.3.2); Lax: the browser sends it when a provider sends it back by a link.
_COOKIE = "__Host-sign-in"
_COOKIE_ATTRIBUTES = f"Path=/; Max-Age={sign_in_states.LIFE_SECONDS}; Secure; HttpOnly; SameSite=Lax"


class StartRequest(CamelModel):
    """Where the browser returns to."""

    redirect_url: Token = Field(title="Redirect URL", description="One of REDIRECT_URLS, exactly.", examples=[examples.REDIRECT_URL])


class StartResponse(CamelModel):
    """Where to send the browser. A cookie ties the sign-in to it; a client without cookies keeps `binding` instead."""

    success: Literal[True] = True
    message: str = Field(examples=["Google OAuth started"])
    auth_url: str = Field(examples=["https://accounts.google.com/o/oauth2/v2/auth?response_type=code"])
    state: str = Field(description="Comes back with the code; valid once, for 10 minutes.", examples=[examples.STATE])
    binding: Binding

    @classmethod
    def of(cls, started: Started, provider: str) -> Self:
        return cls(message=f"{provider.capitalize()} OAuth started", **started._asdict())

    @property
    def cookies(self) -> list[str]:
        return [f"{_COOKIE}={self.binding}; {_COOKIE_ATTRIBUTES}"]


class ExchangeRequest(CamelModel):
    """What the provider has sent the browser back with."""

    code: Token = Field(title="Code", examples=["4/0AfJohXnKxyz123"])
    state: Text | None = Field(
        default=None,
        title="State",
        description="As it came back. Without it the newest of this browser's cookie is meant; at Facebook it is always needed.",
        examples=[examples.STATE],
    )
    binding: Text | None = Field(
        default=None, title="Binding", description="Of the start, for clients without cookies.", examples=[examples.BINDING]
    )
    referral_code: ReferralCode | None = Field(
        default=None,
        title="Referral code",
        description="Of the customer who sent this one; for a new account alone.",
        examples=[examples.REFERRAL_CODE],
    )


class ProviderUserResponse(UserResponse):
    """The same person, with the provider's picture of them."""

    picture: str | None = Field(description="Of this response alone; it is not stored.", examples=["https://pictures.example/ada.jpg"])


class ExchangeResponse(CamelModel):
    """A customer is signed in by a provider."""

    success: Literal[True] = True
    message: str = Field(examples=["Google login successful"])
    session_token: AccessToken
    refresh_token: RefreshToken
    expires_in: LifeSeconds
    registered: bool = Field(description="Whether this call created the account.", examples=[True, False])
    referral: Literal["ignored"] | None = Field(description="Where the referral code was nobody's.", examples=[None])
    device: Device | None = Field(description="Null while no address is verified.")
    user: ProviderUserResponse

    @classmethod
    def of(cls, signed_in: ProviderSignIn, provider: str) -> Self:
        user = UserResponse.of(signed_in.customer)
        return cls(
            message=f"{provider.capitalize()} login successful",
            session_token=signed_in.token_pair.access_token,
            refresh_token=signed_in.token_pair.refresh_token,
            expires_in=signed_in.token_pair.expires_in,
            registered=signed_in.registered,
            referral="ignored" if signed_in.referral_ignored else None,
            device=signed_in.device,
            user=ProviderUserResponse(**user.model_dump(), picture=signed_in.picture),
        )


def binding_of_cookie(call: Call[Any, Any]) -> str | None:
    """The binding in the browser's cookie, if it has one of ours."""
    return next(filter(sign_in_states.is_binding, call.cookies(_COOKIE)), None)


def binding_of(call: Call[ExchangeRequest, Any]) -> str:
    """The binding of the browser that exchanges a code. Raises: WrongProviderProof (it has none, or does not say for which state)."""
    cookie, body = binding_of_cookie(call), call.body
    if body.binding is not None:
        if body.state is None or not sign_in_states.is_binding(body.binding):
            raise WrongProviderProof("binding")
        return str(body.binding)
    if cookie is None:
        raise WrongProviderProof("no_binding")
    return cookie
