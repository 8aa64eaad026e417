"""Passwords: which may be chosen, how they are kept, and whether one is right (NIST SP 800-63B-4 §3.1.1, OWASP on storage).

Argon2id (RFC 9106) with 19 MiB, two passes and one lane. Nobody is asked for digits or signs: length and the list of common passwords
do more. A comparison with nothing costs as much as one with a password.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from customer_auth.addresses.address import Address, Channel
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.passwords.password_length import LONGEST, normalized

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Of a random password that nobody kept, with the parameters above (a test holds it to them).
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$RKplPi9hGxYpDZAYC0G2BQ$yjJfJfqUuNxWVAh3iJqTzU81TFsiAh/cL0X0UOqL8ds"


def check(field: str, password: str, addresses: Iterable[Address]) -> None:
    """Raises: BadRequest where this password may not be chosen. How long one is, its field says."""
    folded = normalized(password).lower()
    if folded in _common():
        wrong = "is one of the most common ones, which are guessed first"
    elif folded in {own for address in addresses for own in _spellings(address)}:
        wrong = "must not be the address itself"
    else:
        return
    raise BadRequest(f"Password {wrong}", FieldError(field, wrong))


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(normalized(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; without a hash it is not, at the same cost."""
    password = normalized(password)
    try:
        _HASHER.verify(password_hash or _NOBODYS, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None and len(password) <= LONGEST


def is_outdated(password_hash: str) -> bool:
    """Whether it was hashed with other parameters than now."""
    return _HASHER.check_needs_rehash(password_hash)


def _spellings(address: Address) -> set[str]:
    if address.channel is Channel.PHONE:
        return {address.value, address.value.removeprefix("+")}
    return {address.value, address.spelling.lower(), address.value.rpartition("@")[0]}


@cache
def _common() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text("utf-8").splitlines())
