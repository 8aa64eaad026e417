"""GET /admin/account-deletion-requests: the deletion requests, for administrators."""

from typing import Literal

from pydantic import Field

from customer_auth.base.account_errors import ReauthenticationRequired
from customer_auth.base.errors import NotAllowed
from customer_auth.deletion import deletion_lists
from customer_auth.flows import admins
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Text
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.deletion import ListedDeletionResponse
from customer_auth.sessions import sessions


class DeletionListQuery(Model):
    """Which page, in which order."""

    status: Literal["pending", "confirmed", "cancelled", "completed"] | None = Field(default=None, title="Status")
    limit: int = Field(default=20, ge=1, le=100, title="Limit", description="Requests on a page, at most.", examples=[20])
    offset: int = Field(default=0, ge=0, le=10_000, title="Offset", description="How many requests to skip.", examples=[0])
    order: Literal["created_at", "updated_at", "customer_id"] = Field(default="created_at", title="Order")
    order_direction: Literal["ASC", "DESC"] = Field(default="DESC", title="Order direction")
    cursor: Text | None = Field(default=None, title="Cursor", description="`next_cursor` of the previous page.", examples=[examples.CURSOR])


class DeletionListResponse(Model):
    """One page, and the total number of requests."""

    requests: list[ListedDeletionResponse]
    count: int = Field(examples=[1])
    offset: int = Field(examples=[0])
    limit: int = Field(examples=[20])
    next_cursor: str | None = Field(examples=[examples.CURSOR])


@endpoint(query=DeletionListQuery, answer=DeletionListResponse, caller=admins.check, refusals=(NotAllowed, ReauthenticationRequired))
def handler(call: Call[None, sessions.Caller]) -> DeletionListResponse:
    query = call.query
    ascending = query.order_direction == "ASC"
    page = deletion_lists.page(deletion_lists.ListRequest(query.status, query.order, ascending, query.limit, query.offset, query.cursor))
    requests = [ListedDeletionResponse.of(each) for each in page.deletions]
    return DeletionListResponse(requests=requests, count=page.total, offset=query.offset, limit=query.limit, next_cursor=page.next_cursor)
