"""GET /health: whether sign-ins can be served."""

from typing import ClassVar, Literal

from pydantic import Field

from customer_auth.aws import health
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model


class Health(Model):
    """What was checked, and how it is."""

    http_statuses: ClassVar[tuple[int, ...]] = (200, 503)

    status: Literal["ok", "unavailable"]
    checks: dict[str, Literal["ok", "unavailable"]] = Field(
        examples=[{"tables": "ok", "keys": "ok"}, {"tables": "ok", "keys": "unavailable"}]
    )

    @property
    def http_status(self) -> int:
        return 200 if self.status == "ok" else 503


@endpoint(answer=Health, uses=("dynamodb",))
def handler(call: Call[None, None]) -> Health:  # noqa: ARG001 (nothing of the call matters)
    checks: dict[str, Literal["ok", "unavailable"]] = {name: "ok" if well else "unavailable" for name, well in health.checks().items()}
    return Health(status="ok" if all(state == "ok" for state in checks.values()) else "unavailable", checks=checks)
