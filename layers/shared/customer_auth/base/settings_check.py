"""Whether the endpoints and the sender can start with given settings, asked before they do."""

from collections.abc import Mapping

from customer_auth.base import settings
from customer_auth.base.consent_settings import ConsentRegister
from customer_auth.base.provider_settings import Providers
from customer_auth.base.sender_settings import SmsSenders
from customer_auth.base.settings import Messaging, Service


def check(variables: Mapping[str, str]) -> None:
    """Check all groups of settings. Raises: SettingsError (the first invalid group's errors)."""
    for group in (Service, Messaging, Providers, ConsentRegister, SmsSenders):
        settings.read(group, variables)
