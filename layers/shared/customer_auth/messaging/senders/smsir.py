"""SMS by SMS.ir's verification templates, to Iranian numbers.

The text lies in a template at SMS.ir, one for each kind and language; the request has its parameters alone, of 25 characters at most. So
a link goes by another sender, and so does what has no template.
"""

from collections.abc import Mapping
from typing import Any

from customer_auth.addresses import phone
from customer_auth.base import sender_settings, settings
from customer_auth.base.sender_settings import SMSIR_API_KEY
from customer_auth.messaging.outgoing_message import OutgoingMessage
from customer_auth.messaging.senders import http_requests
from customer_auth.messaging.senders.handover import LOST
from customer_auth.messaging.senders.http_requests import NOT_AUTHORIZED, REJECTED, THROTTLED, WRONG_NUMBER
from customer_auth.messaging.senders.results import Accepted, RefusalKind, SendRefused, SendResult

_DONE = 1
_UNAUTHORIZED = 401
_NOT_CONFIGURED = SendRefused(RefusalKind.PERMANENT, "not_configured")
# 10 to 12: the key; 13 to 15: the account; 101 to 124: the request, its template and its number.
_REFUSALS: Mapping[int, SendRefused] = {
    0: SendRefused(RefusalKind.TRANSIENT, "provider_unavailable"),
    10: NOT_AUTHORIZED,
    11: NOT_AUTHORIZED,
    12: NOT_AUTHORIZED,
    **dict.fromkeys((13, 14, 15), SendRefused(RefusalKind.PERMANENT, "sending_paused")),
    20: THROTTLED,
    102: SendRefused(RefusalKind.PERMANENT, "no_credit"),
    104: WRONG_NUMBER,
    115: SendRefused(RefusalKind.NUMBER, "opted_out"),
    **dict.fromkeys((101, 113, 117, 119, 123, 124), _NOT_CONFIGURED),
}


def carries(message: OutgoingMessage) -> bool:
    """Whether there is a template for this kind and language."""
    return _name(message) in sender_settings.senders().smsir_templates


def send(message: OutgoingMessage) -> SendResult:
    """Send what the message's template makes of its parameters."""
    configured, key = sender_settings.senders(), http_requests.secret(SMSIR_API_KEY)
    if isinstance(key, SendRefused):
        return key
    parameters = {"BRAND": settings.messaging().brand_name} | ({"CODE": message.code} if message.code else {})
    body = {
        "mobile": phone.significant(message.to),
        "templateId": configured.smsir_templates[_name(message)],
        "parameters": [{"name": name, "value": value} for name, value in parameters.items()],
    }
    response = http_requests.post(f"{configured.smsir_url}/v1/send/verify", http_requests.encode(body), {"x-api-key": key})
    if isinstance(response, SendRefused):
        return response
    if response.status == _UNAUTHORIZED:
        return http_requests.not_authorized()
    members = http_requests.members(response)
    return LOST if members is None else _result(members)


def _result(members: Mapping[str, Any]) -> SendResult:
    status, data = members.get("status"), members.get("data")
    if status == _DONE:
        return Accepted(str(data.get("messageId", "")) if isinstance(data, dict) else "")
    refused = _REFUSALS.get(status, REJECTED) if isinstance(status, int) else LOST
    return http_requests.not_authorized() if refused is NOT_AUTHORIZED else refused


def _name(message: OutgoingMessage) -> str:
    return f"{message.kind}.{message.locale}"
