"""The settings of posting consents: all of them or none, over TLS or on this machine."""

import re

import pytest

from customer_auth.base import settings
from customer_auth.base.consent_settings import APP_KEY, NEEDED, ConsentRegister
from customer_auth.base.settings import SettingsError
from local.parameters import setting_name
from local.template import Template

TEMPLATE = Template.of_service()
PARAMETERS = {setting_name(name): declared for name, declared in TEMPLATE.document["Parameters"].items()}
DEFAULTS = {name.upper(): str(TEMPLATE.settings.get(name.upper(), "")) for name in ConsentRegister.model_fields}


def read(*names: str, **changes: str) -> ConsentRegister:
    """With these settings, as the functions get them."""
    secrets = ",".join(name for name in names if name.isupper())
    values = {name.upper(): "600123" for name in names if not name.isupper()} | {"PROVIDER_SECRETS_SET": secrets}
    return settings.read(ConsentRegister, DEFAULTS | values | changes)


def test_by_default_nothing_is_posted_and_the_address_is_netgsms():
    assert not read().is_on
    assert read().netgsm_iys_url == "https://api.netgsm.com.tr/iys/add"


@pytest.mark.parametrize("others", [(), (APP_KEY,)])
def test_with_all_its_settings_and_perhaps_a_key_it_is_on(others):
    known = read(*NEEDED, *others)

    assert known.is_on
    assert known.has_app_key is bool(others)


@pytest.mark.parametrize("missing", NEEDED)
def test_with_some_of_its_settings_nothing_starts_and_the_missing_one_is_named(missing):
    with pytest.raises(SettingsError, match=f"^{missing.upper()} is not set"):
        read(*(name for name in NEEDED if name != missing))


@pytest.mark.parametrize("alone", [*NEEDED, APP_KEY])
def test_one_setting_alone_is_refused(alone):
    with pytest.raises(SettingsError, match=r"is not set, and posting consents is set up in part$"):
        read(alone)


def test_the_secrets_of_others_do_not_turn_it_on():
    assert not read("GOOGLE_CLIENT_SECRET").is_on


ADDRESSES = {
    "https://api.netgsm.com.tr/iys/add": True,
    "https://api.netgsm.com.tr": True,
    "http://127.0.0.1:8000/_local/iys/add": True,
    "http://localhost/add": True,
    "http://api.netgsm.com.tr/iys/add": False,
    "https://shop:secret@api.netgsm.com.tr/iys/add": False,
    "http://127.0.0.1@evil.example/": False,
    "http://127.0.0.1.evil.example/": False,
    "https://api.netgsm.com.tr/iys/add?x=1": False,
    "ftp://api.netgsm.com.tr": False,
    "": False,
}


@pytest.mark.parametrize(("address", "is_accepted"), ADDRESSES.items())
def test_the_address_is_https_or_of_this_machine_by_the_setting_and_by_its_parameter(address, is_accepted):
    assert bool(re.fullmatch(PARAMETERS["NETGSM_IYS_URL"]["AllowedPattern"], address)) is is_accepted
    if is_accepted:
        assert read(NETGSM_IYS_URL=address).netgsm_iys_url == address
    else:
        with pytest.raises(SettingsError, match=r"^NETGSM_IYS_URL must be an address like"):
            read(NETGSM_IYS_URL=address)
