"""The settings of sign-in by providers. A provider with none of its settings is off; with some of them the function does not start."""

from functools import cache
from typing import Annotated

from pydantic import BeforeValidator, model_validator

from customer_auth.base import settings
from customer_auth.base.setting_types import comma_separated, matching, web_pages

GOOGLE, FACEBOOK, APPLE = "google", "facebook", "apple"

# What each provider needs, by the names of its settings. The names in capitals are members of the secret.
NEEDED = {
    GOOGLE: ("google_client_id", "GOOGLE_CLIENT_SECRET"),
    FACEBOOK: ("facebook_app_id", "FACEBOOK_APP_SECRET"),
    APPLE: ("apple_client_id", "apple_team_id", "apple_key_id", "APPLE_PRIVATE_KEY"),
}
_ADDRESS = matching(r"https?://[^\s/?#]+(/[^\s?#]*[^\s/?#])?", "an address like https://accounts.google.com")


class Providers(settings.Group):
    """The settings of the functions that call providers. `provider_secrets_set` names the members of the secret that are not empty."""

    redirect_urls: Annotated[tuple[str, ...], BeforeValidator(web_pages)]
    google_issuer: Annotated[str, _ADDRESS]
    google_client_id: str
    apple_issuer: Annotated[str, _ADDRESS]
    apple_client_id: str
    apple_audiences: Annotated[tuple[str, ...], BeforeValidator(comma_separated)]
    apple_team_id: str
    apple_key_id: str
    facebook_graph_url: Annotated[str, _ADDRESS]
    facebook_dialog_url: Annotated[str, _ADDRESS]
    facebook_app_id: str
    provider_secrets_set: Annotated[tuple[str, ...], BeforeValidator(comma_separated)]

    @model_validator(mode="after")
    def _is_complete(self) -> "Providers":
        for provider, names in NEEDED.items():
            missing = [name for name in names if not self._has(name)]
            if missing and len(missing) < len(names):
                raise ValueError(f"{missing[0].upper()} is not set, and {provider.capitalize()} is set up in part")
        if any(self.is_set_up(provider) for provider in NEEDED) and not self.redirect_urls:
            raise ValueError("REDIRECT_URLS is not set, and a provider is set up")
        return self

    def is_set_up(self, provider: str) -> bool:
        """Whether customers can sign in by this provider."""
        return all(self._has(name) for name in NEEDED[provider])

    def _has(self, name: str) -> bool:
        return name in self.provider_secrets_set if name.isupper() else bool(getattr(self, name))


class ProviderResources(settings.Group):
    """The names of a secret and a key."""

    provider_secrets: str
    provider_tokens_key: str


@cache
def providers() -> Providers:
    """The settings of sign-in by providers. Raises: SettingsError."""
    return settings.read(Providers)


@cache
def resources() -> ProviderResources:
    """The names of what only these functions use. Raises: SettingsError."""
    return settings.read(ProviderResources)


def forget() -> None:
    """Read the environment again at the next use; for tests."""
    providers.cache_clear()
    resources.cache_clear()
