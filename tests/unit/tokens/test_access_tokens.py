import base64
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from customer_auth.base import clock
from customer_auth.tokens import access_tokens, keyring
from customer_auth.tokens.keyring_items import SigningKey
from customer_auth.tokens.strict_jws import InvalidToken
from tests.harness.forgeries import FORGERIES
from tests.harness.forgery import Forge, claims_of, header_of, unpadded
from tests.unit.aws_stub import stubbed

pytestmark = pytest.mark.usefixtures("stored_secrets", "template_settings", "signing_key")

ISSUER = "https://auth.shop.example"
KID = "key_test"
SEALED = b"sealed"
# A real second, because libraries without our clock read these tokens too.
NOW = int(time.time())


@pytest.fixture(scope="module")
def private_key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def unsealed_key(private_key, stored_secrets):
    """The private key, which KMS has decrypted once."""
    plain = private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    with stubbed() as kms:
        sealed = base64.b64encode(SEALED).decode()
        parameters = {"CiphertextBlob": sealed, "EncryptionContext": {"purpose": "signing-key"}, "KeyId": "signing-keys"}
        kms.answers("Decrypt", parameters, {"Plaintext": base64.b64encode(plain).decode()})
        keyring._decrypt(SEALED)
    yield
    keyring.forget()


@pytest.fixture
def signing_key(private_key, unsealed_key, second):
    """A key of the test in the keyring."""
    second(NOW)
    numbers = private_key.public_key().public_numbers()
    keyring._keyring.keys = [SigningKey(KID, NOW, NOW + 30 * clock.DAY, unpadded(numbers.n.to_bytes(256, "big")), "AQAB", SEALED)]
    keyring._keyring.read_at = NOW


@pytest.fixture
def claims():
    return access_tokens.Claims(
        iss=ISSUER,
        sub="cus_ada",
        aud="storefront",
        exp=NOW + 900,
        iat=NOW,
        jti="one",
        sid="ses_one",
        auth_time=NOW - 60,
        amr=["otp", "sms"],
        roles=[],
    )


@pytest.fixture
def forge(claims, private_key):
    return Forge(access_tokens.issue(claims), private_key)


def test_what_is_issued_is_what_is_read(claims):
    assert access_tokens.verify(access_tokens.issue(claims), ISSUER) == claims


def test_the_header_names_algorithm_type_and_key_and_nothing_else(claims):
    assert header_of(access_tokens.issue(claims)) == {"alg": "RS256", "typ": "at+jwt", "kid": KID}


def test_the_payload_holds_every_claim_and_nothing_else(claims):
    assert claims_of(access_tokens.issue(claims)) == claims._asdict()


def test_any_library_can_verify_a_token_with_the_public_key(claims, private_key):
    read = jwt.decode(access_tokens.issue(claims), private_key.public_key(), algorithms=["RS256"], audience="storefront", issuer=ISSUER)

    assert read["sub"] == "cus_ada"


def test_a_token_built_by_hand_is_accepted_if_nothing_is_forged(forge):
    assert access_tokens.verify(forge.sign(), ISSUER).sub == "cus_ada"


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_token_is_refused(forge, forgery):
    with pytest.raises(InvalidToken):
        access_tokens.verify(FORGERIES[forgery](forge), ISSUER)


def test_a_token_is_valid_until_the_second_before_its_end(forge, second):
    second(NOW + 899)

    assert access_tokens.verify(forge.real, ISSUER).exp == NOW + 900


@pytest.mark.parametrize("late", [0, 1, 60, clock.HOUR, clock.DAY])
def test_a_token_ends_at_its_second(forge, second, late):
    second(NOW + 900 + late)

    with pytest.raises(InvalidToken):
        access_tokens.verify(forge.real, ISSUER)


@pytest.mark.parametrize(("ahead", "accepted"), [(60, True), (61, False)])
def test_another_container_s_clock_may_be_a_minute_ahead(claims, ahead, accepted):
    token = access_tokens.issue(claims._replace(iat=NOW + ahead))

    if accepted:
        assert access_tokens.verify(token, ISSUER).iat == NOW + ahead
    else:
        with pytest.raises(InvalidToken):
            access_tokens.verify(token, ISSUER)


@pytest.mark.parametrize("issuer", ["https://other.shop.example", "http://auth.shop.example", "https://auth.shop.example/", ""])
def test_a_token_opens_nothing_under_another_issuer(forge, issuer):
    with pytest.raises(InvalidToken):
        access_tokens.verify(forge.real, issuer)


def test_a_token_for_an_earlier_audience_opens_nothing(forge, setting):
    setting(AUDIENCE="elsewhere")

    with pytest.raises(InvalidToken):
        access_tokens.verify(forge.real, ISSUER)


def test_a_token_of_4096_letters_is_the_longest(forge):
    spare = (4_096 - len(forge.claiming(roles=[""]))) * 3 // 4

    assert access_tokens.verify(forge.claiming(roles=["x" * (spare - 3)]), ISSUER).sub == "cus_ada"
    with pytest.raises(InvalidToken):
        access_tokens.verify(forge.claiming(roles=["x" * (spare + 3)]), ISSUER)


@pytest.mark.parametrize("size", [5_000, 100_000, 1_000_000])
def test_a_huge_token_is_refused_unread(forge, size):
    for huge in (forge.claiming(roles=["x" * size]), "x" * size, "." * size, forge.real + "A" * size):
        with pytest.raises(InvalidToken):
            access_tokens.verify(huge, ISSUER)
