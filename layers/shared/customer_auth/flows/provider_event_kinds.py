"""What each notification of a provider leads to; those that are not named are counted and change nothing.

Sources: developers.google.com/identity/protocols/risc; developer.apple.com, "Processing changes for Sign in with Apple accounts".
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final


class Reaction(Enum):
    """What happens to the customer whose account at the provider it is."""

    NONE = auto()
    END_SESSIONS = auto()
    SUSPEND = auto()  # the sessions end, and nobody signs in by the account until it is resumed
    RESUME = auto()
    FORGET_TOKEN = auto()  # the sessions end, and the refresh token opens nothing any more


GOOGLE: Final[Mapping[str, Reaction]] = {
    "sessions-revoked": Reaction.END_SESSIONS,
    "tokens-revoked": Reaction.END_SESSIONS,
    "account-disabled": Reaction.SUSPEND,
    "account-enabled": Reaction.RESUME,
}
APPLE: Final[Mapping[str, Reaction]] = {
    "consent-revoked": Reaction.FORGET_TOKEN,
    "account-delete": Reaction.FORGET_TOKEN,
    "account-deleted": Reaction.FORGET_TOKEN,  # as Apple's own pages write it, too
}
