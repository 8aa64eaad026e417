"""The secrets that providers have given the shop, read from Secrets Manager once in each container.

A new version is taken up without a deployment: whoever is refused with a secret has it read again.
"""

import json
from functools import cache
from typing import NamedTuple

from customer_auth import aws
from customer_auth.base import clock
from customer_auth.base.provider_settings import resources

_OLD_SECONDS = 60  # a wrong secret is read again once a minute, not with each refusal


def get(name: str) -> str:
    """The secret with this name (`provider_settings.NEEDED`). Raises: aws.Failed."""
    return _all().secrets[name]


class _ReadSecrets(NamedTuple):
    """The secrets, and when they were read."""

    secrets: dict[str, str]
    at: int


@cache
def _all() -> _ReadSecrets:
    secret = aws.call("secretsmanager", "GetSecretValue", SecretId=resources().provider_secrets)
    # A key in PEM form may have been pasted with its line ends, which strict JSON does not allow in a text.
    secrets: dict[str, str] = json.loads(secret["SecretString"], strict=False)
    return _ReadSecrets(secrets, clock.now())


def forget_old() -> None:
    """Read the secret again at the next use, unless it was read just now: a provider has refused it, and it may have been changed."""
    if _all().at + _OLD_SECONDS <= clock.now():
        forget()


def forget() -> None:
    """Read the secret again at the next use."""
    _all.cache_clear()
