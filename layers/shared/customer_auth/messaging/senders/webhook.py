"""SMS by the operator's own gateway: a POST that is signed, and whose status says what became of the message."""

import hmac
from http import HTTPStatus

from customer_auth.base import clock, sender_settings
from customer_auth.base.sender_settings import SMS_WEBHOOK_SECRET
from customer_auth.messaging.outgoing_message import OutgoingMessage
from customer_auth.messaging.senders import http_requests
from customer_auth.messaging.senders.http_requests import REJECTED, WRONG_NUMBER
from customer_auth.messaging.senders.results import Accepted, SendRefused, SendResult
from customer_auth.outgoing.provider_http import ProviderResponse

_LONGEST_ID = 128  # characters


def send(message: OutgoingMessage) -> SendResult:
    """Send the text. The gateway tells a repeated message by its `message_id`."""
    secret = http_requests.secret(SMS_WEBHOOK_SECRET)
    if isinstance(secret, SendRefused):
        return secret
    body = http_requests.encode(
        {
            "message_id": message.id,
            "to": message.to,
            "text": message.content.text,
            "kind": str(message.kind),
            "locale": str(message.locale),
            "expires_at": clock.iso(message.expires_at),
        }
    )
    headers = {"x-signature": signature(secret, clock.now(), body)}
    response = http_requests.post(sender_settings.senders().sms_webhook_url, body, headers)
    return response if isinstance(response, SendRefused) else _result(response, message)


def signature(secret: str, at: int, body: bytes) -> str:
    """The value of `X-Signature`: when it was signed, and HMAC-SHA256 of that, a dot and the body."""
    return f"t={at},v1={hmac.digest(secret.encode(), f'{at}.'.encode() + body, 'sha256').hex()}"


def _result(response: ProviderResponse, message: OutgoingMessage) -> SendResult:
    status = response.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Accepted(_id(response) or message.id)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return http_requests.not_authorized()
    return WRONG_NUMBER if status == HTTPStatus.UNPROCESSABLE_ENTITY else REJECTED


def _id(response: ProviderResponse) -> str:
    """The gateway's own id of the message, if it has one; a body that is no JSON does not undo that the message was taken."""
    own = (http_requests.members(response) or {}).get("id")
    return str(own) if isinstance(own, str | int) and len(str(own)) <= _LONGEST_ID else ""
