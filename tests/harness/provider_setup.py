"""The providers of the tests, and the service's settings for them."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from customer_auth.base import provider_settings
from customer_auth.base.provider_settings import Providers
from tests.harness.browsers import OTHER_PAGE, PAGE, new_person
from tests.harness.engines import Engine
from tests.harness.hostile_facebook import HostileFacebook
from tests.harness.hostile_provider import HostileProvider
from tests.harness.service import READ_ONCE

_SECRETS = ("GOOGLE_CLIENT_SECRET", "APPLE_PRIVATE_KEY", "FACEBOOK_APP_SECRET")


@contextmanager
def three_providers() -> Iterator[dict[str, HostileProvider | HostileFacebook]]:
    """Google, Apple and Facebook, by name, with people who have never been here."""
    with ExitStack() as running:
        three = [HostileProvider("google"), HostileProvider("apple"), HostileFacebook()]
        for provider in three:
            provider.person |= new_person(provider.kind)
        yield {provider.kind: running.enter_context(provider) for provider in three}


@contextmanager
def changing_set_up(engine: Engine):
    """A call that sets the service up with these providers alone, and with other settings; afterwards they are as before."""

    def configure(*chosen: HostileProvider | HostileFacebook, **others: str) -> None:
        names = [name.upper() for name in Providers.model_fields]
        settings = {name: engine.environment[name] for name in names} | {"REDIRECT_URLS": f"{PAGE},{OTHER_PAGE}"} | others
        for provider in chosen:
            settings |= provider.settings
        secrets = {name: settings.pop(name, "") for name in _SECRETS}
        for name, value in settings.items():
            changed.setenv(name, value)
        changed.setenv("PROVIDER_SECRETS_SET", ",".join(name for name, value in secrets.items() if value))
        text = json.dumps(secrets).replace("\\\\n", "\\n")  # as the template writes it
        engine.clients.secrets.put_secret_value(SecretId=engine.ids["ProviderSecrets"], SecretString=text)
        _forget()

    with pytest.MonkeyPatch.context() as changed:
        yield configure
    _forget()


def _forget() -> None:
    provider_settings.forget()
    for cached in READ_ONCE:
        cached.forget()
