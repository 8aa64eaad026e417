"""The providers of the tests do in a browser what real ones do: without this, tests against them would prove little."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from customer_auth.base.provider_errors import ProviderFailed, WrongProviderProof
from customer_auth.outgoing.deadline import Deadline
from tests.harness.provider_clients import PENDING, REDIRECT_URI, client_of

OTHER_URI = "http://127.0.0.1:3000/other"


def opened(provider):
    """The answer to a browser that opens the authorization URL."""
    return requests.get(client_of(provider).authorization_url(PENDING, REDIRECT_URI, Deadline()), allow_redirects=False, timeout=5)


@pytest.mark.parametrize("kind", ["google", "facebook"])
def test_the_browser_is_sent_back_with_a_code_and_the_state(kind, request):
    provider = request.getfixturevalue(kind)
    location = opened(provider).headers["location"]
    fields = parse_qs(urlsplit(location).query)

    assert location.startswith(f"{REDIRECT_URI}?")
    assert fields["state"] == [PENDING.state]
    assert client_of(provider).exchange(fields["code"][0], PENDING, REDIRECT_URI, Deadline()).sub


def test_apple_posts_code_state_and_user_the_first_time(apple):
    pages = [opened(apple).text for _ in range(2)]
    forms = [dict(re.findall(r'name="(\w+)" value="([^"]*)"', page)) for page in pages]

    assert f'action="{REDIRECT_URI}"' in pages[0]
    assert [sorted(form) for form in forms] == [["code", "state", "user"], ["code", "state"]]
    assert "Lovelace" in unescape(forms[0]["user"])
    assert client_of(apple).exchange(forms[0]["code"], PENDING, REDIRECT_URI, Deadline()).sub


@pytest.mark.parametrize("kind", ["google", "apple", "facebook"])
def test_a_code_is_for_one_redirect_uri_and_one_client(kind, request):
    provider = request.getfixturevalue(kind)
    client = client_of(provider)
    code = provider.sign_in(client.authorization_url(PENDING, REDIRECT_URI, Deadline())).code
    with pytest.raises(WrongProviderProof):
        client.exchange(code, PENDING, OTHER_URI, Deadline())

    provider.client_id = "another-client"
    with pytest.raises(ProviderFailed):
        client.exchange(code, PENDING, REDIRECT_URI, Deadline())
