"""Turkey's register of consents (IYS) as Netgsm offers it: takes requests of exactly that form, and puts each consent into the inbox."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from local.inbox import Inbox
from local.senders import Senders
from local.server import Request, Response

PATH = "/_local/iys/add"
CHANNEL = "iys"

ACCEPTED, NO_ACCESS, WRONG_PARAMETER = "0", "30", "70"
NOT_ACCEPTABLE = 406
CONSENT = {"type", "source", "recipient", "recipientType", "status", "consentDate"}
SOURCES = {
    "HS_WEB", "HS_MOBIL", "HS_EORTAM", "HS_FIZIKSEL_ORTAM", "HS_ISLAK_IMZA", "HS_CAGRI_MERKEZI", "HS_SOSYAL_MEDYA", "HS_EPOSTA",
    "HS_MESAJ", "HS_ETKINLIK", "HS_2015", "HS_ATM", "HS_KARAR",
}  # fmt: skip
NUMBER, MAILBOX = re.compile(r"\+905\d{9}", re.ASCII), re.compile(r"[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+")
RECIPIENTS = {"ARAMA": NUMBER, "MESAJ": NUMBER, "EPOSTA": MAILBOX}
DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


class Iys:
    """One register. `settings` are the stack's, with its credentials; `senders` says whether it is broken."""

    def __init__(self, settings: Mapping[str, Any], inbox: Inbox, senders: Senders) -> None:
        self._settings = settings
        self._inbox = inbox
        self._senders = senders

    def answer(self, request: Request) -> Response | None:
        """The response to a request, or None for none. Accepted consents are in the inbox."""
        mode = self._senders.mode(CHANNEL)
        if mode == "timeout":
            self._senders.hang()
        if mode in ("timeout", "down"):
            return None
        if mode == "error":
            return Response(503)
        if mode == "throttle":
            return _answer("80", 429)
        code = WRONG_PARAMETER if mode == "reject" else self._check(request)
        if code != ACCEPTED:
            return _answer(code, NOT_ACCEPTABLE)
        for each in json.loads(request.body)["body"]["data"]:
            words = " ".join(each[name] for name in ("status", "type", "source", "consentDate"))
            self._inbox.add(CHANNEL, each["recipient"], words, provider="netgsm")
        return None if mode == "lost" else _answer(ACCEPTED, 200)

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
        values = {member: str(self._settings.get(f"NETGSM_IYS_{name}", "")) for member, name in names.items()}
        return {member: value for member, value in values.items() if value or member != "appkey"}


def is_consent(value: Mapping[str, Any]) -> bool:
    """Whether this is a consent or a withdrawal with all its members in their forms, and no others."""
    if set(value) != CONSENT or not DATE.fullmatch(value["consentDate"]) or value["type"] not in RECIPIENTS:
        return False
    datetime.strptime(value["consentDate"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - Turkish time; ValueError for no date
    is_known = value["source"] in SOURCES and value["recipientType"] in ("BIREYSEL", "TACIR") and value["status"] in ("ONAY", "RET")
    return is_known and RECIPIENTS[value["type"]].fullmatch(value["recipient"]) is not None


def _answer(code: str, status: int) -> Response:
    body = {"code": code, "error": "false", "uid": "1"} if code == ACCEPTED else {"code": code, "error": "true", "erroritem": []}
    return Response(status, (("content-type", "application/json"),), json.dumps(body).encode())
