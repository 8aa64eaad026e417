"""A forgotten password: a reset token is sent to the address. In a file of its own, for its function hashes no passwords."""

from customer_auth.addresses.address import Address
from customer_auth.base import settings
from customer_auth.base.client import Client
from customer_auth.base.errors import login_not_enabled
from customer_auth.otp import codes
from customer_auth.otp.purposes import Purpose


def request(address: Address, client: Client) -> None:
    """Send a reset token, if the address is registered or verified; the response is the same for every address.

    Raises: BadRequest (this channel signs nobody in), Throttled (every address has its windows, known or not), aws.Failed.
    """
    if address.channel not in settings.service().login_channels:
        raise login_not_enabled(address.channel)
    codes.request_code(Purpose.RESET, address, client)
