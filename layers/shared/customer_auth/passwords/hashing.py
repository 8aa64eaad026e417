"""Which passwords may be chosen, how they are stored and how they are verified (NIST SP 800-63B-4 §3.1.1).

They are hashed by Argon2id (RFC 9106) with 19 MiB, two passes and one lane, as OWASP's Password Storage Cheat Sheet recommends. Digits and
symbols are not required, because length and a list of common passwords achieve more. Verifying takes the same time whether the address has
a password or not.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from customer_auth.addresses.address import Address, Channel
from customer_auth.base.errors import BadRequest, FieldError

MIN_LENGTH, MAX_LENGTH = 8, 128  # characters after NFKC normalisation
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# The hash of a random password that was thrown away, made with the parameters above, as a test ensures.
_DUMMY_HASH = "$argon2id$v=19$m=19456,t=2,p=1$RKplPi9hGxYpDZAYC0G2BQ$yjJfJfqUuNxWVAh3iJqTzU81TFsiAh/cL0X0UOqL8ds"


def find_problem(password: str, addresses: Iterable[Address]) -> str | None:
    """Why this password may not be chosen, as the end of a sentence; None if it may be. `addresses` are the customer's own."""
    password = _normalize(password)
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return f"must be {MIN_LENGTH} to {MAX_LENGTH} characters"
    folded = password.lower()
    if folded in _common_passwords():
        return "is one of the most common ones, which are guessed first"
    if folded in {spelling for address in addresses for spelling in _spellings(address)}:
        return "must not be the address itself"
    return None


def check(field: str, password: str, addresses: Iterable[Address]) -> None:
    """Refuse a password that may not be chosen; `field` is its name in the request. Raises: BadRequest."""
    problem = find_problem(password, addresses)
    if problem:
        raise BadRequest(f"Password {problem}", FieldError(field, problem))


def hash_password(password: str) -> str:
    """The hash that is stored for a password, with its parameters and salt."""
    return _HASHER.hash(_normalize(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password has this hash. Without a hash the answer is False, after the same amount of work."""
    password = _normalize(password)
    try:
        _HASHER.verify(password_hash or _DUMMY_HASH, password[: MAX_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None and len(password) <= MAX_LENGTH


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def _normalize(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _spellings(address: Address) -> set[str]:
    if address.channel is Channel.PHONE:
        return {address.value, address.value.removeprefix("+")}
    return {address.value, address.spelling.lower(), address.value.rpartition("@")[0]}


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text("utf-8").splitlines())
