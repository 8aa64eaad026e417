import pytest

from customer_auth.aws import secret_keys
from customer_auth.base import clock, settings
from local.template import Template
from tests.unit.aws_stub import stubbed


@pytest.fixture(scope="module")
def template_settings():
    """The service's settings, with the template's defaults."""
    defaults = Template.of_service().settings
    with pytest.MonkeyPatch.context() as environment:
        for name in settings.Service.model_fields:
            environment.setenv(name.upper(), str(defaults[name.upper()]))
        settings.forget()
        yield
    settings.forget()


@pytest.fixture
def setting(template_settings, monkeypatch):
    """Changes settings by name: `setting(DEFAULT_REGION="TR")`."""

    def change(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, str(value))
        settings.forget()

    yield change
    settings.forget()


@pytest.fixture(scope="module")
def stored_secrets():
    """Secrets Manager as a stub that holds an index key and two derivation keys, the second from second 2000 on."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_URL_SUFFIX": "amazonaws.com",
            "CODES_TABLE": "codes",
            "SESSIONS_TABLE": "sessions",
            "CUSTOMERS_TABLE": "customers",
            "LEDGER_TABLE": "ledger",
            "INDEX_KEY_SECRET": "index-key",
            "DERIVATION_KEY_SECRET": "derivation_key",
            "SIGNING_KEYS_KEY": "signing-keys",
        }.items():
            environment.setenv(name, value)
        settings.forget()
        secret_keys.forget()
        with stubbed() as stub:
            stub.answers("GetSecretValue", {"SecretId": "index-key"}, {"SecretString": "i" * 32})
            derivation_keys = '{"1": "first derivation key", "2000": "second derivation key"}'
            stub.answers("GetSecretValue", {"SecretId": "derivation_key"}, {"SecretString": derivation_keys})
            secret_keys.index_key()
            secret_keys.derivation_key_version()
        yield
    settings.forget()
    secret_keys.forget()


@pytest.fixture
def second(monkeypatch):
    """Sets the service's clock: `second(3_000)`."""

    def at(now):
        monkeypatch.setattr(clock, "source", lambda: now)

    at(3_000)
    return at
