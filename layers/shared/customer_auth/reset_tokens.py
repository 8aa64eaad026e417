"""A reset's token: its challenge with the code that it makes, 256 bits, in one text; how it is asked for, and the link with it."""

from typing import NamedTuple
from urllib.parse import urlencode

from customer_auth import codes, settings
from customer_auth.address import Address
from customer_auth.challenges import Purpose
from customer_auth.client import Client
from customer_auth.errors import login_not_enabled

PATH = "/reset-password"
_CHALLENGE_LENGTH = 44
_LENGTH = 87


class ResetToken(NamedTuple):
    """A token, taken apart; whether it is genuine is the code's to say."""

    challenge: str
    code: str


def ask(address: Address, client: Client) -> None:
    """Send a token, if the address is registered or proven; nobody is told whether it is.

    Raises: BadRequest (this channel signs nobody in), Throttled (windows are of an address, known or not, so it tells nothing), aws.Failed.
    """
    if address.channel not in settings.service().login_channels:
        raise login_not_enabled(address.channel)
    codes.ask(Purpose.RESET, address, client)


def parse(text: str) -> ResetToken:
    """The parts of a text that may be a token."""
    return ResetToken(text[:_CHALLENGE_LENGTH], text[_CHALLENGE_LENGTH:_LENGTH])


def link(token: str, address: Address) -> str:
    """Where the customer sets the new password: on the storefront that the operator named, never one that a request did."""
    return f"{settings.service().storefront_url}{PATH}?{urlencode({'token': token, str(address.channel): address.destination})}"
