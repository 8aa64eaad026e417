"""The three providers of the tests, and the service set up with them."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from customer_auth.base import provider_settings
from customer_auth.base.provider_settings import Providers
from tests.harness.browsers import OTHER_PAGE, PAGE, new_person
from tests.harness.engines import Engine
from tests.harness.hostile_facebook import HostileFacebook
from tests.harness.hostile_provider import HostileProvider
from tests.harness.service import READ_ONCE

SECRETS = ("GOOGLE_CLIENT_SECRET", "APPLE_PRIVATE_KEY", "FACEBOOK_APP_SECRET")


@contextmanager
def three_providers() -> Iterator[dict[str, HostileProvider | HostileFacebook]]:
    """Google, Apple and Facebook, by name, each with a person whom nobody in this run was."""
    with ExitStack() as running:
        three = [HostileProvider("google"), HostileProvider("apple"), HostileFacebook()]
        for provider in three:
            provider.person |= new_person(provider.kind)
        yield {provider.kind: running.enter_context(provider) for provider in three}


def configure(engine: Engine, monkeypatch, *chosen: HostileProvider | HostileFacebook, **others: str) -> None:
    """Set the service up with these providers alone, until `monkeypatch.undo` and `forget`."""
    names = [name.upper() for name in Providers.model_fields]
    settings = {name: engine.environment[name] for name in names} | {"REDIRECT_URLS": f"{PAGE},{OTHER_PAGE}"}
    for provider in chosen:
        settings |= provider.settings
    settings |= others
    secrets = {name: settings.pop(name, "") for name in SECRETS}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PROVIDER_SECRETS_SET", ",".join(name for name, value in secrets.items() if value))
    text = json.dumps(secrets).replace("\\\\n", "\\n")  # as the template writes it
    engine.clients.secrets.put_secret_value(SecretId=engine.ids["ProviderSecrets"], SecretString=text)
    forget()


def forget() -> None:
    """Read the environment again, as a new container."""
    provider_settings.forget()
    for cached in READ_ONCE:
        cached.forget()
