"""A receipt is accepted only if its own key has signed it as a receipt."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.api_jws import PyJWS

from customer_auth.deletion import receipts

CONTENT = {"request_id": "adr_0", "erased": {"sessions": 3}}


def pem(private_key) -> str:
    return private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture(scope="module")
def key():
    return ec.generate_private_key(ec.SECP256R1())


def signed(key, algorithm: str = "ES256", **headers: str) -> str:
    return PyJWS().encode(json.dumps(CONTENT).encode(), key, algorithm, headers={"typ": receipts.TYPE} | headers)


def test_a_receipt_says_what_was_signed_whatever_spaces_its_file_ends_with(key):
    assert receipts.check(f"{signed(key)}\n", pem(key)) == CONTENT


def test_a_receipt_of_another_key_is_refused(key):
    with pytest.raises(ValueError, match="this key has not signed the receipt"):
        receipts.check(signed(ec.generate_private_key(ec.SECP256R1())), pem(key))


def test_something_else_that_the_key_has_signed_is_no_receipt(key):
    with pytest.raises(ValueError, match="no receipt, but something else"):
        receipts.check(signed(key, typ="at+jwt"), pem(key))


@pytest.mark.parametrize(
    ("make_key", "algorithm"),
    [
        pytest.param(lambda: rsa.generate_private_key(65537, 2048), "RS256", id="RSA"),
        pytest.param(lambda: ec.generate_private_key(ec.SECP384R1()), "ES384", id="another curve"),
    ],
)
def test_another_kind_of_key_signs_no_receipts(make_key, algorithm):
    other = make_key()

    with pytest.raises(ValueError, match="no receipt, or no key of receipts"):
        receipts.check(signed(other, algorithm), pem(other))


def test_a_key_of_another_kind_does_not_verify_receipts(key):
    with pytest.raises(ValueError, match="no key of receipts"):
        receipts.check(signed(key), pem(ec.generate_private_key(ec.SECP384R1())))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é.é.é"])
def test_a_text_that_is_no_jws_is_no_receipt(key, text):
    with pytest.raises(ValueError, match="this is no receipt"):
        receipts.check(text, pem(key))


def test_an_unsigned_receipt_is_refused(key):
    with pytest.raises(ValueError, match="this is no receipt"):
        receipts.check(signed(None, "none"), pem(key))
