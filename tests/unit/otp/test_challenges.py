import base64
import re
import secrets
from collections import Counter
from itertools import permutations

import pytest

from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import keys
from customer_auth.aws.keys import Lane
from customer_auth.base import ids
from customer_auth.base.client import Client
from customer_auth.base.errors import WrongCode
from customer_auth.otp import challenges, derivation, devices, lanes
from customer_auth.otp.challenges import Challenge
from customer_auth.otp.lanes import CodeItemRef
from customer_auth.otp.purposes import Purpose

pytestmark = pytest.mark.usefixtures("stored_secrets", "template_settings")

PHONE = Address(Channel.PHONE, "+12125550123", "+12125550123", "US")
OTHER = Address(Channel.PHONE, "+12125550124", "+12125550124", "US")
EMAIL = Address(Channel.EMAIL, "ada@example.com", "ada@example.com")
NONCE = b"n" * 16


def named(challenge, ref=None):
    """The challenge as its client has it."""
    return challenges.encode((ref or CodeItemRef.untrusted(PHONE)).item_key, challenge.purpose, challenge.id)


def chosen(client):
    """The lane that a client's codes are requested in."""
    return lanes.in_lane(client, PHONE, lambda ref: ref)


@pytest.fixture
def challenge(second):
    return Challenge.new(Purpose.LOGIN, PHONE, "en")


@pytest.mark.parametrize(("address", "seconds"), [(PHONE, 300), (EMAIL, 600)], ids=["SMS", "email"])
def test_a_code_lives_five_minutes_by_sms_and_ten_by_email(second, address, seconds):
    second(5_000)

    assert Challenge.new(Purpose.SIGN_IN, address, "en").expires_at == 5_000 + seconds


@pytest.mark.parametrize("lane", list(Lane))
@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_challenge_alone_leads_to_its_code_item(second, purpose, lane):
    challenge = Challenge.new(purpose, PHONE, "en")
    client = Client("192.0.2.1", device=devices.issue(PHONE, at=2_000) if lane is Lane.TRUSTED else None)
    place = chosen(client)

    ref, challenge_id = lanes.of_challenge(named(challenge, place), purpose, PHONE)

    assert (ref.lane, ref.item_key, challenge_id) == (lane, place.item_key, challenge.id)


@pytest.mark.parametrize(("purpose", "other_purpose"), list(permutations(Purpose, 2)))
def test_a_challenge_is_of_one_purpose(second, purpose, other_purpose):
    challenge = Challenge.new(purpose, PHONE, "en")

    with pytest.raises(WrongCode):
        lanes.of_challenge(named(challenge), other_purpose, PHONE)


@pytest.mark.parametrize("address", [OTHER, EMAIL])
def test_a_challenge_is_of_one_address(challenge, address):
    with pytest.raises(WrongCode):
        lanes.of_challenge(named(challenge), Purpose.LOGIN, address)


def test_two_challenges_for_one_address_share_only_the_byte_of_the_purpose(second):
    seen = set()
    for _ in range(2_000):
        raw = ids.from_base64url(named(Challenge.new(Purpose.LOGIN, PHONE, "en")))
        parts = {raw[:8], raw[8:16], raw[17:25], raw[25:]}

        assert raw[16] == 1
        assert not seen & parts
        seen |= parts


def test_no_flipped_bit_of_a_challenge_leads_to_a_code_item_of_its_address(challenge):
    place = CodeItemRef.untrusted(PHONE)
    raw = ids.from_base64url(named(challenge))
    for bit in range(8 * len(raw)):
        flipped = (int.from_bytes(raw, "big") ^ 1 << bit).to_bytes(len(raw), "big")

        item_key, purpose, _ = challenges.decode(ids.base64url(flipped)) or (b"", None, b"")

        assert (item_key, purpose) != (place.item_key, Purpose.LOGIN)


def test_the_bytes_of_purposes_never_change():
    bytes_of = {purpose: ids.from_base64url(challenges.encode(bytes(16), purpose, bytes(16)))[16] for purpose in Purpose}

    assert bytes_of == {
        "register": 0,
        "login": 1,
        "sign_in": 2,
        "verify": 3,
        "reset": 4,
        "contact": 5,
        "notification": 6,
        "deletion": 7,
        "cancellation": 8,
        "guest": 9,
        "consent": 10,
    }


