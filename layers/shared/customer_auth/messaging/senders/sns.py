"""SMS by Amazon SNS (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html)."""

from customer_auth.base import settings
from customer_auth.messaging.errors import hand_over
from customer_auth.messaging.messages import RenderedMessage

# For most numbers that have opted out SNS answers InvalidParameter, as for any number that it does not accept.
_PERMANENT = {
    "InvalidParameter": "rejected",
    "InvalidParameterValue": "rejected",
    "ParameterValueInvalid": "rejected",
    "ValidationException": "rejected",
    "EndpointDisabled": "rejected",
    "NotFound": "rejected",
    "OptedOut": "opted_out",
}


def send(to: str, message: RenderedMessage) -> str:
    """Send the text to an E.164 number; returns SNS's message id. Raises: SendFailed."""
    configured = settings.messaging()
    # Transactional messages are delivered even where promotional ones are filtered.
    options = {
        "SMSType": ("String", "Transactional"),
        "SenderID": ("String", configured.sms_sender_id),
        "MaxPrice": ("Number", configured.sms_max_price_usd),
    }
    attributes = {f"AWS.SNS.SMS.{name}": {"DataType": kind, "StringValue": value} for name, (kind, value) in options.items() if value}
    return hand_over("sns", "Publish", _PERMANENT, PhoneNumber=to, Message=message.text, MessageAttributes=attributes)
