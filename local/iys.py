"""Turkey's register of consents (IYS) as Netgsm offers it: takes requests of exactly that form, and puts each consent into the inbox."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from local.server import Request, Response
from local.stand_in import Result, StandIn, Taken, as_json

PATH = "/_local/iys/add"
CHANNEL = "iys"

ACCEPTED, NO_ACCESS, WRONG_PARAMETER, THROTTLED = "0", "30", "70", "80"
NOT_ACCEPTABLE = 406
CONSENT = {"type", "source", "recipient", "recipientType", "status", "consentDate"}
SOURCES = {
    "HS_WEB", "HS_MOBIL", "HS_EORTAM", "HS_FIZIKSEL_ORTAM", "HS_ISLAK_IMZA", "HS_CAGRI_MERKEZI", "HS_SOSYAL_MEDYA", "HS_EPOSTA",
    "HS_MESAJ", "HS_ETKINLIK", "HS_2015", "HS_ATM", "HS_KARAR",
}  # fmt: skip
NUMBER, MAILBOX = re.compile(r"\+905\d{9}", re.ASCII), re.compile(r"[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+")
RECIPIENTS = {"ARAMA": NUMBER, "MESAJ": NUMBER, "EPOSTA": MAILBOX}
DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


class Iys(StandIn):
    """One register."""

    name = channel = CHANNEL
    provider = "netgsm"
    modes: ClassVar[Mapping[str, str]] = {"error": "503", "throttle": THROTTLED, "reject": WRONG_PARAMETER}

    def take(self, request: Request) -> Result:
        code = self._check(request)
        if code != ACCEPTED:
            return self.refuse(code)
        return [_taken(each) for each in json.loads(request.body)["body"]["data"]], _answer(ACCEPTED, 200)

    def refuse(self, code: str) -> Response:
        if code == "503":
            return Response(503)
        return _answer(code, 429 if code == THROTTLED else NOT_ACCEPTABLE)

    def _check(self, request: Request) -> str:
        """The code that Netgsm answers."""
        try:
            message = json.loads(request.body)
            is_whole = (request.method, request.path, request.header("content-type")) == ("POST", PATH, "application/json")
            header, consents = message["header"], message["body"]["data"]
            is_whole = is_whole and set(message) == {"header", "body"} and set(message["body"]) == {"data"}
            if not is_whole or not consents or not all(is_consent(each) for each in consents):
                return WRONG_PARAMETER
        except (ValueError, TypeError, KeyError, AttributeError):
            return WRONG_PARAMETER
        return ACCEPTED if header == self._credentials() else NO_ACCESS

    def _credentials(self) -> dict[str, str]:
        names = {"username": "USER", "password": "PASSWORD", "brandCode": "BRAND_CODE", "appkey": "APP_KEY"}
        values = {member: self.setting(f"NETGSM_IYS_{name}") for member, name in names.items()}
        return {member: value for member, value in values.items() if value or member != "appkey"}


def is_consent(value: Mapping[str, Any]) -> bool:
    """Whether this is a consent or a withdrawal with all its members in their forms, and no others."""
    if set(value) != CONSENT or not DATE.fullmatch(value["consentDate"]) or value["type"] not in RECIPIENTS:
        return False
    datetime.strptime(value["consentDate"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - Turkish time; ValueError for no date
    is_known = value["source"] in SOURCES and value["recipientType"] in ("BIREYSEL", "TACIR") and value["status"] in ("ONAY", "RET")
    return is_known and RECIPIENTS[value["type"]].fullmatch(value["recipient"]) is not None


def _taken(consent: Mapping[str, str]) -> Taken:
    return Taken(consent["recipient"], " ".join(consent[name] for name in ("status", "type", "source", "consentDate")))


def _answer(code: str, status: int) -> Response:
    body = {"code": code, "error": "false", "uid": "1"} if code == ACCEPTED else {"code": code, "error": "true", "erroritem": []}
    return as_json(status, body)
