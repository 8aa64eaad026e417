"""Email by Amazon SES v2 (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html)."""

from email.header import Header

from customer_auth.base import settings
from customer_auth.messaging.outgoing_message import OutgoingMessage
from customer_auth.messaging.senders.handover import hand_over
from customer_auth.messaging.senders.results import RefusalKind, SendRefused, SendResult

_LONGEST_ENCODED_WORD = 75  # characters, RFC 2047 §2

_REJECTED = SendRefused(RefusalKind.PERMANENT, "rejected")
_PERMANENT = {
    "MessageRejected": _REJECTED,
    "BadRequestException": _REJECTED,
    "MailFromDomainNotVerifiedException": SendRefused(RefusalKind.PERMANENT, "sender_not_verified"),
    "NotFoundException": SendRefused(RefusalKind.PERMANENT, "not_configured"),
}


def send(message: OutgoingMessage) -> SendResult:
    """Send the message to one mailbox, in the brand's name."""
    configured, content = settings.messaging(), message.content
    body = {"Text": _utf8(content.text)}
    if content.html:
        body["Html"] = _utf8(content.html)
    optional = {"ConfigurationSetName": configured.email_configuration_set} if configured.email_configuration_set else {}
    return hand_over(
        "sesv2",
        "SendEmail",
        _PERMANENT,
        FromEmailAddress=f"{_phrase(configured.brand_name)} <{configured.email_from}>",
        Destination={"ToAddresses": [message.to]},
        Content={"Simple": {"Subject": _utf8(content.subject or ""), "Body": body}},
        **optional,
    )


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def _phrase(name: str) -> str:
    """A display name in the form that SES accepts: ASCII, as encoded words (RFC 2047 §2)."""
    return Header(name, "utf-8", maxlinelen=_LONGEST_ENCODED_WORD).encode(linesep="")
