"""Custom resources: functions that CloudFormation calls while it creates the stack."""

import json
import threading
from collections.abc import Mapping
from typing import Any

from local.events import custom_resource_event
from local.pool import Broken, Pool
from local.server import Request, Response, Server
from local.template import Template
from local.triggers import referred

ANSWER_SECONDS = 5  # to wait for the PUT after the function has returned


class CustomResourceError(Exception):
    """A custom resource could not be created; the message is one line."""


def create(template: Template, pools: Mapping[str, Pool], ids: Mapping[str, str]) -> None:
    """Create all custom resources of the template. Raises: CustomResourceError."""
    for logical_id, properties in template.custom_resources.items():
        kind = template.resources[logical_id]["Type"]
        answer = _call(pools[referred(properties["ServiceToken"])], logical_id, kind, template.resolve(properties, ids))
        if answer.get("Status") != "SUCCESS":
            raise CustomResourceError(f"{logical_id} could not be created: {answer.get('Reason', 'no reason')}")


def _call(pool: Pool, logical_id: str, kind: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    answers: list[dict[str, Any]] = []
    answered = threading.Event()

    def take(request: Request) -> Response:
        answers.append(json.loads(request.body))
        answered.set()
        return Response(200)

    server = Server("127.0.0.1", 0, longest_body=65_536)
    server.start(take)
    try:
        pool.invoke(custom_resource_event(logical_id, kind, properties, f"http://127.0.0.1:{server.port}/answer"))
        answered.wait(ANSWER_SECONDS)
    except Broken as broken:
        return {"Reason": f"{broken.failure.kind}: {broken.failure.message}"}
    finally:
        server.stop()
    return answers[0] if answers else {"Reason": "the function sent no answer"}
