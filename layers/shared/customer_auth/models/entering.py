"""Signing in or up by a code: bodies and answers."""

from typing import Any, ClassVar, Literal, Self

from pydantic import Field

from customer_auth import examples
from customer_auth.codes import Attempt
from customer_auth.endpoint import Call
from customer_auth.errors import AccountDeletionPending, Throttled, WrongCode
from customer_auth.fields import Code, ReferralCode, Text, Token
from customer_auth.models import tokens
from customer_auth.models.asking import ByEmail, ByPhone
from customer_auth.models.base import CamelModel, FromClient, Model
from customer_auth.models.customers import CustomerShown, UserShown
from customer_auth.models.kinds import AccessToken, Device, LifeSeconds, RefreshToken
from customer_auth.models.named import Named
from customer_auth.models.tokens import Tokens
from customer_auth.sign_in import SignedIn

# How trying a code can end otherwise.
PROVING = (WrongCode, AccountDeletionPending, Throttled)
_REFERRER = "Of the customer who sent this one; for a new account alone."


class TryCode(FromClient):
    """A code, for a challenge or for the address alone."""

    code: Code = Field(title="Code")
    challenge: Text | None = Field(
        default=None,
        title="Challenge",
        description="The one that the code was asked for with.",
        examples=[examples.CHALLENGE],
    )


class TryByPhone(TryCode, ByPhone):
    """A code and the phone that it came to."""  # whose field is first, and named first where both are missing


class TryToRegister(TryByPhone, Named):
    """The same, with the names of a customer that it may create."""

    referral_code: ReferralCode | None = Field(
        default=None, title="Referral code", description=_REFERRER, examples=[examples.REFERRAL_CODE]
    )


class TryByEmail(TryCode, ByEmail):
    """A code and the email address that it came to."""


class _Referred(Model):
    referral_code: ReferralCode | None = Field(
        default=None, alias="referralCode", title="Referral code", description=_REFERRER, examples=[examples.REFERRAL_CODE]
    )


class TryToEnterByPhone(TryByPhone, _Referred):
    """The same; for a new account, with who referred it."""


class TryToEnterByEmail(TryByEmail, _Referred):
    """The same; for a new account, with who referred it."""


class TryByToken(Model):
    """A code, for the token that it was asked for with."""

    token: Token = Field(title="Token", examples=[examples.CHALLENGE])
    code: Code = Field(title="Code")

    @property
    def challenge(self) -> str:
        return self.token


def attempt(call: Call[Any, Any]) -> Attempt:
    """The try that a body makes."""
    return Attempt(call.body.code, call.body.challenge, call.idempotency_key, call.client)


class SessionStarted(Tokens):
    """A customer is signed in."""

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (RFC 6750, no password)
    registered: bool = Field(description="Whether the account was made by this call.", examples=[True, False])
    customer: CustomerShown

    @classmethod
    def of(cls, entered: SignedIn) -> Self:
        """The answer for who is in."""
        shown = CustomerShown.of(entered.customer)
        return cls(**tokens.told(entered.pair, entered.device), registered=entered.registered, customer=shown)


class Registered(SessionStarted):
    """A customer is signed in, and the account may have been made by this call."""

    http_statuses: ClassVar[tuple[int, ...]] = (200, 201)

    @property
    def http_status(self) -> int:
        return 201 if self.registered else 200


class SignInVerified(CamelModel):
    """A customer is signed in, as the sign-in API says it."""

    success: Literal[True] = True
    message: str = Field(examples=["Mobile verified successfully"])
    session_token: AccessToken
    refresh_token: RefreshToken
    expires_in: LifeSeconds
    registered: bool = Field(description="Whether the account was made by this call.", examples=[True, False])
    device: Device
    user: UserShown

    @classmethod
    def of(cls, entered: SignedIn, message: str) -> Self:
        """The answer for who is in."""
        return cls(
            message=message,
            session_token=entered.pair.access_token,
            refresh_token=entered.pair.refresh_token,
            expires_in=entered.pair.expires_in,
            registered=entered.registered,
            device=entered.device,
            user=UserShown.of(entered.customer),
        )
