"""Which passwords may be chosen, how they are stored and how they are verified (NIST SP 800-63B-4 §3.1.1).

They are hashed by Argon2id (RFC 9106) with 19 MiB, two passes and one lane, as OWASP's Password Storage Cheat Sheet recommends. Digits and
symbols are not required, because length and a list of common passwords achieve more. Verifying takes the same time whether the address has
a password or not.
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
# The hash of a random password that was thrown away, made with the parameters above, as a test ensures.
_DUMMY_HASH = "$argon2id$v=19$m=19456,t=2,p=1$RKplPi9hGxYpDZAYC0G2BQ$yjJfJfqUuNxWVAh3iJqTzU81TFsiAh/cL0X0UOqL8ds"


def check(field: str, password: str, addresses: Iterable[Address]) -> None:
    """Refuse a password that may not be chosen; its field has checked its length. `addresses` are the customer's own.

    Raises: BadRequest, naming the `field` of the request.
    """
    folded = normalized(password).lower()
    if folded in _common_passwords():
        problem = "is one of the most common ones, which are guessed first"
    elif folded in {spelling for address in addresses for spelling in _spellings(address)}:
        problem = "must not be the address itself"
    else:
        return
    raise BadRequest(f"Password {problem}", FieldError(field, problem))


def hash_password(password: str) -> str:
    """The hash that is stored for a password, with its parameters and salt."""
    return _HASHER.hash(normalized(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password has this hash. Without a hash the answer is False, after the same amount of work."""
    password = normalized(password)
    try:
        _HASHER.verify(password_hash or _DUMMY_HASH, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None and len(password) <= LONGEST


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def _spellings(address: Address) -> set[str]:
    if address.channel is Channel.PHONE:
        return {address.value, address.value.removeprefix("+")}
    return {address.value, address.spelling.lower(), address.value.rpartition("@")[0]}


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text("utf-8").splitlines())
