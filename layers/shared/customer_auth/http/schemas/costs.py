"""What messages cost, as administrators see it."""

from typing import Self

from pydantic import Field

from customer_auth.http.schemas.base import Model
from customer_auth.ledger import costs


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

    @classmethod
    def of(cls, line: costs.Line) -> Self:
        fields = line._asdict()
        return cls(asked=fields.pop("requested"), **fields)
