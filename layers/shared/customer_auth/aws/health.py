"""Whether the service is healthy: its tables respond, and there is a key to sign tokens with."""

from customer_auth import aws
from customer_auth.aws import dynamodb, keys
from customer_auth.base import clock, settings
from customer_auth.base.errors import Unavailable


def checks() -> dict[str, bool]:
    """The result of each check, from one read of all tables. AWS failures make checks fail and raise nothing."""
    resources = settings.resources()
    probe = {"pk": keys.HEALTH_PROBE}
    try:
        keyring, _, _ = dynamodb.batch_get(
            [
                (resources.customers_table, {"pk": keys.KEYRING}),
                (resources.codes_table, probe),
                (resources.sessions_table, probe | {"sk": keys.HEALTH_PROBE}),
            ]
        )
    except (aws.Failed, Unavailable):
        return {"tables": False, "keys": False}
    now = clock.now()
    # A key whose period is over signs on until another one does (see `keyring`).
    can_sign = any(key["sign_from"] <= now for key in keyring["keys"]) if keyring else False
    return {"tables": True, "keys": can_sign}
