"""Cancel tokens: each cancels one confirmed deletion, by itself.

A customer who signs in while the account is being deleted is refused, and receives one with the refusal: the sign-in was the proof.
"""

from customer_auth.base import clock
from customer_auth.base.errors import WrongCode
from customer_auth.tokens import keyed_tokens

LIFE_SECONDS = 10 * clock.MINUTE
_USE = "cancel-token"


def issue(customer_id: str, request_id: str) -> str:
    """A token that cancels this deletion request, valid for LIFE_SECONDS. Raises: aws.Failed."""
    return keyed_tokens.issue(_USE, customer_id, request_id)


def is_cancel_token(text: str) -> bool:
    """Whether the text has the form of a cancel token and not of a challenge; it may still be invalid."""
    return text.startswith("cus_")


def verify(text: str) -> tuple[str, str]:
    """The customer id and the request id that a valid token names. Raises: WrongCode, aws.Failed."""
    parts = keyed_tokens.verify(_USE, text, parts=2, life_seconds=LIFE_SECONDS)
    if parts is None:
        raise WrongCode("cancel_token")
    customer_id, request_id = parts
    return customer_id, request_id
