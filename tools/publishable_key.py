"""Creates a publishable key in a stack on AWS and prints it once, because the stack stores only its hash.

publishable_key.py STACK LABEL [ORIGIN …]     without an origin, pages of any origin may use it
"""

import sys

from customer_auth.tokens import publishable_keys
from tools import stack_settings


def main(stack: str, label: str, *origins: str) -> None:
    """Create a key with the settings of the stack's functions, and print it."""
    stack_settings.use(stack, "LookUpPhone")
    print(publishable_keys.create(label, list(origins)))


if __name__ == "__main__":
    main(*sys.argv[1:])
