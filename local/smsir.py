"""SMS.ir's API, version 1: messages by template, and their reports. Its documents and its client spell paths and members differently."""

import hmac
import itertools
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from local.server import Request, Response
from local.stand_in import Result, StandIn, Taken, as_json, json_object

VERIFY, REPORT = "/v1/send/verify", re.compile(r"/v1/send/(\d+)")
DONE, SYSTEM_FAULT, WRONG_KEY, TOO_MANY, WRONG_NUMBER = 1, 0, 10, 20, 104
UNKNOWN_ID, UNKNOWN_TEMPLATE, TOO_LONG, WRONG_REQUEST = 112, 113, 114, 118
MEMBERS, PARAMETER = {"mobile", "templateid", "parameters"}, {"name", "value"}
NUMBER = re.compile(r"(?:\+98|0098|98|0)?(9\d{9})", re.ASCII)
LONGEST_VALUE = 25
STATUSES = {WRONG_KEY: 401, TOO_MANY: 429, SYSTEM_FAULT: 500}


class Smsir(StandIn):
    """One account, with the templates that `SMSIR_TEMPLATES` names."""

    name = provider = "smsir"
    modes: ClassVar[Mapping[str, str]] = {"error": "0", "throttle": "20", "reject": "115"}

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._ids = itertools.count(89_545_112)
        self._numbers: dict[str, str] = {}

    def take(self, request: Request) -> Result:
        path = request.path[request.path.find("/v1/") :].rstrip("/")
        if not hmac.compare_digest(request.header("x-api-key"), self.setting("SMSIR_API_KEY")):
            return self.refuse(str(WRONG_KEY))
        if request.method == "GET" and (match := REPORT.fullmatch(path)):
            return self._report(match[1])
        if path != VERIFY:
            return Response(404)
        result = self._verify(json_object(request))
        if isinstance(result, int):
            return self.refuse(str(result))
        message_id = str(next(self._ids))
        self._numbers[message_id] = result.to
        return [result], _answer(DONE, {"messageId": int(message_id), "cost": 1.0})

    def refuse(self, code: str) -> Response:
        if code in ("429", "503"):
            return Response(int(code))
        return _answer(int(code), None, STATUSES.get(int(code), 400))

    def _verify(self, body: dict[str, Any] | None) -> int | Taken:
        lower = {name[:1].lower() + name[1:]: value for name, value in (body or {}).items()}
        if {name.lower() for name in lower} != MEMBERS or not isinstance(lower["parameters"], list):
            return WRONG_REQUEST
        number = NUMBER.fullmatch(str(lower["mobile"]))
        if number is None:
            return WRONG_NUMBER
        kind = self._templates.get(str(lower["templateId"]))
        if kind is None:
            return UNKNOWN_TEMPLATE
        values = [str(each["value"]) for each in lower["parameters"] if isinstance(each, dict) and set(each) == PARAMETER]
        if len(values) != len(lower["parameters"]) or not all(values):
            return WRONG_REQUEST
        if any(len(value) > LONGEST_VALUE for value in values):
            return TOO_LONG
        return Taken(f"+98{number[1]}", " ".join([*values, f"({kind})"]))

    def _report(self, message_id: str) -> Response:
        if message_id not in self._numbers:
            return self.refuse(str(UNKNOWN_ID))
        report = {"messageId": int(message_id), "mobile": self._numbers[message_id], "cost": 1.0, "deliveryState": 1}
        return _answer(DONE, report | {"messageText": "", "sendDateTime": 0, "lineNumber": 30_000, "deliveryDateTime": 0})

    @property
    def _templates(self) -> dict[str, str]:
        entries = (each.partition("=") for each in self.setting("SMSIR_TEMPLATES").split(",") if each)
        return {template.strip(): kind.strip() for kind, _, template in entries}


def _answer(status: int, data: object, http_status: int = 200) -> Response:
    return as_json(http_status, {"status": status, "message": "", "data": data})
