"""A copy of the tables holds no code, no token and no means to make one: the keys are stored elsewhere."""

import base64
import hashlib
import hmac
import json

import pytest

from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import secret_keys
from customer_auth.otp import derivation
from customer_auth.otp.purposes import Purpose
from tests.harness.forgery import decoded
from tests.harness.people import REGISTER
from tests.harness.world import TABLES

KEY = "an-idempotency-key-of-this-test"


def values(node) -> set[bytes]:
    """Every value and every name in some items, as bytes."""
    if isinstance(node, dict):
        return {name.encode() for name in node} | {value for each in node.values() for value in values(each)}
    if isinstance(node, list):
        return {value for each in node for value in values(each)}
    return {node} if isinstance(node, bytes) else {str(node).encode()}


@pytest.fixture
def dump(api):
    """What a thief of the tables reads of them at this moment."""
    return lambda: values([api.table(name) for name in TABLES])


def contains(needle: str | bytes, dump: set[bytes]) -> bool:
    raw = needle if isinstance(needle, bytes) else needle.encode()
    return any(raw in value for value in dump)


def test_the_search_finds_what_the_tables_do_hold(customer, dump):
    assert contains(customer.id, dump())
    assert contains(customer.phone, dump())


def test_no_token_and_no_secret_of_a_session_is_in_the_tables(customer, dump):
    tokens = [customer.session["refresh_token"]]
    for _ in range(3):
        customer.api.clock.advance(60)
        tokens.append(customer.refresh(tokens[-1])["refreshToken"])
    stolen = dump()

    for token in tokens:
        secret, tag = token.split(".")[4:]
        assert not [part for part in (token, secret, decoded(secret), tag, decoded(tag)) if contains(part, stolen)]
    access = customer.session["token"]
    assert not [part for part in (access, *access.split(".")) if contains(part, stolen)]
    assert not contains(customer.session["device"], stolen)


def test_no_code_is_in_the_tables_before_or_after_its_use(ada, dump):
    challenge, code = ada.request_and_read_code(REGISTER)
    pending = dump()
    ada.verify(code, REGISTER, challenge=challenge, key=KEY)
    used = dump()

    for stolen in (pending, used):
        assert code.encode() not in stolen
        assert str(int(code)).encode() not in stolen
        assert not contains(f" {code}", stolen)
        assert not contains(hashlib.sha256(code.encode()).digest(), stolen)


def test_the_id_of_a_used_challenge_and_the_key_it_was_used_with_are_gone(ada, dump):
    challenge, code = ada.request_and_read_code(REGISTER)
    challenge_id = decoded(challenge)[-16:]
    assert contains(challenge_id, dump())

    ada.verify(code, REGISTER, challenge=challenge, key=KEY)
    stolen = dump()

    assert not [part for part in (challenge, challenge_id, KEY) if contains(part, stolen)]
    assert contains(hashlib.sha256(challenge_id).digest()[:16], stolen)  # what is kept of it


def test_no_key_of_a_keyed_hash_is_in_the_tables(customer, engine, dump):
    secrets = engine.clients.secrets
    derivation_key = json.loads(secrets.get_secret_value(SecretId=engine.ids["DerivationKey"])["SecretString"])
    index_key = secrets.get_secret_value(SecretId=engine.ids["IndexKey"])["SecretString"]

    assert not [secret for secret in (*derivation_key.values(), index_key) if contains(secret, dump())]


def test_1_000_000_guesses_without_the_derivation_key_recover_no_code(api, ada, part_of, report):
    count = part_of(1_000_000)
    _, code = ada.request_and_read_code(REGISTER)
    [item] = [item for item in api.table("CodesTable") if ada.phone in repr(item)]
    stolen = values(item)
    first = int(code) // count * count  # the right one is among them
    guesses = [f"{guess:06d}".encode() for guess in range(first, first + count)]
    known = [value for value in stolen if len(value) >= 4]
    digests = {value for value in stolen if len(value) >= 8}

    recovered = {
        guess
        for guess in guesses
        for digest in (hashlib.sha256(guess).digest(), *(hmac.digest(value, guess, "sha256") for value in known))
        if digest in digests or digest[:16] in digests or digest.hex().encode() in digests
    }

    assert code.encode() in guesses
    assert recovered == set()
    report(f"{count} codes tried on a dump, each under {len(known)} stolen values: 0 recovered")


def texts(value: bytes) -> set[str]:
    """The value in each form in which the secret might hold it."""
    plain = {value.decode()} if value.decode(errors="ignore").encode() == value else set()
    return plain | {value.hex(), base64.b64encode(value).decode()}


def test_nothing_in_the_tables_serves_as_the_derivation_key(api, ada, derivation_key):
    _, code = ada.request_and_read_code(REGISTER)
    [item] = [item for item in api.table("CodesTable") if ada.phone in repr(item)]
    nonce = item["register"]["M"]["nonce"]["B"]
    address = Address(Channel.PHONE, ada.phone, ada.phone, "US")

    version = int(item["register"]["M"]["derivation_key"]["N"])

    def derived(text: str) -> str:
        derivation_key.put({str(version): text})
        secret_keys.forget()
        return derivation.derive_code(nonce, version, Purpose.REGISTER, address)

    assert derived(derivation_key.versions[str(version)]) == code
    assert sum(derived(text) == code for value in values(item) | {b"", b"0"} for text in texts(value)) == 0
