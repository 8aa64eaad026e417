"""SMS by Netgsm's REST API, version 2: its OTP package where that is bought and the text fits it, else ordinary SMS, to Turkish numbers.

Netgsm answers errors of its own with HTTP 406 (or 200) and a `code`; other statuses are errors on the way.
"""

import base64
from collections.abc import Mapping
from typing import Any

from customer_auth.addresses import phone
from customer_auth.base import sender_settings
from customer_auth.base.sender_settings import NETGSM_PASSWORD, SmsSenders
from customer_auth.messaging import segments
from customer_auth.messaging.outgoing_message import OutgoingMessage
from customer_auth.messaging.senders import http_requests
from customer_auth.messaging.senders.handover import LOST
from customer_auth.messaging.senders.http_requests import NOT_AUTHORIZED, REJECTED, THROTTLED, WRONG_NUMBER
from customer_auth.messaging.senders.results import Accepted, RefusalKind, SendRefused, SendResult

_ACCEPTED = "00"
_NO_CONSENT_FILTER = "0"  # the message is information that its recipient asked for, not advertising
_SYSTEM_ERROR = SendRefused(RefusalKind.TRANSIENT, "provider_unavailable")
_NOT_CONFIGURED = SendRefused(RefusalKind.PERMANENT, "not_configured")
_BY_BOTH = {
    "20": REJECTED,  # the text is wrong or too long
    "30": NOT_AUTHORIZED,
    "40": _NOT_CONFIGURED,  # the header is not known
    "70": REJECTED,  # a parameter is wrong or missing
    "100": _SYSTEM_ERROR,
    "101": _SYSTEM_ERROR,
    "110": _SYSTEM_ERROR,
}
_BY_SEND = _BY_BOTH | {"50": _NOT_CONFIGURED, "51": _NOT_CONFIGURED, "80": THROTTLED, "85": THROTTLED}
_BY_OTP = _BY_BOTH | {
    "41": _NOT_CONFIGURED,
    "50": WRONG_NUMBER,
    "51": WRONG_NUMBER,
    "52": WRONG_NUMBER,
    "60": SendRefused(RefusalKind.PERMANENT, "no_credit"),
    "80": THROTTLED,
    "85": THROTTLED,
}


def send(message: OutgoingMessage) -> SendResult:
    """Send the text to a Turkish number."""
    configured, password = sender_settings.senders(), http_requests.secret(NETGSM_PASSWORD)
    if isinstance(password, SendRefused):
        return password
    credentials = base64.b64encode(f"{configured.netgsm_user}:{password}".encode()).decode()
    by_otp = configured.netgsm_otp and bool(message.code) and _fits_otp(message.content.text)
    path, body = ("otp", _otp(configured, message)) if by_otp else ("send", _ordinary(configured, message))
    url = f"{configured.netgsm_url}/sms/rest/v2/{path}"
    response = http_requests.post(url, http_requests.encode(body), {"authorization": f"Basic {credentials}"})
    if isinstance(response, SendRefused):
        return response
    members = http_requests.members(response)
    return LOST if members is None else _result(members, _BY_OTP if by_otp else _BY_SEND)


def _result(members: Mapping[str, Any], refusals: Mapping[str, SendRefused]) -> SendResult:
    outcome = str(members.get("code"))
    if outcome == _ACCEPTED:
        return Accepted(str(members.get("jobid", members.get("jobId", ""))))
    refused = refusals.get(outcome, REJECTED)
    return http_requests.not_authorized() if refused is NOT_AUTHORIZED else refused


def _fits_otp(text: str) -> bool:
    """Whether the OTP package takes the text: one segment without Turkish letters."""
    size = segments.count(text)
    return text.isascii() and size.encoding == "GSM-7" and size.segments == 1


def _otp(configured: SmsSenders, message: OutgoingMessage) -> dict[str, Any]:
    return {"msgheader": configured.netgsm_header, "msg": message.content.text, "no": phone.significant(message.to)}


def _ordinary(configured: SmsSenders, message: OutgoingMessage) -> dict[str, Any]:
    text = message.content.text
    encoding = {} if text.isascii() else {"encoding": "TR"}
    return {
        "msgheader": configured.netgsm_header,
        "iysfilter": _NO_CONSENT_FILTER,
        **encoding,
        "messages": [{"msg": text, "no": phone.significant(message.to)}],
    }
