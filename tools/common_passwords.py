"""Writes the list of passwords that nobody may choose: the 10,000 commonest of zxcvbn (MIT, https://github.com/dwolfhub/zxcvbn-python).

Its lists stand in order of frequency, from Mark Burnett's ten million leaked passwords. What is too short to be chosen is left out.
"""

from pathlib import Path

from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

from customer_auth.password_length import SHORTEST

LIST = Path(__file__).resolve().parents[1] / "layers" / "shared" / "customer_auth" / "common_passwords.txt"
MOST = 10_000


def commonest() -> list[str]:
    """In order of frequency, as they are compared: in lower case."""
    passwords = FREQUENCY_LISTS["passwords"]
    each = passwords.split(",") if isinstance(passwords, str) else passwords
    return [password.lower() for password in each[:MOST] if len(password) >= SHORTEST]


if __name__ == "__main__":
    LIST.write_text("\n".join(sorted(set(commonest()))) + "\n", "utf-8")
