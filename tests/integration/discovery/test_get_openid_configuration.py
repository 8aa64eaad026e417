import json

from local import events
from tests.harness.forgery import claims_of

CONFIGURATION = "/.well-known/openid-configuration"


def at(api, domain: str) -> dict:
    answer = api.invoke("GetOpenidConfiguration", events.http_event("GET", CONFIGURATION, domain=domain))
    return json.loads(answer["body"])


def test_the_configuration_names_the_issuer_of_our_tokens_and_their_keys(api, customer):
    answer = api.get(CONFIGURATION)

    assert answer.status == 200
    assert answer["issuer"] == claims_of(customer.session["token"])["iss"] == "https://auth.shop.example"
    assert answer["jwks_uri"] == "https://auth.shop.example/.well-known/jwks.json"
    assert answer["id_token_signing_alg_values_supported"] == ["RS256"]
    assert set(answer["claims_supported"]) == set(claims_of(customer.session["token"]))
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert answer.aws_calls == ()


def test_without_a_setting_the_issuer_is_the_domain_of_the_request(api):
    assert at(api, "login.example")["issuer"] == "https://login.example"


def test_a_setting_wins_over_the_domain(api, setting):
    setting(ISSUER="https://id.shop.example/auth")

    assert at(api, "login.example")["issuer"] == "https://id.shop.example/auth"
    assert at(api, "login.example")["jwks_uri"] == "https://id.shop.example/auth/.well-known/jwks.json"


def test_no_header_names_the_issuer(api):
    for header in ("host", "x-forwarded-host", "forwarded", "x-forwarded-proto"):
        assert api.get(CONFIGURATION, headers={header: "attacker.example"})["issuer"] == "https://auth.shop.example"
