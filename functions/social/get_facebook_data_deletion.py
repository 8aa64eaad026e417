"""GET /login/facebook/data-deletion/{id}: says what became of a demand that came by Facebook."""

from typing import Literal

from pydantic import Field

from customer_auth.base.errors import NotFound
from customer_auth.flows import facebook_demand_state
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.field_types import Id

_MESSAGES = {
    "pending": "The account will be deleted. Until then its owner can keep it by signing in.",
    "completed": "What came from Facebook has been deleted.",
    "cancelled": "The owner of the account has decided to keep it.",
}


class DataDeletionStateResponse(Model):
    """How far the demand is."""

    confirmation_code: Id
    state: Literal["pending", "completed", "cancelled"]
    message: str = Field(description="For people.", examples=[_MESSAGES["completed"]])


@endpoint(answer=DataDeletionStateResponse, refusals=(NotFound,), uses=("dynamodb",))
def handler(call: Call[None, None]) -> DataDeletionStateResponse:
    code = call.parameters["id"]
    state = facebook_demand_state.state(code)
    return DataDeletionStateResponse(confirmation_code=code, state=state.value, message=_MESSAGES[state])
