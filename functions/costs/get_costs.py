"""GET /admin/costs: what messages cost in a month, by region and sender, for administrators."""

from pydantic import Field

from customer_auth.base import clock
from customer_auth.base.account_errors import ReauthenticationRequired
from customer_auth.base.errors import NotAllowed
from customer_auth.flows import admins
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Month
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.costs import CostLine
from customer_auth.ledger import costs
from customer_auth.sessions import sessions


class CostsQuery(Model):
    """Which month."""

    month: Month | None = Field(default=None, title="Month", description="In UTC; by default the present one.", examples=["2026-11"])


class CostsResponse(Model):
    """The hours of a month that were added up: each when it ended more than an hour ago, and again in the three days after."""

    month: str = Field(examples=["2026-11"])
    rows: list[CostLine]


@endpoint(query=CostsQuery, answer=CostsResponse, caller=admins.check, refusals=(NotAllowed, ReauthenticationRequired))
def handler(call: Call[None, sessions.Caller]) -> CostsResponse:
    month = call.query.month or clock.iso(clock.now())[:7]
    return CostsResponse(month=month, rows=[CostLine.of(line) for line in costs.report(month)])
