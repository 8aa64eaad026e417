"""Tokens, the same in every response that has any."""

from typing import Any

from pydantic import Field

from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.field_types import AccessToken, Device, LifeSeconds, RefreshToken
from customer_auth.sessions.issuance import TokenPair


class TokensResponse(Model):
    """A new session."""

    token: AccessToken
    refresh_token: RefreshToken
    expires_in: LifeSeconds
    device: Device


class PasswordTokensResponse(TokensResponse):
    """A new session."""

    device: Device | None = Field(description="Null while no address is verified.")  # type: ignore[assignment]


class OptionalTokensResponse(Model):
    """A new session, if one was started."""

    token: AccessToken | None
    refresh_token: RefreshToken | None
    expires_in: LifeSeconds | None
    device: Device | None


def members(token_pair: TokenPair | None, device: str | None) -> dict[str, Any]:
    """The members of a response with tokens; all of them null where there are none."""
    token, refresh_token, expires_in = token_pair or (None, None, None)
    return {"token": token, "refresh_token": refresh_token, "expires_in": expires_in, "device": device}
