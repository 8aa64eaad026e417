"""How long a new password may be, and of what that is counted (NIST SP 800-63B-4 §3.1.1)."""

import unicodedata

SHORTEST, LONGEST = 8, 128  # characters, after NFKC


def normalized(password: str) -> str:
    """One spelling of a password, whatever keyboard it was typed on: Unicode's NFKC."""
    return unicodedata.normalize("NFKC", password)
