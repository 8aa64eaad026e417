"""Reset tokens: a challenge and a code of 256 bits in one text, and the link that contains it."""

from typing import NamedTuple
from urllib.parse import urlencode

from customer_auth.addresses.address import Address
from customer_auth.base import settings

PATH = "/reset-password"
_CHALLENGE_LENGTH = 44
_LENGTH = 87


class ResetToken(NamedTuple):
    """The parts of a token, which are verified like any other challenge and code."""

    challenge: str
    code: str


def parse(text: str) -> ResetToken:
    """The parts of a text, which need not be a valid token."""
    return ResetToken(text[:_CHALLENGE_LENGTH], text[_CHALLENGE_LENGTH:_LENGTH])


def link(token: str, address: Address) -> str:
    """The link to the page for the new password, on the storefront of the setting, never on one that a request names."""
    return f"{settings.service().storefront_url}{PATH}?{urlencode({'token': token, str(address.channel): address.destination})}"
