"""By what the deletion of an account without a verified address is cancelled: given to who has just signed in and was refused for it."""

from customer_auth.base import clock
from customer_auth.base.errors import WrongCode
from customer_auth.tokens import keyed_tokens

LIFE_SECONDS = 30 * clock.MINUTE
_USE = "cancel-token"


def issue(customer_id: str, request_id: str) -> str:
    """What cancels this request, for LIFE_SECONDS. Raises: aws.Failed."""
    return keyed_tokens.issue(_USE, customer_id, request_id)


def is_one(text: str) -> bool:
    """Whether the text is meant as one, and not as a challenge."""
    return text.startswith("cus_")


def check(text: str) -> tuple[str, str]:
    """Whose deletion a token cancels, and which. Raises: WrongCode, aws.Failed."""
    found = keyed_tokens.check(_USE, text, parts=2, life_seconds=LIFE_SECONDS)
    if found is None:
        raise WrongCode("cancel_token")
    customer_id, request_id = found
    return customer_id, request_id
