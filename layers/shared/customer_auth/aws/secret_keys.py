"""The two secrets that everything is keyed with, read from Secrets Manager once a container.

The index key never changes: table keys are hashed with it. The derivation key has versions; a version is the second from which it counts,
written before that second. So one fetch after that second is enough to know it, and a version from the future or from before our
last fetch that we do not know exists nowhere: a made-up one costs at most one fetch a second.
"""

import json
from functools import cache

from customer_auth import aws
from customer_auth.base import clock, settings


class _DerivationKeys:
    """All versions, as of the last fetch."""

    def __init__(self) -> None:
        self.versions: dict[int, bytes] = {}
        self.fetched_at = -1

    def fetch(self) -> None:
        requested_at = clock.now()
        secret = aws.call("secretsmanager", "GetSecretValue", SecretId=settings.resources().derivation_key_secret)
        self.versions = {int(version): derivation_key.encode() for version, derivation_key in json.loads(secret["SecretString"]).items()}
        self.fetched_at = requested_at  # not before it has succeeded: a fetch that failed knows of no version that it is not there


_derivation_keys = _DerivationKeys()


def derivation_key(version: int) -> bytes | None:
    """The derivation key of this version, or None where there is none. Raises: aws.Failed."""
    if version not in _derivation_keys.versions and _derivation_keys.fetched_at < version <= clock.now():
        _derivation_keys.fetch()
    return _derivation_keys.versions.get(version)


def derivation_key_version() -> int:
    """The newest version that counts by now. Raises: aws.Failed."""
    if not _derivation_keys.versions:
        _derivation_keys.fetch()
    now = clock.now()
    return max(version for version in _derivation_keys.versions if version <= now)


@cache
def index_key() -> bytes:
    """Hashes addresses and clients into table keys, devices and audit lines. Raises: aws.Failed."""
    secret = aws.call("secretsmanager", "GetSecretValue", SecretId=settings.resources().index_key_secret)
    return str(secret["SecretString"]).encode()


def forget() -> None:
    """Read the secrets again at the next use; for tests."""
    index_key.cache_clear()
    _derivation_keys.versions = {}
    _derivation_keys.fetched_at = -1
