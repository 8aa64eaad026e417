"""The service with routes for SMS, and the providers that they name."""

import json

import pytest

from customer_auth.aws import json_protocol
from customer_auth.base import provider_settings, sender_settings, settings
from customer_auth.messaging import circuit_items
from customer_auth.outgoing import provider_secrets
from tests.harness.service import READ_ONCE
from tests.harness.sms_senders import SECRETS, SETTINGS, Outbox, addresses, running


def forget() -> None:
    for cached in (settings, sender_settings, provider_settings, *READ_ONCE):
        cached.forget()


@pytest.fixture
def providers(api):
    with running(api.clock) as providers:
        yield providers


@pytest.fixture
def routes(api, engine, providers, monkeypatch):
    """Sets routes: `routes("TR=netgsm,sns;*=sns")`, with everything that the senders need, and no circuit open."""

    def change(text: str, **values: str) -> None:
        secrets = SECRETS | {name: values.pop(name) for name in SECRETS if name in values}
        providers.settings.update(values)
        for name, value in (SETTINGS | addresses(providers) | values | {"SMS_ROUTES": text}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PROVIDER_SECRETS_SET", ",".join(secrets))
        engine.clients.secrets.put_secret_value(SecretId=engine.ids["ProviderSecrets"], SecretString=json.dumps(secrets))
        for name in sender_settings.NAMES:
            table, key = circuit_items.key(name)
            engine.clients.dynamodb.delete_item(TableName=table, Key={"pk": {"S": key["pk"]}})
        json_protocol.forget()
        forget()

    yield change
    monkeypatch.undo()
    json_protocol.forget()
    forget()


@pytest.fixture
def new_secret(engine):
    """Puts a new version of the providers' secret."""

    def put(**changes: str) -> None:
        secrets = json.dumps(SECRETS | changes)
        engine.clients.secrets.put_secret_value(SecretId=engine.ids["ProviderSecrets"], SecretString=secrets)

    yield put
    provider_secrets.forget()


@pytest.fixture
def sms(api, providers):
    """The sender of messages, fed by hand."""
    return Outbox(api, providers)
