"""What Facebook sends by itself when a person asks that the data of an app be deleted: a signed request.

It is base64url(HMAC-SHA256 of the second part, by the app secret) `.` base64url(JSON) (developers.facebook.com, "Data Deletion Request
Callback"). It has no end, and Facebook documents no age up to which it counts; here it is a day, for it is sent at once and a person who
asks again gets a new one.
"""

import hmac
from typing import NamedTuple

from customer_auth.base import clock, ids
from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.social import signed_tokens
from customer_auth.tokens import strict_jws
from customer_auth.tokens.strict_jws import InvalidToken

MAX_AGE_SECONDS = clock.DAY
_MAX_LENGTH = 8 * 1024
# What Facebook's scripts sign in the same form for a browser that signs in; that is no demand to delete anything.
_OF_SIGN_INS = ("code", "oauth_token")


class SignedRequest(NamedTuple):
    """Whose data is to be deleted, and when that was asked for (epoch seconds)."""

    user_id: str
    issued_at: int


def verify(signed_request: str, app_secret: str) -> SignedRequest:
    """A genuine request that is at most a day old. Raises: WrongProviderProof."""
    signature, _, payload = signed_request.partition(".") if len(signed_request) <= _MAX_LENGTH else ("", "", "")
    raw, sent = ids.from_base64url(payload), ids.from_base64url(signature)
    if not raw or not sent:
        raise WrongProviderProof("request_form")
    if not hmac.compare_digest(sent, hmac.digest(app_secret.encode(), payload.encode("ascii"), "sha256")):
        raise WrongProviderProof("request_signature")
    try:
        data = strict_jws.json_object(raw)
    except InvalidToken:
        raise WrongProviderProof("request_json") from None
    if data.get("algorithm") != "HMAC-SHA256":
        raise WrongProviderProof("request_algorithm")
    if not data.keys().isdisjoint(_OF_SIGN_INS):
        raise WrongProviderProof("request_of_sign_in")
    issued_at, now = data.get("issued_at"), clock.now()
    if type(issued_at) is not int or not now - MAX_AGE_SECONDS <= issued_at <= now + signed_tokens.SKEW_SECONDS:
        raise WrongProviderProof("request_time")
    return SignedRequest(signed_tokens.identifier(data.get("user_id")), issued_at)
