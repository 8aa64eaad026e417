"""POST /login/apple/notifications: takes Apple's events about accounts."""

from typing import Literal

from pydantic import Field

from customer_auth.base.errors import NotFound
from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut, WrongProviderProof
from customer_auth.flows import provider_events
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import SignedText
from customer_auth.http.schemas.base import Model


class AppleNotificationRequest(Model):
    """What happened to an account, as a signed token."""

    payload: SignedText = Field(title="Payload", examples=["eyJhbGciOiJSUzI1NiJ9.eyJqdGkiOiIxIn0.c2lnbmF0dXJl"])


class AppleNotificationResponse(Model):
    """The event is genuine, and handled."""

    success: Literal[True] = True


@endpoint(
    body=AppleNotificationRequest,
    answer=AppleNotificationResponse,
    refusals=(NotFound, WrongProviderProof, ProviderFailed, ProviderTimedOut),
)
def handler(call: Call[AppleNotificationRequest, None]) -> AppleNotificationResponse:
    provider_events.receive_from_apple(call.body.payload)
    return AppleNotificationResponse()
