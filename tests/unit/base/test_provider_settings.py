"""The settings of sign-in by providers: all of a provider or none, and pages that a secret may be sent to."""

import re

import pytest

from customer_auth.base import settings
from customer_auth.base.provider_settings import NEEDED, Providers
from customer_auth.base.settings import SettingsError
from local.parameters import setting_name
from local.template import Template

TEMPLATE = Template.of_service()
PARAMETERS = {setting_name(name): declared for name, declared in TEMPLATE.document["Parameters"].items()}
DEFAULTS = {name.upper(): str(TEMPLATE.settings.get(name.upper(), "")) for name in Providers.model_fields}
PAGE = "https://shop.example.com/auth/callback"
COMPLETE = {"REDIRECT_URLS": PAGE}
WRONG_PAGES = [
    "http://shop.example.com/callback",
    "shop.example.com/callback",
    "https://",
    "https://shop.example.com/#top",
    "https://ada@shop.example.com/callback",
    "https://shop.example.com\\callback",
    "ftp://shop.example.com/callback",
    "javascript:alert(1)",
]


def read(**changes: str) -> Providers:
    return settings.read(Providers, DEFAULTS | changes)


def of(*names: str) -> dict[str, str]:
    """Values for these settings, as the functions get them."""
    secrets = ",".join(name for name in names if name.isupper())
    return {name.upper(): "1234567890" for name in names if not name.isupper()} | {"PROVIDER_SECRETS_SET": secrets}


def test_by_default_no_provider_is_set_up():
    assert not any(read().is_set_up(provider) for provider in NEEDED)


@pytest.mark.parametrize("provider", NEEDED)
def test_a_provider_with_all_its_settings_is_set_up(provider):
    known = read(**COMPLETE, **of(*NEEDED[provider]))

    assert [each for each in NEEDED if known.is_set_up(each)] == [provider]


@pytest.mark.parametrize(("provider", "missing"), [(provider, name) for provider, names in NEEDED.items() for name in names])
def test_a_provider_with_some_of_its_settings_stops_the_start_and_names_the_missing_one(provider, missing):
    given = [name for name in NEEDED[provider] if name != missing]

    with pytest.raises(SettingsError, match=f"^{missing.upper()} is not set"):
        read(**COMPLETE, **of(*given))


def test_a_provider_without_a_page_to_return_to_stops_the_start():
    with pytest.raises(SettingsError, match=r"^REDIRECT_URLS is not set"):
        read(**of(*NEEDED["google"]))


@pytest.mark.parametrize("page", WRONG_PAGES)
def test_a_page_that_a_secret_must_not_be_sent_to_stops_the_start(page):
    with pytest.raises(SettingsError, match=r"^REDIRECT_URLS must be https addresses"):
        read(REDIRECT_URLS=f"{PAGE},{page}")


@pytest.mark.parametrize("page", ["http://127.0.0.1:3000/callback", "http://localhost:3000/", "http://[::1]:3000/callback"])
def test_a_page_on_this_machine_may_do_without_tls(page):
    assert read(REDIRECT_URLS=page).redirect_urls == (page,)


@pytest.mark.parametrize("name", ["GOOGLE_ISSUER", "APPLE_ISSUER", "FACEBOOK_GRAPH_URL", "FACEBOOK_DIALOG_URL"])
@pytest.mark.parametrize("address", ["", "accounts.google.com", "https://", "https://accounts.google.com/", "https://a.example?x"])
def test_an_address_is_an_address(name, address):
    assert not re.fullmatch(PARAMETERS[name]["AllowedPattern"], address)
    with pytest.raises(SettingsError, match=f"^{name} must be an address"):
        read(**{name: address})


@pytest.mark.parametrize(
    "key", ["-----BEGIN PRIVATE KEY-----\\nMIGH\\n-----END PRIVATE KEY-----\\n", "-----BEGIN PRIVATE KEY-----\nMIGH\n"]
)
def test_the_line_ends_of_a_private_key_may_be_written_out(key):
    assert re.fullmatch(PARAMETERS["APPLE_PRIVATE_KEY"]["AllowedPattern"], key)


@pytest.mark.parametrize("name", ["GOOGLE_CLIENT_SECRET", "APPLE_PRIVATE_KEY", "FACEBOOK_APP_SECRET"])
@pytest.mark.parametrize("secret", ['a"b', "a\\b"])
def test_no_secret_breaks_the_json_that_it_is_stored_in(name, secret):
    assert PARAMETERS[name]["NoEcho"] is True
    assert not re.fullmatch(PARAMETERS[name]["AllowedPattern"], secret)
