import json

import pytest

from customer_auth.base import clock
from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.social import id_tokens
from customer_auth.social.signed_tokens import VerificationKey
from tests.harness import provider_tokens
from tests.harness.provider_tokens import ec_key, part, rsa_key, sign

pytestmark = pytest.mark.usefixtures("now")

NOW = 1_800_000_000
KEY, CURVED = rsa_key("rsa"), ec_key("ec")
KEYS = {key.kid: VerificationKey(key.algorithm, key.private.public_key()) for key in (KEY, CURVED)}
HEADER = {"alg": "RS256", "kid": "rsa", "typ": "JWT"}
CLAIMS = {"iss": "https://id.example", "aud": "client", "sub": "ada", "nonce": "n-0", "iat": NOW, "exp": NOW + 600}


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr(clock, "source", lambda: NOW)


def verified(token):
    return id_tokens.verify(token, KEYS.get, issuer="https://id.example", client_id="client", nonce="n-0")


@pytest.mark.parametrize("key", [KEY, CURVED], ids=["RS256", "ES256"])
def test_a_token_is_read_by_the_algorithm_of_its_key(key):
    assert verified(sign(key, CLAIMS)) == CLAIMS


@pytest.mark.parametrize("header", [{"alg": "RS256", "kid": "rsa"}, HEADER | {"typ": "jwt"}, HEADER | {"x5t": "AAAA"}], ids=str)
def test_headers_of_real_providers_are_accepted(header):
    assert verified(sign(KEY, CLAIMS, header)) == CLAIMS


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["client"]},
        {"aud": ["client"], "azp": "client"},
        {"aud": ["other", "client"], "azp": "client"},
        {"azp": "client"},
        {"nbf": NOW + 60},
        {"iat": NOW - 100_000},
        {"sub": "x" * 255},
    ],
    ids=str,
)
def test_claims_of_real_providers_are_accepted(changes):
    assert verified(sign(KEY, CLAIMS | changes))["iss"] == "https://id.example"


WRONG_CLAIMS = [
    ({"iss": "https://id.example/"}, "token_iss"),
    ({"iss": "id.example"}, "token_iss"),
    ({"iss": ["https://id.example"]}, "token_iss"),
    ({"aud": []}, "token_aud"),
    ({"aud": [["client"]]}, "token_aud"),
    ({"aud": "client2"}, "token_aud"),
    ({"aud": "Client"}, "token_aud"),
    ({"aud": None}, "token_aud"),
    ({"aud": ["client", "other"]}, "token_azp"),
    ({"aud": ["client", "client"]}, "token_azp"),
    ({"aud": ["client"], "azp": "other"}, "token_azp"),
    ({"azp": None}, "token_azp"),
    ({"azp": ["client"]}, "token_azp"),
    ({"nonce": None}, "token_nonce"),
    ({"nonce": ["n-0"]}, "token_nonce"),
    ({"nonce": "n-00"}, "token_nonce"),
    ({"nonce": "\ud800"}, "token_nonce"),
    ({"exp": NOW}, "token_exp"),
    ({"exp": None}, "token_exp"),
    ({"exp": True}, "token_exp"),
    ({"exp": NOW + 600.0}, "token_exp"),
    ({"exp": str(NOW + 600)}, "token_exp"),
    ({"iat": None}, "token_iat"),
    ({"iat": NOW + 61}, "token_iat"),
    ({"iat": float(NOW)}, "token_iat"),
    ({"nbf": NOW + 61}, "token_iat"),
    ({"nbf": None}, "token_iat"),
    ({"sub": ""}, "token_sub"),
    ({"sub": 1}, "token_sub"),
    ({"sub": "x" * 256}, "token_sub"),
    ({"sub": "ada\n"}, "token_sub"),
    ({"sub": "adä"}, "token_sub"),
]


@pytest.mark.parametrize(("changes", "reason"), WRONG_CLAIMS, ids=str)
def test_a_token_with_wrong_claims_is_refused(changes, reason):
    with pytest.raises(WrongProviderProof) as refusal:
        verified(sign(KEY, CLAIMS | changes))
    assert refusal.value.reason == reason


