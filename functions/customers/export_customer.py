"""GET /store/customers/me/export: everything stored about the signed-in customer, as one document."""

from typing import Any

from pydantic import Field

from customer_auth.base.account_errors import ReauthenticationRequired
from customer_auth.flows import export
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.field_types import Time
from customer_auth.sessions import sessions


class ExportResponse(Model):
    """docs/export.md explains each part."""

    exported_at: Time
    customer: dict[str, Any] = Field(examples=[{"id": examples.CUSTOMER_ID, "first_name": "Ada"}])
    identities: list[dict[str, Any]] = Field(examples=[[{"channel": "email", "spelling": examples.EMAIL}]])
    provider_accounts: list[dict[str, Any]] = Field(examples=[[{"provider": "google", "email": "ada@gmail.com"}]])
    registrations: list[dict[str, Any]] = Field(examples=[[]])
    sessions: list[dict[str, Any]] = Field(examples=[[{"family": examples.SESSION_ID, "client": "Safari on iPhone"}]])
    activity: list[dict[str, Any]] = Field(examples=[[{"address": examples.EMAIL, "messages_sent_at": [examples.AT_ISO]}]])
    notifications: list[dict[str, Any]] = Field(examples=[[{"address": examples.EMAIL, "sent_at": [examples.AT_ISO]}]])
    deletion_requests: list[dict[str, Any]] = Field(examples=[[]])


@endpoint(answer=ExportResponse, caller=sessions.authenticate, refusals=(ReauthenticationRequired,))
def handler(call: Call[None, sessions.Caller]) -> ExportResponse:
    return ExportResponse(**export.export(call.caller))
