"""Whether this service can serve: its tables answer, and a key is there to sign with."""

from customer_auth import aws
from customer_auth.aws import dynamodb, keys
from customer_auth.base import clock, settings
from customer_auth.base.errors import Unavailable


def checks() -> dict[str, bool]:
    """What was looked at, in one read of all tables, and whether it is well. Never raises for an AWS that fails."""
    places = settings.resources()
    nothing = {"pk": keys.NOTHING}
    try:
        keyring, _, _ = dynamodb.batch_get(
            [
                (places.customers_table, {"pk": keys.KEYRING}),
                (places.codes_table, nothing),
                (places.sessions_table, nothing | {"sk": keys.NOTHING}),
            ]
        )
    except (aws.Failed, Unavailable):
        return {"tables": False, "keys": False}
    now = clock.now()
    # Also one whose time is over signs until another does (see `keyring`).
    signs = any(key["sign_from"] <= now for key in keyring["keys"]) if keyring else False
    return {"tables": True, "keys": signs}
