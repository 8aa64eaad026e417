"""GET /admin/costs: what messages cost in a month, by region and sender, for administrators."""

from pydantic import Field

from customer_auth.base import clock
from customer_auth.base.account_errors import ReauthenticationRequired
from customer_auth.base.errors import NotAllowed
from customer_auth.flows import admins
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Month
from customer_auth.http.schemas.base import Model
from customer_auth.ledger import costs
from customer_auth.sessions import sessions


class CostsQuery(Model):
    """Which month."""

    month: Month | None = Field(default=None, title="Month", description="In UTC; by default the present one.", examples=["2026-11"])


class CostLine(Model):
    """What one sender's messages to one region were. Notifications count too."""

    region: str = Field(description="ISO 3166-1 alpha-2; empty for emails.", examples=["TR"])
    sender: str = Field(description="`unknown` for a used code whose sending was never recorded.", examples=["sns"])
    asked: int = Field(description="Codes and notifications that this sender was to send.", examples=[120])
    sent: int = Field(description="Messages that it accepted.", examples=[118])
    delivered: int = Field(description="Messages that it reported as delivered.", examples=[115])
    verified: int = Field(description="Codes that were used.", examples=[98])
    usd: float | None = Field(description="What they cost; null if the price of one is not known.", examples=[2.36])
    usd_per_verified: float | None = Field(description="For each used code; null also if there is none.", examples=[0.024082])


class CostsResponse(Model):
    """The hours of a month that were added up: each when it ended more than an hour ago, and again in the three days after."""

    month: str = Field(examples=["2026-11"])
    rows: list[CostLine]


@endpoint(query=CostsQuery, answer=CostsResponse, caller=admins.check, refusals=(NotAllowed, ReauthenticationRequired))
def handler(call: Call[None, sessions.Caller]) -> CostsResponse:
    month = call.query.month or clock.iso(clock.now())[:7]
    return CostsResponse(month=month, rows=[CostLine(**line._asdict()) for line in costs.report(month)])
