"""The providers that are set up, by name. Another OpenID provider is one more entry, an `OpenIdProvider` with its settings."""

from collections.abc import Callable, Mapping
from functools import cache

from customer_auth.base.errors import NotFound
from customer_auth.base.provider_settings import providers as settings
from customer_auth.outgoing import provider_secrets
from customer_auth.social import apple, facebook, google
from customer_auth.social.facebook import FacebookProvider
from customer_auth.social.openid import OpenIdProvider
from customer_auth.social.provider import Provider


def find(name: str) -> Provider:
    """The provider with this name. Raises: NotFound (there is none, or it is not set up)."""
    if name not in _BUILT_BY or not settings().is_set_up(name):
        raise NotFound
    return _BUILT_BY[name]()


def forget() -> None:
    """Build the providers again at their next use; for tests."""
    for build in (google_provider, apple_provider, facebook_provider):
        build.cache_clear()


@cache
def google_provider() -> OpenIdProvider:
    """Google. It must be set up."""
    known = settings()
    return google.provider(known.google_client_id, lambda: provider_secrets.get("GOOGLE_CLIENT_SECRET"), known.google_issuer)


@cache
def apple_provider() -> OpenIdProvider:
    """Apple. It must be set up."""
    known = settings()
    return apple.provider(
        client_id=known.apple_client_id,
        team_id=known.apple_team_id,
        key_id=known.apple_key_id,
        private_key=lambda: provider_secrets.get("APPLE_PRIVATE_KEY"),
        issuer=known.apple_issuer,
    )


@cache
def facebook_provider() -> FacebookProvider:
    """Facebook. It must be set up."""
    known = settings()
    return FacebookProvider(
        app_id=known.facebook_app_id,
        app_secret=lambda: provider_secrets.get("FACEBOOK_APP_SECRET"),
        graph_url=known.facebook_graph_url,
        dialog_url=known.facebook_dialog_url,
    )


_BUILT_BY: Mapping[str, Callable[[], Provider]] = {
    google.NAME: google_provider,
    facebook.NAME: facebook_provider,
    apple.NAME: apple_provider,
}
