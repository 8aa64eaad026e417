"""Refusals that come from a service outside of AWS, such as a provider of sign-ins. `base/errors.py` draws the whole tree."""

from customer_auth.base.errors import Refusal, WrongProof


class ProviderFailed(Refusal):
    """A service that we called answered with an error, or with something that makes no sense."""

    status = 502
    type = "provider_error"
    message = "The sign-in provider is out of order, try again later"
    was_sent: bool = True  # whether it may have got the request


class ProviderTimedOut(Refusal):
    """A service that we called did not answer in time."""

    status = 504
    type = "provider_timeout"
    message = "The sign-in provider did not answer in time, try again"
    was_sent: bool = True  # whether it may have got the request


class WrongProviderProof(WrongProof):
    """A code, state or token of a provider that is wrong, expired, used or not for this browser."""

    message = "Invalid or expired sign-in"
