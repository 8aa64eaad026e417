"""Deleting an account: responses."""

from typing import Literal, Self

from pydantic import Field

from customer_auth.base import clock
from customer_auth.deletion.deletion_items import Deletion, visible_state
from customer_auth.http import examples
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.field_types import CustomerId, DeletionId, Time


class DeletionResponse(Model):
    """A request to delete an account."""

    id: DeletionId
    customer_id: CustomerId
    reason: str | None = Field(examples=[None])
    status: Literal["pending", "confirmed", "cancelled", "completed"]
    deletion_scheduled_at: Time | None
    created_at: Time
    updated_at: Time
    cancelled_at: Time | None
    completed_at: Time | None

    @classmethod
    def of(cls, deletion: Deletion) -> Self:
        """The response for a request, with times in ISO 8601 UTC; one that is being erased is shown as confirmed."""
        fields = {name: getattr(deletion, name) for name in Deletion._fields if name in cls.model_fields}
        fields |= {name: clock.iso(value) for name, value in fields.items() if name.endswith("_at") and value is not None}
        return cls(**fields | {"status": str(visible_state(deletion.status))})


class ListedDeletionResponse(DeletionResponse):
    """A request as administrators see it."""

    receipt: str | None = Field(description="The receipt of a completed request, a signed JWS (RFC 7515).", examples=[examples.RECEIPT])
