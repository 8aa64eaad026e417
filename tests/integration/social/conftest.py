"""The service with three providers of the tests, and browsers that visit them."""

import json
from contextlib import ExitStack

import pytest

from customer_auth.base import provider_settings
from customer_auth.base.provider_settings import Providers
from tests.harness.browsers import OTHER_PAGE, PAGE, Browser, new_person
from tests.harness.hostile_facebook import HostileFacebook
from tests.harness.hostile_provider import HostileProvider
from tests.harness.service import READ_ONCE

SECRETS = ("GOOGLE_CLIENT_SECRET", "APPLE_PRIVATE_KEY", "FACEBOOK_APP_SECRET")


@pytest.fixture
def providers():
    """Google, Apple and Facebook, by name."""
    with ExitStack() as running:
        three = [HostileProvider("google"), HostileProvider("apple"), HostileFacebook()]
        for provider in three:
            provider.person |= new_person(provider.kind)
        yield {provider.kind: running.enter_context(provider) for provider in three}


@pytest.fixture
def set_up(api, engine, monkeypatch):
    """Sets the service up with these providers alone."""

    def configure(*chosen, **others):
        names = [name.upper() for name in Providers.model_fields]
        settings = {name: engine.environment[name] for name in names} | {"REDIRECT_URLS": f"{PAGE},{OTHER_PAGE}"} | others
        for provider in chosen:
            settings |= provider.settings
        secrets = {name: settings.pop(name, "") for name in SECRETS}
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PROVIDER_SECRETS_SET", ",".join(name for name, value in secrets.items() if value))
        text = json.dumps(secrets).replace("\\\\n", "\\n")  # as the template writes it
        engine.clients.secrets.put_secret_value(SecretId=engine.ids["ProviderSecrets"], SecretString=text)
        forget()

    yield configure
    monkeypatch.undo()
    forget()


def forget():
    provider_settings.forget()
    for cached in READ_ONCE:
        cached.forget()


@pytest.fixture
def all_set_up(providers, set_up):
    set_up(*providers.values())
    return providers


@pytest.fixture
def google(all_set_up):
    return all_set_up["google"]


@pytest.fixture
def apple(all_set_up):
    return all_set_up["apple"]


@pytest.fixture
def facebook(all_set_up):
    return all_set_up["facebook"]


@pytest.fixture(params=["google", "apple", "facebook"])
def provider(request, all_set_up):
    """Each of the three."""
    return all_set_up[request.param]


@pytest.fixture
def browser(api):
    return Browser(api)


@pytest.fixture
def other_browser(api):
    return Browser(api)
