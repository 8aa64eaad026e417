"""A reset token: its challenge and its code, 256 bits, in one text; and the link that carries it."""

from typing import NamedTuple
from urllib.parse import urlencode

from customer_auth.addresses.address import Address
from customer_auth.base import settings

PATH = "/reset-password"
_CHALLENGE_LENGTH = 44
_LENGTH = 87


class ResetToken(NamedTuple):
    """A token, taken apart; whether it is genuine is the code's to say."""

    challenge: str
    code: str


def parse(text: str) -> ResetToken:
    """The parts of a text that may be a token."""
    return ResetToken(text[:_CHALLENGE_LENGTH], text[_CHALLENGE_LENGTH:_LENGTH])


def link(token: str, address: Address) -> str:
    """Where the customer sets the new password: on the storefront that the operator named, never one that a request did."""
    return f"{settings.service().storefront_url}{PATH}?{urlencode({'token': token, str(address.channel): address.destination})}"
