"""Gives the role `admin` to a customer of a stack on AWS who has verified this email or phone.

grant_admin.py STACK ADDRESS
"""

import sys
from collections.abc import Callable

from customer_auth.addresses import email, phone
from customer_auth.addresses.address import Address
from customer_auth.customers.customers import Customer
from customer_auth.flows import admins
from tools import stack_settings


def main(stack: str, spelling: str, *, act: Callable[[Address], Customer | None] = admins.grant) -> str | None:
    """Give the role; returns an error message, or None."""
    stack_settings.use(stack, "SignInByPassword")
    try:
        customer = act(email.parse(spelling) if "@" in spelling else phone.parse(spelling))
    except ValueError as error:
        return f"the address {error}"
    if customer is None:
        return "no customer has proven this address"
    print(f"{customer.id}: {', '.join(customer.roles) or 'no roles'}")
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
