"""Writes the list of passwords that nobody may choose: the 10,000 most common ones of zxcvbn (MIT, https://github.com/dwolfhub/zxcvbn-python).

Its lists are sorted by frequency in Mark Burnett's ten million leaked passwords. Passwords that are too short to be chosen are left out.
"""

from pathlib import Path

from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

LIST = Path(__file__).resolve().parents[1] / "layers" / "shared" / "customer_auth" / "passwords" / "common_passwords.txt"
MOST = 10_000
SHORTEST = 8


def commonest() -> list[str]:
    """The most common passwords in order of frequency, in lower case, as they are compared."""
    passwords = FREQUENCY_LISTS["passwords"]
    each = passwords.split(",") if isinstance(passwords, str) else passwords
    return [password.lower() for password in each[:MOST] if len(password) >= SHORTEST]


if __name__ == "__main__":
    LIST.write_text("\n".join(sorted(set(commonest()))) + "\n", "utf-8")
