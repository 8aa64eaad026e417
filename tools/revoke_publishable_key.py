"""Revokes a publishable key of a stack on AWS.

revoke_publishable_key.py STACK KEY
"""

import sys

from customer_auth.tokens import publishable_keys
from tools import stack_settings


def main(stack: str, key: str) -> str | None:
    """Revoke the key; returns an error message, or None."""
    stack_settings.use(stack, "LookUpPhone")
    ended = publishable_keys.revoke(key)
    if ended is None:
        return "there is no such publishable key"
    print(f"{ended.label}: ended")
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
