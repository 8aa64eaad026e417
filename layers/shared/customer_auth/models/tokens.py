"""The tokens that a client goes on with, alike in every answer that has any."""

from typing import Any

from pydantic import Field

from customer_auth.models.base import Model
from customer_auth.models.kinds import AccessToken, Device, LifeSeconds, RefreshToken
from customer_auth.sessions import Pair


class Tokens(Model):
    """A session that has begun."""

    token: AccessToken
    refresh_token: RefreshToken
    expires_in: LifeSeconds
    device: Device


class TokensByPassword(Tokens):
    """A session that has begun."""

    device: Device | None = Field(description="None while no address is verified.")  # type: ignore[assignment]


class PossibleTokens(Model):
    """A session, where one has begun."""

    token: AccessToken | None
    refresh_token: RefreshToken | None
    expires_in: LifeSeconds | None
    device: Device | None


def told(pair: Pair | None, device: str | None) -> dict[str, Any]:
    """The members of an answer with tokens."""
    token, refresh_token, expires_in = pair or (None, None, None)
    return {"token": token, "refresh_token": refresh_token, "expires_in": expires_in, "device": device}
