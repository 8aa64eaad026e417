"""Signing in or up by a code: bodies and answers."""

from typing import Any, ClassVar, Literal, Self

from pydantic import Field

from customer_auth.base.account_errors import AccountDeletionPending
from customer_auth.base.errors import Throttled, WrongCode
from customer_auth.flows.sign_in import SignedIn
from customer_auth.http import examples
from customer_auth.http.endpoint import Call
from customer_auth.http.fields import CamelModel, Code, FromClient, Model, ReferralCode, Text, Token
from customer_auth.http.schemas import tokens
from customer_auth.http.schemas.code_requests import EmailFields, PhoneFields
from customer_auth.http.schemas.customers import CustomerResponse, UserResponse
from customer_auth.http.schemas.field_types import AccessToken, Device, LifeSeconds, RefreshToken
from customer_auth.http.schemas.names import Named
from customer_auth.http.schemas.tokens import TokensResponse
from customer_auth.otp.codes import CodeAttempt

# How trying a code can end otherwise.
PROVING = (WrongCode, AccountDeletionPending, Throttled)
_REFERRER = "Of the customer who sent this one; for a new account alone."


class CodeAttemptFields(FromClient):
    """A code, for a challenge or for the address alone."""

    code: Code = Field(title="Code")
    challenge: Text | None = Field(
        default=None,
        title="Challenge",
        description="The one that the code was asked for with.",
        examples=[examples.CHALLENGE],
    )


class PhoneCodeAttemptRequest(CodeAttemptFields, PhoneFields):
    """A code and the phone that it came to."""  # whose field is first, and named first where both are missing


class RegisterByCodeRequest(PhoneCodeAttemptRequest, Named):
    """The same, with the names of a customer that it may create."""

    referral_code: ReferralCode | None = Field(
        default=None, title="ReferralResponse code", description=_REFERRER, examples=[examples.REFERRAL_CODE]
    )


class EmailCodeAttemptRequest(CodeAttemptFields, EmailFields):
    """A code and the email address that it came to."""


class _Referred(Model):
    referral_code: ReferralCode | None = Field(
        default=None, alias="referralCode", title="ReferralResponse code", description=_REFERRER, examples=[examples.REFERRAL_CODE]
    )


class PhoneSignInRequest(PhoneCodeAttemptRequest, _Referred):
    """The same; for a new account, with who referred it."""


class EmailSignInRequest(EmailCodeAttemptRequest, _Referred):
    """The same; for a new account, with who referred it."""


class TokenCodeRequest(Model):
    """A code, for the token that it was asked for with."""

    token: Token = Field(title="Token", examples=[examples.CHALLENGE])
    code: Code = Field(title="Code")

    @property
    def challenge(self) -> str:
        return self.token


def attempt(call: Call[Any, Any]) -> CodeAttempt:
    """The try that a body makes."""
    return CodeAttempt(call.body.code, call.body.challenge, call.idempotency_key, call.client)


class SessionResponse(TokensResponse):
    """A customer is signed in."""

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (RFC 6750, no password)
    registered: bool = Field(description="Whether the account was made by this call.", examples=[True, False])
    customer: CustomerResponse

    @classmethod
    def of(cls, entered: SignedIn) -> Self:
        """The answer for who is in."""
        shown = CustomerResponse.of(entered.customer)
        return cls(**tokens.members(entered.token_pair, entered.device), registered=entered.registered, customer=shown)


class RegistrationResponse(SessionResponse):
    """A customer is signed in, and the account may have been made by this call."""

    http_statuses: ClassVar[tuple[int, ...]] = (200, 201)

    @property
    def http_status(self) -> int:
        return 201 if self.registered else 200


class SignInResponse(CamelModel):
    """A customer is signed in, as the sign-in API says it."""

    success: Literal[True] = True
    message: str = Field(examples=["Mobile verified successfully"])
    session_token: AccessToken
    refresh_token: RefreshToken
    expires_in: LifeSeconds
    registered: bool = Field(description="Whether the account was made by this call.", examples=[True, False])
    device: Device
    user: UserResponse

    @classmethod
    def of(cls, entered: SignedIn, message: str) -> Self:
        """The answer for who is in."""
        return cls(
            message=message,
            session_token=entered.token_pair.access_token,
            refresh_token=entered.token_pair.refresh_token,
            expires_in=entered.token_pair.expires_in,
            registered=entered.registered,
            device=entered.device,
            user=UserResponse.of(entered.customer),
        )
