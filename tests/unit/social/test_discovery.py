import pytest

from customer_auth.base.provider_errors import ProviderFailed
from customer_auth.outgoing import provider_http
from customer_auth.outgoing.deadline import Deadline
from customer_auth.outgoing.provider_http import ProviderResponse
from customer_auth.social import discovery

DOCUMENT = """{
  "issuer": "%s",
  "authorization_endpoint": "https://id.example/authorize",
  "token_endpoint": "%s",
  "jwks_uri": "https://id.example/jwks",
  "id_token_signing_alg_values_supported": ["HS256", "RS256", "ES256"]
}"""


def discovered(monkeypatch, issuer, token_endpoint):
    body = (DOCUMENT % (issuer, token_endpoint)).encode()
    monkeypatch.setattr(provider_http, "get", lambda url, _: ProviderResponse(200, body))
    return discovery.Discovery(issuer, None).endpoints(Deadline())


def test_endpoints_are_those_of_the_document(monkeypatch):
    assert discovered(monkeypatch, "https://id.example", "https://tokens.example/token") == discovery.Endpoints(
        authorization="https://id.example/authorize",
        token="https://tokens.example/token",
        jwks="https://id.example/jwks",
        revocation=None,
        algorithms=("RS256", "ES256"),
    )


@pytest.mark.parametrize("token_endpoint", ["http://127.0.0.1:9001/token", "HTTP://127.0.0.1:9001/token", "hTtp://localhost/token"])
def test_only_a_provider_on_this_machine_may_send_us_to_this_machine(monkeypatch, token_endpoint):
    with pytest.raises(ProviderFailed, match="discovery_endpoints"):
        discovered(monkeypatch, "https://id.example", token_endpoint)
    assert discovered(monkeypatch, "http://localhost:3000", "http://127.0.0.1:9001/token").token == "http://127.0.0.1:9001/token"


@pytest.mark.parametrize("issuer", ["https://id.example/tenant", "https://id.example/tenant/"])
def test_the_document_is_below_the_issuer(monkeypatch, issuer):
    """OpenID Connect Discovery §4.1: a slash at the issuer's end is taken away first."""
    urls = []
    monkeypatch.setattr(provider_http, "get", lambda url, _: urls.append(url) or ProviderResponse(404, b""))

    with pytest.raises(ProviderFailed):
        discovery.Discovery(issuer, None).endpoints(Deadline())
    assert urls == ["https://id.example/tenant/.well-known/openid-configuration"]
