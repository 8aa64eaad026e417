"""A gateway of the operator's own: takes what the service signs for it."""

import hmac
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from local.clock import Clock
from local.server import Request, Response
from local.stand_in import Result, StandIn, Taken, as_json, json_object

MEMBERS = {"message_id", "to", "text", "kind", "locale", "expires_at"}
SIGNATURE = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
LATEST_SECONDS = 300


class SmsWebhook(StandIn):
    """One gateway, which knows `SMS_WEBHOOK_SECRET`."""

    name = provider = "webhook"
    modes: ClassVar[Mapping[str, str]] = {"error": "500", "throttle": "429", "reject": "422"}

    def __init__(self, *arguments: Any, clock: Clock) -> None:
        super().__init__(*arguments)
        self._clock = clock

    def take(self, request: Request) -> Result:
        if not self._is_signed(request):
            return self.refuse("401")
        body = json_object(request)
        if body is None or set(body) != MEMBERS or not all(isinstance(value, str) and value for value in body.values()):
            return self.refuse("400")
        if not NUMBER.fullmatch(body["to"]):
            return self.refuse("422")
        return [Taken(body["to"], body["text"])], as_json(202, {"id": f"gw-{body['message_id']}"})

    def refuse(self, code: str) -> Response:
        return Response(int(code))

    def _is_signed(self, request: Request) -> bool:
        match = SIGNATURE.fullmatch(request.header("x-signature"))
        if match is None or abs(self._clock.now() - int(match[1])) > LATEST_SECONDS:
            return False
        expected = hmac.digest(self.setting("SMS_WEBHOOK_SECRET").encode(), match[1].encode() + b"." + request.body, "sha256").hex()
        return hmac.compare_digest(expected, match[2])
