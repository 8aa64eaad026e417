"""Takes the role `admin` from a customer of a stack on AWS who has verified this email or phone.

revoke_admin.py STACK ADDRESS
"""

import sys

from customer_auth.flows import admins
from tools import grant_admin


def main(stack: str, spelling: str) -> str | None:
    """Take the role away; returns an error message, or None."""
    return grant_admin.main(stack, spelling, act=admins.revoke)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
