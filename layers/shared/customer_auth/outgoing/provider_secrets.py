"""The secrets that providers have given the shop, read from Secrets Manager once in each container."""

import json
from functools import cache

from customer_auth import aws
from customer_auth.base.provider_settings import resources


def get(name: str) -> str:
    """The secret with this name (`provider_settings.NEEDED`). Raises: aws.Failed."""
    return _all()[name]


@cache
def _all() -> dict[str, str]:
    secret = aws.call("secretsmanager", "GetSecretValue", SecretId=resources().provider_secrets)
    # A key in PEM form may have been pasted with its line ends, which strict JSON does not allow in a text.
    secrets: dict[str, str] = json.loads(secret["SecretString"], strict=False)
    return secrets


def forget() -> None:
    """Read the secret again at the next use; for tests."""
    _all.cache_clear()
