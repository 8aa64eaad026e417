"""SMS by AWS End User Messaging (https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html)."""

from collections.abc import Mapping

from customer_auth import aws
from customer_auth.base import clock, sender_settings, settings
from customer_auth.messaging.outgoing_message import OutgoingMessage
from customer_auth.messaging.senders.handover import LOST
from customer_auth.messaging.senders.results import Accepted, RefusalKind, SendRefused, SendResult

SERVICE = "sms-voice"
_LEAST_SECONDS = 5  # of a message's life; without one it is delivered for 72 hours
_LONGEST_TEXT = 1600
_RULE = SendRefused(RefusalKind.RULE, "blocked_by_rule")
_UNAVAILABLE = SendRefused(RefusalKind.TRANSIENT, "provider_unavailable")
_NOT_CONFIGURED = SendRefused(RefusalKind.PERMANENT, "not_configured")
_REJECTED = SendRefused(RefusalKind.PERMANENT, "rejected")
# The operator's own rules: countries and numbers that Protect blocks, and the highest price.
_BY_REASON: Mapping[str, SendRefused] = {
    "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": _RULE,
    "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": _RULE,
    "DESTINATION_COUNTRY_BLOCKED": _RULE,
    "PRICE_OVER_THRESHOLD": _RULE,
    "DESTINATION_PHONE_NUMBER_OPTED_OUT": SendRefused(RefusalKind.NUMBER, "opted_out"),
    "FIELD_VALIDATION_FAILED": _REJECTED,
    "INVALID_PARAMETER": _REJECTED,
    "MISSING_PARAMETER": _REJECTED,
}
_BY_CODE: Mapping[str, SendRefused] = {
    "ThrottlingException": SendRefused(RefusalKind.TRANSIENT, "throttled"),
    "ServiceQuotaExceededException": SendRefused(RefusalKind.PERMANENT, "no_credit"),
    "AccessDeniedException": SendRefused(RefusalKind.PERMANENT, "not_authorized"),
    "ResourceNotFoundException": _NOT_CONFIGURED,
    "ConflictException": _NOT_CONFIGURED,
    "ValidationException": _NOT_CONFIGURED,
}


def send(message: OutgoingMessage) -> SendResult:
    """Send the text to a number, for SMS_MAX_PRICE_USD at most; once it is of no use any more, it is not delivered."""
    configured = sender_settings.senders()
    optional = {
        "OriginationIdentity": configured.eum_origination,
        "ConfigurationSetName": configured.eum_configuration_set,
        "ProtectConfigurationId": configured.eum_protect,
    }
    parameters = {
        "DestinationPhoneNumber": message.to,
        "MessageBody": message.content.text[:_LONGEST_TEXT],
        "MessageType": "TRANSACTIONAL",
        "MaxPrice": settings.messaging().sms_max_price_usd,
        "TimeToLive": max(message.expires_at - clock.now(), _LEAST_SECONDS),
        "Context": {"message": message.id},  # comes back with each event of the message
        "MessageFeedbackEnabled": True,
    } | {name: value for name, value in optional.items() if value}
    try:
        response = aws.call(SERVICE, "SendTextMessage", **parameters)
    except aws.Refused as refused:
        return _BY_REASON.get(refused.reason, _BY_CODE.get(refused.code, _UNAVAILABLE))
    except aws.OutcomeUnknown as lost:
        # the service's own word that it did not send
        return _UNAVAILABLE if lost.code == "InternalServerException" else LOST
    return Accepted(str(response["MessageId"]))
