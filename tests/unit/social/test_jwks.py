import pytest

from customer_auth.base.provider_errors import ProviderFailed
from customer_auth.social import jwks
from tests.harness.forgery import unpadded
from tests.harness.provider_tokens import ec_key, rsa_key

RSA = rsa_key("rsa").jwk
EC = ec_key("ec").jwk


def usable(*entries):
    return sorted(jwks.parse({"keys": list(entries)}))


def without(entry, *names):
    return {name: value for name, value in entry.items() if name not in names}


def test_rsa_and_p256_keys_are_usable_by_their_algorithm():
    keys = jwks.parse({"keys": [RSA, EC]})

    assert {kid: key.algorithm for kid, key in keys.items()} == {"rsa": "RS256", "ec": "ES256"}
    assert keys["rsa"].public.public_numbers() == rsa_key("rsa").private.public_key().public_numbers()
    assert keys["ec"].public.public_numbers() == ec_key("ec").private.public_key().public_numbers()


@pytest.mark.parametrize("entry", [RSA, EC], ids=["rsa", "ec"])
def test_a_key_need_not_say_what_it_is_for(entry):
    assert usable(without(entry, "use", "alg")) == [entry["kid"]]


UNUSABLE = {
    "RSA of 1024 bits": rsa_key("rsa", 1024).jwk,
    "RSA of 16384 bits": RSA | {"n": unpadded(b"\xff" * 2048)},
    "an even exponent": RSA | {"e": "Ag"},
    "a huge exponent": RSA | {"e": unpadded(b"\x01" + bytes(3) + b"\x01")},
    "no exponent": without(RSA, "e"),
    "a modulus in plain base64": RSA | {"n": RSA["n"] + "="},
    "a number as modulus": RSA | {"n": 1},
    "for encryption": RSA | {"use": "enc"},
    "for another algorithm": RSA | {"alg": "PS256"},
    "for an algorithm with a shared secret": RSA | {"alg": "HS256"},
    "a curve's algorithm": RSA | {"alg": "ES256"},
    "a private key": RSA | {"d": "AQAB"},
    "a shared secret": {"kid": "oct", "kty": "oct", "k": "c2VjcmV0"},
    "another kind": {"kid": "okp", "kty": "OKP", "crv": "Ed25519", "x": EC["x"]},
    "another curve": EC | {"crv": "P-384"},
    "no point of the curve": EC | {"y": EC["x"]},
    "a longer coordinate": EC | {"x": unpadded(bytes(33))},
    "no name": without(RSA, "kid"),
    "a number as name": RSA | {"kid": 1},
}


@pytest.mark.parametrize("reason", UNUSABLE)
def test_a_key_that_cannot_be_used_is_ignored_and_the_others_stay(reason):
    other = ec_key("other").jwk

    assert usable(UNUSABLE[reason], other) == ["other"]


def test_keys_that_share_a_name_are_all_refused_even_if_only_one_is_usable():
    assert usable(RSA, EC | {"kid": "rsa"}, EC) == ["ec"]
    assert usable(RSA, {"kid": "rsa", "kty": "oct", "k": "c2VjcmV0"}) == []
    assert usable(RSA, RSA) == []


@pytest.mark.parametrize("document", [{}, {"keys": {}}, {"keys": None}, {"keys": ["rsa"]}], ids=str)
def test_what_is_no_set_of_keys_is_a_failure(document):
    with pytest.raises(ProviderFailed, match="jwks_form"):
        jwks.parse(document)
