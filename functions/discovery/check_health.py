"""GET /health: whether the service can sign customers in."""

from typing import ClassVar, Literal

from pydantic import Field

from customer_auth.aws import health
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model


class HealthResponse(Model):
    """The result of each check."""

    http_statuses: ClassVar[tuple[int, ...]] = (200, 503)

    status: Literal["ok", "unavailable"]
    checks: dict[str, Literal["ok", "unavailable"]] = Field(
        examples=[{"tables": "ok", "keys": "ok"}, {"tables": "ok", "keys": "unavailable"}]
    )

    @property
    def http_status(self) -> int:
        return 200 if self.status == "ok" else 503


@endpoint(answer=HealthResponse, uses=("dynamodb",))
def handler(call: Call[None, None]) -> HealthResponse:  # noqa: ARG001 (the call has no parameters)
    checks: dict[str, Literal["ok", "unavailable"]] = {
        name: "ok" if healthy else "unavailable" for name, healthy in health.checks().items()
    }
    return HealthResponse(status="ok" if all(state == "ok" for state in checks.values()) else "unavailable", checks=checks)
