"""The two secrets that everything is keyed with, read from Secrets Manager once a container.

The index key never changes: table keys are hashed with it. The pepper has versions; a version is the second from which it counts,
written before that second. So one fetch after that second is enough to know it, and a version from the future or from before our
last fetch that we do not know exists nowhere: a made-up one costs at most one fetch a second.
"""

import json
from functools import cache

from customer_auth import aws
from customer_auth.base import clock, settings


class _Peppers:
    """All versions, as of the last fetch."""

    def __init__(self) -> None:
        self.versions: dict[int, bytes] = {}
        self.fetched_at = -1

    def fetch(self) -> None:
        asked_at = clock.now()
        secret = aws.call("secretsmanager", "GetSecretValue", SecretId=settings.places().pepper_secret)
        self.versions = {int(version): pepper.encode() for version, pepper in json.loads(secret["SecretString"]).items()}
        self.fetched_at = asked_at  # not before it has succeeded: a fetch that failed knows of no version that it is not there


_peppers = _Peppers()


def pepper(version: int) -> bytes | None:
    """The pepper of this version, or None where there is none. Raises: aws.Failed."""
    if version not in _peppers.versions and _peppers.fetched_at < version <= clock.now():
        _peppers.fetch()
    return _peppers.versions.get(version)


def pepper_version() -> int:
    """The newest version that counts by now. Raises: aws.Failed."""
    if not _peppers.versions:
        _peppers.fetch()
    now = clock.now()
    return max(version for version in _peppers.versions if version <= now)


@cache
def index_key() -> bytes:
    """Hashes addresses and clients into table keys, devices and audit lines. Raises: aws.Failed."""
    secret = aws.call("secretsmanager", "GetSecretValue", SecretId=settings.places().index_key_secret)
    return str(secret["SecretString"]).encode()


def forget() -> None:
    """Read the secrets again at the next use; for tests."""
    index_key.cache_clear()
    _peppers.versions = {}
    _peppers.fetched_at = -1
