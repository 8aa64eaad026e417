"""SMS by Amazon SNS (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html)."""

from customer_auth.base import settings
from customer_auth.messaging.errors import hand_over
from customer_auth.messaging.messages import Message

# SNS tells most numbers that opted out by InvalidParameter, as any other number that it does not take.
_FOR_GOOD = {
    "InvalidParameter": "rejected",
    "InvalidParameterValue": "rejected",
    "ParameterValueInvalid": "rejected",
    "ValidationException": "rejected",
    "EndpointDisabled": "rejected",
    "NotFound": "rejected",
    "OptedOut": "opted_out",
}


def send(to: str, message: Message) -> str:
    """Send the text to an E.164 number; SNS's message id. Raises: SendFailed."""
    given = settings.messaging()
    # Transactional is the route that delivers also where advertising is filtered.
    wanted = {
        "SMSType": ("String", "Transactional"),
        "SenderID": ("String", given.sms_sender_id),
        "MaxPrice": ("Number", given.sms_max_price_usd),
    }
    attributes = {f"AWS.SNS.SMS.{name}": {"DataType": kind, "StringValue": value} for name, (kind, value) in wanted.items() if value}
    return hand_over("sns", "Publish", _FOR_GOOD, PhoneNumber=to, Message=message.text, MessageAttributes=attributes)
