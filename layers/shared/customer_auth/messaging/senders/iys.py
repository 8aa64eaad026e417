"""Consents to Turkey's register of them (IYS), by Netgsm's `iys/add`.

The register keeps the newest event of an address, type and brand, by the event's own time. So an event that is posted twice, or after a
later one, changes nothing there, and whatever may have been lost is posted again.
"""

from datetime import datetime
from typing import Any

from customer_auth.base import consent_settings
from customer_auth.base.consent_settings import APP_KEY, PASSWORD
from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut
from customer_auth.consents.consents import TURKISH_TIME, ConsentEvent, ConsentType
from customer_auth.messaging.senders.handover import LOST
from customer_auth.messaging.senders.results import Accepted, RefusalKind, SendRefused, SendResult
from customer_auth.outgoing import provider_http, provider_secrets
from customer_auth.outgoing.deadline import Deadline
from customer_auth.outgoing.provider_http import OK, ProviderResponse

_TYPES = {ConsentType.CALL: "ARAMA", ConsentType.MESSAGE: "MESAJ", ConsentType.EMAIL: "EPOSTA"}
_PRIVATE_PERSON = "BIREYSEL"
_SECONDS = 5.0  # the function has 10
# Netgsm answers errors of its own with 406 or 200, and a code; any other status is an error on the way.
_NOT_ACCEPTABLE = 406
_ACCEPTED = "0"
# A parameter is wrong: the register will never take this event. Whatever else there is passes, or the operator can mend it.
_PERMANENT = {"70": "rejected"}
_TEMPORARY = {"30": "not_authorized", "80": "throttled", "85": "throttled"}
_TOO_MANY_REQUESTS = 429


def post(event: ConsentEvent) -> SendResult:
    """Post one consent or withdrawal. Raises: aws.Failed (the secret cannot be read)."""
    configured = consent_settings.consent_register()
    try:
        response = provider_http.post_json(configured.netgsm_iys_url, _request(event), Deadline(all_seconds=_SECONDS))
        outcome = _code(response)
    except (ProviderFailed, ProviderTimedOut):
        return LOST
    if outcome == _ACCEPTED:
        return Accepted("")
    if outcome in _PERMANENT:
        return SendRefused(RefusalKind.PERMANENT, _PERMANENT[outcome])
    return SendRefused(RefusalKind.TRANSIENT, _TEMPORARY.get(outcome, "provider_unavailable"))


def _request(event: ConsentEvent) -> dict[str, Any]:
    configured = consent_settings.consent_register()
    header = {
        "username": configured.netgsm_iys_user,
        "password": provider_secrets.get(PASSWORD),
        "brandCode": configured.netgsm_iys_brand_code,
    } | ({"appkey": provider_secrets.get(APP_KEY)} if configured.has_app_key else {})
    consent = {
        "type": _TYPES[event.type],
        "source": event.source,
        "recipient": event.recipient,
        "recipientType": _PRIVATE_PERSON,
        "status": str(event.status),
        "consentDate": f"{datetime.fromtimestamp(event.at, TURKISH_TIME):%Y-%m-%d %H:%M:%S}",
    }
    return {"header": header, "body": {"data": [consent]}}


def _code(response: ProviderResponse) -> str:
    """Netgsm's code, which may be a text or a number; for an error on the way, what corresponds to it. Raises: ProviderFailed."""
    if response.status == _TOO_MANY_REQUESTS:
        return "80"
    if response.status not in (OK, _NOT_ACCEPTABLE):
        return ""
    return str(response.json_object().get("code"))
