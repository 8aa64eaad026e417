"""Signing in or up by a code: bodies and responses."""

from typing import Any, ClassVar, Literal, Self

from pydantic import Field

from customer_auth.base.account_errors import AccountDeletionPending, CancellableDeletionPending
from customer_auth.base.errors import Throttled, WrongCode
from customer_auth.flows.sign_in import SignedIn
from customer_auth.http import examples
from customer_auth.http.endpoint import Call
from customer_auth.http.fields import Code, ReferralCode, Text, Token
from customer_auth.http.schemas import tokens
from customer_auth.http.schemas.base import CamelModel, FromClient, Model
from customer_auth.http.schemas.code_requests import EmailFields, PhoneFields
from customer_auth.http.schemas.customers import CustomerResponse, UserResponse
from customer_auth.http.schemas.field_types import AccessToken, Device, LifeSeconds, RefreshToken
from customer_auth.http.schemas.names import Named
from customer_auth.http.schemas.tokens import TokensResponse
from customer_auth.otp.proofs import CodeAttempt

# The refusals of a code.
CODE_REFUSALS = (WrongCode, AccountDeletionPending, CancellableDeletionPending, Throttled)
_REFERRER = "Of the customer who sent this one; for a new account alone."


class CodeAttemptFields(FromClient):
    """A code, for a challenge or for the address alone."""

    code: Code = Field(title="Code")
    challenge: Text | None = Field(
        default=None,
        title="Challenge",
        description="Of the code request.",
        examples=[examples.CHALLENGE],
    )


class PhoneCodeAttemptRequest(CodeAttemptFields, PhoneFields):
    """A code and the phone number that it was sent to."""  # the phone comes first, also in an error that names both


class RegisterByCodeRequest(PhoneCodeAttemptRequest, Named):
    """The same, with the names of a new customer."""

    referral_code: ReferralCode | None = Field(
        default=None, title="Referral code", description=_REFERRER, examples=[examples.REFERRAL_CODE]
    )


class EmailCodeAttemptRequest(CodeAttemptFields, EmailFields):
    """A code and the email address that it was sent to."""


class _Referred(Model):
    referral_code: ReferralCode | None = Field(
        default=None, alias="referralCode", title="Referral code", description=_REFERRER, examples=[examples.REFERRAL_CODE]
    )


class PhoneSignInRequest(PhoneCodeAttemptRequest, _Referred):
    """The same, with a referral code for a new account."""


class EmailSignInRequest(EmailCodeAttemptRequest, _Referred):
    """The same, with a referral code for a new account."""


class TokenCodeRequest(Model):
    """A code, and the token of its request."""

    token: Token = Field(title="Token", examples=[examples.CHALLENGE])
    code: Code = Field(title="Code")

    @property
    def challenge(self) -> str:
        return self.token


def attempt(call: Call[Any, Any]) -> CodeAttempt:
    """The attempt that a body makes."""
    return CodeAttempt(call.body.code, call.body.challenge, call.idempotency_key, call.client)


class SessionResponse(TokensResponse):
    """A customer is signed in."""

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (RFC 6750, no password)
    registered: bool = Field(description="Whether this call created the account.", examples=[True, False])
    customer: CustomerResponse

    @classmethod
    def of(cls, signed_in: SignedIn) -> Self:
        customer = CustomerResponse.of(signed_in.customer)
        return cls(**tokens.members(signed_in.token_pair, signed_in.device), registered=signed_in.registered, customer=customer)


class RegistrationResponse(SessionResponse):
    """A customer is signed in, to an account that this call may have created."""

    http_statuses: ClassVar[tuple[int, ...]] = (200, 201)

    @property
    def http_status(self) -> int:
        return 201 if self.registered else 200


class SignInResponse(CamelModel):
    """A customer is signed in, in the form of the sign-in API."""

    success: Literal[True] = True
    message: str = Field(examples=["Mobile verified successfully"])
    session_token: AccessToken
    refresh_token: RefreshToken
    expires_in: LifeSeconds
    registered: bool = Field(description="Whether this call created the account.", examples=[True, False])
    device: Device
    user: UserResponse

    @classmethod
    def of(cls, signed_in: SignedIn, message: str) -> Self:
        return cls(
            message=message,
            session_token=signed_in.token_pair.access_token,
            refresh_token=signed_in.token_pair.refresh_token,
            expires_in=signed_in.token_pair.expires_in,
            registered=signed_in.registered,
            device=signed_in.device,
            user=UserResponse.of(signed_in.customer),
        )
