"""GET /health: whether sign-ins can be served."""

from typing import Literal

from customer_auth import health
from customer_auth.endpoint import Call, endpoint
from customer_auth.fields import Model


class Health(Model):
    """What was checked, and how it is."""

    status: Literal["ok", "unavailable"]
    checks: dict[str, Literal["ok", "unavailable"]]


@endpoint(answer=Health, audited=False, healthy=lambda answer: answer.status == "ok")
def handler(call: Call[None, None]) -> Health:  # noqa: ARG001 (nothing of the call matters)
    checks: dict[str, Literal["ok", "unavailable"]] = {name: "ok" if well else "unavailable" for name, well in health.checks().items()}
    return Health(status="ok" if all(state == "ok" for state in checks.values()) else "unavailable", checks=checks)
