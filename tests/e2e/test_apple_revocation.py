"""The service's own Apple client against the local Apple: a code becomes an account, and its refresh token is revoked there."""

import contextlib
import re

import pytest
import requests

from customer_auth.base.provider_errors import ProviderFailed, WrongProviderProof
from customer_auth.outgoing.deadline import Deadline
from customer_auth.social import apple
from customer_auth.social.provider import PendingSignIn
from local import provider_process
from tests.harness import local_providers
from tests.harness.local_providers import sign_in_at

URL = "http://127.0.0.1:8000"  # of no stack: nothing is sent there
CALLBACK = f"{URL}{provider_process.APPLE_CALLBACK}"
PENDING = PendingSignIn("state", verifier="verifier" * 8, nonce="nonce" * 8)


@pytest.fixture(scope="module")
def settings():
    local_providers.skip_if_missing()
    with provider_process.running(URL) as settings:
        yield settings


def client(settings, **changes):
    names = {"client_id": "APPLE_CLIENT_ID", "team_id": "APPLE_TEAM_ID", "key_id": "APPLE_KEY_ID", "issuer": "APPLE_ISSUER"}
    chosen = {name: settings[setting] for name, setting in names.items()} | changes
    return apple.provider(private_key=lambda: settings["APPLE_PRIVATE_KEY"], **chosen)


def code_of(provider, name):
    """The code of a person who has signed in at Apple's page."""
    with contextlib.closing(requests.Session()) as browser:
        form = sign_in_at(browser, provider.authorization_url(PENDING, CALLBACK, Deadline()), until=URL, other=name)
    return re.search(r'name="code" value="([^"]*)"', form.text)[1]


def tokens(settings):
    """Whose refresh tokens the provider has issued, and whether each was revoked."""
    return {each["person"]: each["revoked"] for each in requests.get(f"{settings['APPLE_ISSUER']}/tokens", timeout=10).json()}


def test_a_refresh_token_is_valid_until_it_is_revoked(settings):
    provider = client(settings)
    account = provider.exchange(code_of(provider, "Ida"), PENDING, CALLBACK, Deadline())
    assert (account.email, account.email_verified) == ("ida@privaterelay.appleid.com", True)
    assert tokens(settings)["Ida"] is False

    assert provider.revoke(account.refresh_token, Deadline()) is True

    assert tokens(settings)["Ida"] is True
    assert "Ida: revoked" in requests.get(settings["APPLE_ISSUER"], timeout=10).text


def test_a_second_sign_in_revokes_nothing(settings):
    provider = client(settings)
    for name in ("Joan", "Radia"):
        provider.exchange(code_of(provider, name), PENDING, CALLBACK, Deadline())

    assert (tokens(settings)["Joan"], tokens(settings)["Radia"]) == (False, False)


@pytest.mark.parametrize("changes", [{"team_id": "OTHERTEAM1"}, {"key_id": "OTHERKEY01"}])
def test_a_client_that_signs_for_another_team_or_key_is_refused(settings, changes):
    code = code_of(client(settings), "Joan")

    with pytest.raises(ProviderFailed, match="token_invalid_client"):
        client(settings, **changes).exchange(code, PENDING, CALLBACK, Deadline())


def test_a_code_without_its_verifier_is_refused(settings):
    provider = client(settings)
    code = code_of(provider, "Joan")

    with pytest.raises(WrongProviderProof):
        provider.exchange(code, PENDING._replace(verifier="another-" * 8), CALLBACK, Deadline())
