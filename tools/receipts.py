"""Receipts of deletions: fetches the public key of a stack on AWS, or verifies a receipt offline.

receipts.py key STACK           prints the public key, PEM
receipts.py verify FILE KEY     prints the content of the receipt if it was signed with this key (a PEM file)
"""

import json
import sys
from pathlib import Path

from customer_auth.deletion import receipts
from tools import stack_settings


def main(what: str, where: str, key: str = "") -> str | None:
    """Run the command; returns an error message, or None."""
    if what == "key":
        stack_settings.use(where, "ProcessAccountDeletions")
        print(receipts.public_key(), end="")
        return None
    try:
        content = receipts.check(Path(where).read_text("ascii"), Path(key).read_text("ascii"))
    except (OSError, ValueError) as wrong:
        return str(wrong)
    print(json.dumps(content, indent=2))
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
