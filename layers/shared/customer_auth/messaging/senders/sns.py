"""SMS by Amazon SNS (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html)."""

from customer_auth.base import settings
from customer_auth.messaging.outgoing_message import OutgoingMessage
from customer_auth.messaging.senders.handover import hand_over
from customer_auth.messaging.senders.results import RefusalKind, SendRefused, SendResult

_REJECTED_NUMBER = SendRefused(RefusalKind.NUMBER, "rejected")
_REJECTED = SendRefused(RefusalKind.PERMANENT, "rejected")
# For most numbers that have opted out SNS answers InvalidParameter, as for any number that it does not accept.
_PERMANENT = {
    "InvalidParameter": _REJECTED_NUMBER,
    "InvalidParameterValue": _REJECTED_NUMBER,
    "ParameterValueInvalid": _REJECTED_NUMBER,
    "OptedOut": SendRefused(RefusalKind.NUMBER, "opted_out"),
    "ValidationException": _REJECTED,
    "EndpointDisabled": _REJECTED,
    "NotFound": _REJECTED,
}


def send(message: OutgoingMessage) -> SendResult:
    """Send the text to a number."""
    configured = settings.messaging()
    # Transactional messages are delivered even where promotional ones are filtered.
    options = {
        "SMSType": ("String", "Transactional"),
        "SenderID": ("String", configured.sms_sender_id),
        "MaxPrice": ("Number", configured.sms_max_price_usd),
    }
    attributes = {f"AWS.SNS.SMS.{name}": {"DataType": kind, "StringValue": value} for name, (kind, value) in options.items() if value}
    return hand_over("sns", "Publish", _PERMANENT, PhoneNumber=message.to, Message=message.content.text, MessageAttributes=attributes)
