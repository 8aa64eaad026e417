"""POST /login/google/notifications: takes Google's security events about accounts."""

from typing import ClassVar

from pydantic import Field

from customer_auth.base.errors import NotFound
from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut, WrongProviderProof
from customer_auth.flows import provider_events
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import SignedText
from customer_auth.http.schemas.base import Model, TokenModel


class SecurityEventRequest(TokenModel):
    """A security event token (RFC 8417), delivered as RFC 8935 says."""

    media_type: ClassVar[str] = "application/secevent+jwt"

    token: SignedText = Field(title="Token", examples=["eyJhbGciOiJSUzI1NiJ9.eyJqdGkiOiIxIn0.c2lnbmF0dXJl"])


class SecurityEventResponse(Model):
    """The event is genuine, and handled."""

    http_statuses: ClassVar[tuple[int, ...]] = (202,)


@endpoint(
    body=SecurityEventRequest, answer=SecurityEventResponse, refusals=(NotFound, WrongProviderProof, ProviderFailed, ProviderTimedOut)
)
def handler(call: Call[SecurityEventRequest, None]) -> SecurityEventResponse:
    provider_events.receive_from_google(call.body.token)
    return SecurityEventResponse()