WRONG_HEADERS = [
    (HEADER | {"alg": "none"}, "token_alg"),
    (HEADER | {"alg": "RS512"}, "token_alg"),
    (HEADER | {"alg": "rs256"}, "token_alg"),
    (HEADER | {"alg": ["RS256"]}, "token_alg"),
    (HEADER | {"alg": "ES256"}, "token_alg"),
    (HEADER | {"kid": "ec"}, "token_alg"),
    (HEADER | {"kid": "unknown"}, "token_kid"),
    (HEADER | {"kid": 1}, "token_header"),
    ({"alg": "RS256"}, "token_header"),
    (HEADER | {"jwk": KEY.jwk}, "token_header"),
    (HEADER | {"jku": "https://id.example/jwks"}, "token_header"),
    (HEADER | {"x5u": "https://id.example/x5u"}, "token_header"),
    (HEADER | {"x5c": []}, "token_header"),
    (HEADER | {"crit": []}, "token_header"),
    (HEADER | {"b64": True}, "token_header"),
    (HEADER | {"typ": "secevent+jwt"}, "token_typ"),
    (HEADER | {"typ": "at+jwt"}, "token_typ"),
    (HEADER | {"typ": None}, "token_typ"),
    (b"[]", "token_json"),
    (b'{"alg": "RS256", "alg": "RS256", "kid": "rsa"}', "token_json"),
    (b"[" * 10_000, "token_json"),
]


@pytest.mark.parametrize(("header", "reason"), WRONG_HEADERS, ids=[str(number) for number in range(len(WRONG_HEADERS))])
def test_a_token_with_a_wrong_header_is_refused(header, reason):
    with pytest.raises(WrongProviderProof) as refusal:
        verified(sign(KEY, CLAIMS, header))
    assert refusal.value.reason == reason


GENUINE = sign(KEY, CLAIMS)
WRONG_TEXTS = {
    "padded": (f"{GENUINE}==", "token_base64url"),
    "padded claims": (GENUINE.replace(".", "=.", 1), "token_base64url"),
    "another signature": (f"{GENUINE.rpartition('.')[0]}.{sign(KEY, CLAIMS | {'sub': 'eve'}).rpartition('.')[2]}", "token_signature"),
    "no signature": (f"{GENUINE.rpartition('.')[0]}.", "token_signature"),
    "a shared secret": (provider_tokens.hs256(KEY, CLAIMS, b"client secret"), "token_alg"),
    "no algorithm": (provider_tokens.unsigned(KEY, CLAIMS), "token_alg"),
    "four parts": (f"{GENUINE}.{part(b'x')}", "token_form"),
    "two parts": (GENUINE.rpartition(".")[0], "token_form"),
    "a word": ("token", "token_form"),
    "too long": (sign(KEY, CLAIMS | {"more": "x" * 12_000}), "token_form"),
    "a claim twice": (sign(KEY, json.dumps(CLAIMS).replace('"sub"', '"sub": "eve", "sub"').encode()), "token_json"),
    "a list of claims": (sign(KEY, b"[]"), "token_json"),
    "a letter beyond ASCII": (f"{GENUINE}é", "token_base64url"),
    "somebody else's key": (sign(rsa_key("theirs")._replace(kid="rsa"), CLAIMS), "token_signature"),
    "somebody else's curve": (sign(ec_key("theirs")._replace(kid="ec"), CLAIMS), "token_signature"),
}


@pytest.mark.parametrize("wrong", WRONG_TEXTS)
def test_a_text_that_is_no_token_of_the_provider_is_refused(wrong):
    token, reason = WRONG_TEXTS[wrong]

    with pytest.raises(WrongProviderProof) as refusal:
        verified(token)
    assert refusal.value.reason == reason


def test_a_token_of_16_kb_is_the_longest():
    assert verified(sign(KEY, CLAIMS | {"more": "x" * 11_700}))["sub"] == "ada"
