"""The service's side of a provider of the tests: the provider as the service would set it up, and a whole sign-in with it."""

from customer_auth.outgoing.deadline import Deadline
from customer_auth.social import apple, google
from customer_auth.social.facebook import FacebookProvider
from customer_auth.social.provider import PendingSignIn, Provider, ProviderAccount
from tests.harness.provider_server import ProviderServer

REDIRECT_URI = "http://127.0.0.1:3000/login/callback"
PENDING = PendingSignIn(state="state-0123456789", verifier="verifier-" + "v" * 34, nonce="nonce-0123456789")


def client_of(provider: ProviderServer) -> Provider:
    """The provider as the service sets it up."""
    settings = provider.settings
    if provider.kind == "google":
        return google.provider(settings["GOOGLE_CLIENT_ID"], lambda: settings["GOOGLE_CLIENT_SECRET"], settings["GOOGLE_ISSUER"])
    fields = {name.removeprefix(f"{provider.kind.upper()}_").lower(): value for name, value in settings.items()}
    if provider.kind == "apple":
        return apple.provider(**fields | {"private_key": lambda: settings["APPLE_PRIVATE_KEY"]})
    return FacebookProvider(**fields | {"app_secret": lambda: settings["FACEBOOK_APP_SECRET"]})


def signed_in(provider: ProviderServer, *, pending: PendingSignIn = PENDING, deadline: Deadline | None = None, **person) -> ProviderAccount:
    """The account after a person signed in at the provider, and the service exchanged the code."""
    client = client_of(provider)
    code = provider.sign_in(client.authorization_url(PENDING, REDIRECT_URI, deadline or Deadline()), **person).code
    return client.exchange(code, pending, REDIRECT_URI, deadline or Deadline())
