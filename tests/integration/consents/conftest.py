"""The service with posting set up, and the register that it posts to."""

import json

import pytest

from customer_auth.base import consent_settings, settings
from tests.harness.register import CREDENTIALS, Consenter, running
from tests.harness.service import READ_ONCE

SECRETS = ("NETGSM_IYS_PASSWORD", "NETGSM_IYS_APP_KEY")


def forget() -> None:
    settings.forget()
    consent_settings.forget()
    for cached in READ_ONCE:
        cached.forget()


@pytest.fixture
def configure(engine, monkeypatch):
    """Sets posting up with these settings alone: `configure(NETGSM_IYS_USER="shop")`; Turkish numbers are accepted."""

    def change(**values: str) -> None:
        secrets = {name: values.pop(name, "") for name in SECRETS}
        for name, value in {"ALLOWED_REGIONS": "US,TR", "NETGSM_IYS_USER": "", "NETGSM_IYS_BRAND_CODE": "", **values}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PROVIDER_SECRETS_SET", ",".join(name for name, value in secrets.items() if value))
        engine.clients.secrets.put_secret_value(SecretId=engine.ids["ProviderSecrets"], SecretString=json.dumps(secrets))
        forget()

    yield change
    monkeypatch.undo()
    forget()


@pytest.fixture
def register(api, configure):
    """The register, with posting set up, and nothing in the queue of an earlier test's."""
    while api.queued():
        pass
    with running() as register:
        configure(**CREDENTIALS, NETGSM_IYS_URL=register.url)
        yield register


@pytest.fixture
def ada(api, inbox):
    """Somebody in Turkey, who consents when they sign up."""
    return Consenter(api, inbox)
