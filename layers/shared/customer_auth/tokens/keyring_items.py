"""The keyring: one item of the customers table with every signing key that will sign, signs, or is still needed to verify.

| attribute | holds |
|---|---|
| pk | keyring#signing |
| version | counts the changes; each change requires the version that it read |
| keys | a list of maps: kid, sign_from, sign_until, n and e (base64url, RFC 7518 §6.3), sealed (PKCS#8, encrypted by KMS) |
"""

from typing import NamedTuple

from customer_auth.aws import dynamodb, keys
from customer_auth.base import settings


class SigningKey(NamedTuple):
    """One RSA key: its period in epoch seconds, its public numbers, and its private half encrypted by KMS."""

    kid: str
    sign_from: int
    sign_until: int
    n: str
    e: str
    sealed: bytes


def read() -> tuple[int, list[SigningKey]]:
    """The keyring's version (0: there is no keyring yet) and its keys. Raises: aws.Failed."""
    item = dynamodb.get(settings.resources().customers_table, {"pk": keys.KEYRING})
    return (item["version"], [SigningKey(**key) for key in item["keys"]]) if item else (0, [])


def replace(version: int, signing_keys: list[SigningKey]) -> bool:
    """Replace the keys of this version; False if the keyring has changed since it was read. Raises: aws.Failed."""
    item = {"pk": keys.KEYRING, "version": version + 1, "keys": [key._asdict() for key in signing_keys]}
    where = "#version = :version" if version else "attribute_not_exists(#pk)"
    return dynamodb.try_write(dynamodb.put(settings.resources().customers_table, item, where, {":version": version} if version else None))