@pytest.mark.parametrize("lane", list(Lane))
def test_a_challenge_alone_names_its_lane(second, lane):
    client = Client("192.0.2.1", device=devices.issue(PHONE, at=2_000) if lane is Lane.TRUSTED else None)

    ref, _ = lanes.of_challenge(named(Challenge.new(Purpose.VERIFY, PHONE, "en"), chosen(client)), Purpose.VERIFY)

    assert ref.lane is lane
    assert CodeItemRef.decoy("nobody").lane is Lane.UNTRUSTED
    assert keys.lane_of(CodeItemRef.decoy("nobody").item_key) is Lane.UNTRUSTED


SPOILT = {
    "a letter short": lambda text: text[:-1],
    "a byte short": lambda text: text[:-2],
    "a letter long": lambda text: text + "A",
    "bytes long": lambda text: text + "AAAA",
    "padded": lambda text: text + "=",
    "with a line end": lambda text: text + "\n",
    "with a space": lambda text: f" {text}",
    "another place": lambda text: ("B" if text[0] == "A" else "A") + text[1:],
    "not ASCII": lambda text: text.replace(text[5], "é"),
    "nothing": lambda text: "",
    "a letter": lambda text: "0",
    "much too long": lambda text: "A" * 2_000,
}


@pytest.mark.parametrize("spoil", list(SPOILT.values()), ids=SPOILT)
def test_a_damaged_challenge_names_nothing(challenge, spoil):
    with pytest.raises(WrongCode):
        lanes.of_challenge(spoil(named(challenge)), Purpose.LOGIN, PHONE)


def test_a_challenge_is_random_and_holds_no_address(second):
    texts = {named(Challenge.new(Purpose.LOGIN, PHONE, "en")) for _ in range(100)}

    assert len(texts) == 100
    assert all(b"2125550123" not in base64.urlsafe_b64decode(text + "==") for text in texts)


def test_a_code_is_derived_from_all_that_it_is_bound_to():
    bound_to = [
        (nonce, derivation_key, purpose, address)
        for nonce in (NONCE, b"m" * 16)
        for derivation_key in (1, 2_000)
        for purpose in Purpose
        for address in (PHONE, OTHER, EMAIL)
    ]

    assert len({derivation.derive_code(*each) for each in bound_to}) == len(bound_to)
    assert derivation.derive_code(*bound_to[0]) == derivation.derive_code(*bound_to[0])


def test_a_code_is_the_same_in_every_spelling_of_its_address():
    assert derivation.derive_code(NONCE, 1, Purpose.SIGN_IN, EMAIL) == derivation.derive_code(
        NONCE, 1, Purpose.SIGN_IN, EMAIL._replace(spelling="Ada@example.com")
    )


@pytest.mark.parametrize(
    ("charset", "length", "form"),
    [("numeric", 6, r"[0-9]{6}"), ("numeric", 10, r"[0-9]{10}"), ("alphanumeric", 8, r"[2-9A-HJKMNP-Z]{8}")],
)
def test_a_code_has_the_configured_form(setting, charset, length, form):
    setting(OTP_CHARSET=charset, OTP_LENGTH=length)

    codes = [derivation.derive_code(secrets.token_bytes(16), 1, Purpose.LOGIN, PHONE) for _ in range(200)]

    assert all(re.fullmatch(form, code) for code in codes)


def test_every_digit_comes_equally_often_in_every_position():
    codes = [derivation.derive_code(secrets.token_bytes(16), 1, Purpose.LOGIN, PHONE) for _ in range(10_000)]

    for position in range(6):
        counts = Counter(code[position] for code in codes)
        assert len(counts) == 10
        assert 800 < min(counts.values()) <= max(counts.values()) < 1_200  # 6.6 standard deviations


def test_a_challenge_whose_derivation_key_is_gone_opens_nothing(second):
    with pytest.raises(WrongCode):
        derivation.derive_code(NONCE, 7, Purpose.LOGIN, PHONE)


def test_a_new_challenge_has_all_its_attempts_and_a_message_to_send(challenge):
    item = challenge.item()

    assert (item["bound"], item["unbound"], item["delivery"]) == ({}, {}, "queued")
