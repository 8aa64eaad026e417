"""The two secret keys that all hashes and tokens are derived with, read from Secrets Manager once in each container.

The index key never changes, because table keys are hashed with it. The derivation key has versions. A version is named by the second at
which it comes into force, and is stored before that second; so whoever fetches the secret afterwards knows it. An unknown version that lies
in the future, or before the last fetch, does not exist. Hence made-up versions cause at most one fetch a second.
"""

import json
from functools import cache

from customer_auth import aws
from customer_auth.base import clock, settings


class _DerivationKeys:
    """All versions as of the last fetch."""

    def __init__(self) -> None:
        self.versions: dict[int, bytes] = {}
        self.fetched_at = -1

    def fetch(self) -> None:
        requested_at = clock.now()
        secret = aws.call("secretsmanager", "GetSecretValue", SecretId=settings.resources().derivation_key_secret)
        self.versions = {int(version): derivation_key.encode() for version, derivation_key in json.loads(secret["SecretString"]).items()}
        self.fetched_at = requested_at  # only after success: a failed fetch does not show that a version does not exist


_derivation_keys = _DerivationKeys()


def derivation_key(version: int) -> bytes | None:
    """The derivation key of this version, or None if there is none. Raises: aws.Failed."""
    if version not in _derivation_keys.versions and _derivation_keys.fetched_at < version <= clock.now():
        _derivation_keys.fetch()
    return _derivation_keys.versions.get(version)


def derivation_key_version() -> int:
    """The newest version that is in force. Raises: aws.Failed."""
    if not _derivation_keys.versions:
        _derivation_keys.fetch()
    now = clock.now()
    return max(version for version in _derivation_keys.versions if version <= now)


@cache
def index_key() -> bytes:
    """The key with which addresses and clients are hashed for table keys, devices and audit lines. Raises: aws.Failed."""
    secret = aws.call("secretsmanager", "GetSecretValue", SecretId=settings.resources().index_key_secret)
    return str(secret["SecretString"]).encode()


def forget() -> None:
    """Read the secrets again at the next use; for tests."""
    index_key.cache_clear()
    _derivation_keys.versions = {}
    _derivation_keys.fetched_at = -1
