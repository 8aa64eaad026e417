"""Netgsm's REST API, version 2, as far as SMS go: its OTP package, ordinary SMS and reports."""

import base64
import hmac
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from local.server import Request, Response
from local.stand_in import Result, StandIn, Taken, as_json, json_object

PATH = "/sms/rest/v2/"
ACCEPTED, WRONG_TEXT, NO_ACCESS, UNKNOWN_HEADER, NO_CREDIT, WRONG_PARAMETER = "00", "20", "30", "40", "60", "70"
WRONG_NUMBER = "50"  # of the OTP package
NOT_ACCEPTABLE = 406
OTP = {"msgheader", "msg", "no"}
SEND = {"msgheader", "messages"}
OPTIONS = {
    "appname": r".{1,64}",
    "iysfilter": r"0|11|12",
    "partnercode": r".{1,64}",
    "encoding": r"TR",
    "startdate": r"\d{12}",
    "stopdate": r"\d{12}",
}
NUMBER = re.compile(r"5\d{9}", re.ASCII)
LONGEST_OTP, LONGEST_TEXT = 160, 917  # characters


class Netgsm(StandIn):
    """One account, with the OTP package if `NETGSM_OTP` says so."""

    name = provider = "netgsm"
    modes: ClassVar[Mapping[str, str]] = {"error": "500", "throttle": "80", "reject": "51"}
    _sent = 0

    def take(self, request: Request) -> Result:
        body = json_object(request)
        path = request.path.rpartition(PATH)[2] if PATH in request.path else ""
        act = {"otp": self._otp, "send": self._send, "report": self._report}.get(path)
        if act is None:
            return Response(404)
        if not hmac.compare_digest(request.header("authorization"), self._authorization):
            return self.refuse(NO_ACCESS)
        result = WRONG_PARAMETER if body is None else act(body)
        if isinstance(result, Response):
            return result
        if isinstance(result, str):
            return self.refuse(result)
        self._sent += 1
        return [result], as_json(200, {"code": ACCEPTED, "description": "success", "jobid": f"17377{self._sent:06d}"})

    def refuse(self, code: str) -> Response:
        if code in ("429", "500", "503"):
            return Response(int(code))
        return as_json(NOT_ACCEPTABLE, {"code": code, "description": "refused"})

    @property
    def _authorization(self) -> str:
        credentials = f"{self.setting('NETGSM_USER')}:{self.setting('NETGSM_PASSWORD')}"
        return f"Basic {base64.b64encode(credentials.encode()).decode()}"

    def _otp(self, body: Mapping[str, Any]) -> str | Taken:
        if not OTP <= set(body) <= OTP | {"appname"} or not all(isinstance(value, str) for value in body.values()):
            return WRONG_PARAMETER
        if body["msgheader"] != self.setting("NETGSM_HEADER"):
            return UNKNOWN_HEADER
        if self.setting("NETGSM_OTP") != "true":
            return NO_CREDIT
        if not NUMBER.fullmatch(body["no"]):
            return WRONG_NUMBER
        if not body["msg"].isascii() or not 0 < len(body["msg"]) <= LONGEST_OTP:
            return WRONG_TEXT
        return Taken(f"+90{body['no']}", body["msg"])

    def _send(self, body: Mapping[str, Any]) -> str | Taken:
        options = {name: value for name, value in body.items() if name in OPTIONS}
        if set(body) - set(options) != SEND or not all(re.fullmatch(OPTIONS[name], str(value)) for name, value in options.items()):
            return WRONG_PARAMETER
        if body["msgheader"] != self.setting("NETGSM_HEADER"):
            return UNKNOWN_HEADER
        messages = body["messages"]
        if (
            not isinstance(messages, list)
            or len(messages) != 1
            or set(messages[0]) != {"msg", "no"}
            or not NUMBER.fullmatch(messages[0]["no"])
        ):
            return WRONG_PARAMETER
        text = messages[0]["msg"]
        if not 0 < len(text) <= LONGEST_TEXT or (not text.isascii() and "encoding" not in options):
            return WRONG_TEXT
        return Taken(f"+90{messages[0]['no']}", text)

    def _report(self, body: Mapping[str, Any]) -> str | Response:
        jobs = body.get("jobids")
        if not isinstance(jobs, list) or set(body) - {"jobids", "startdate", "stopdate", "appname", "pagenumber", "pagesize"}:
            return WRONG_PARAMETER
        known = [job for job in map(str, jobs) if job.startswith("17377") and 0 < int(job[5:]) <= self._sent]
        rows = [{"jobid": job, "number": "", "status": 1, "operator": 10, "msglen": 1} for job in known]
        return as_json(200, {"code": ACCEPTED, "jobs": rows}) if rows else NO_CREDIT
