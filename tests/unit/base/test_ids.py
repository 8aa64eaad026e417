import hashlib
import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_auth.base import ids

KEY = b"k" * 32


def test_an_identifier_is_opaque_and_never_the_same():
    ids_of_one_kind = {ids.new("cus_") for _ in range(2_000)}

    assert len(ids_of_one_kind) == 2_000
    assert all(re.fullmatch(r"cus_[0-9a-v]{24}", each) for each in ids_of_one_kind)


def test_every_letter_of_an_identifier_is_used_in_every_position():
    bodies = [ids.new("") for _ in range(2_000)]

    assert all(len({body[position] for body in bodies}) == 32 for position in range(24))


@given(st.binary(max_size=300))
def test_base64url_reads_back_what_it_wrote_and_needs_no_escape(raw):
    text = ids.base64url(raw)

    assert ids.from_base64url(text) == raw
    assert re.fullmatch(r"[A-Za-z0-9_-]*", text)


@given(st.text(max_size=40))
def test_a_text_is_read_only_in_the_canonical_spelling_of_its_bytes(text):
    raw = ids.from_base64url(text)

    assert raw is None or ids.base64url(raw) == text


@pytest.mark.parametrize("text", ["A", "AB", "AAF", "AA==", "AA=", "A A=", "AA\n", "+A", "/w", "AAA\u0301", "\ud800A", "\u0661A"])
def test_other_spellings_are_no_base64url(text):
    assert ids.from_base64url(text) is None


def test_a_keyed_hash_is_hmac_sha256_over_its_parts_with_their_lengths():
    message = b"\x00\x00\x00\x03use\x00\x00\x00\x01a\x00\x00\x00\x02bc"

    assert ids.hmac_sha256(KEY, "use", "a", b"bc") == hmac.new(KEY, message, hashlib.sha256).digest()


def test_no_two_lists_of_parts_are_one_message():
    lists = [
        ("u", "ab"),
        ("u", "a", "b"),
        ("u", "", "ab"),
        ("u", "ab", ""),
        ("ua", "b"),
        ("u",),
        ("uab",),
        ("u", b"\x00\x00\x00\x01a", "b"),
    ]

    assert len({ids.hmac_sha256(KEY, *parts) for parts in lists}) == len(lists)


def test_a_keyed_hash_depends_on_its_key():
    assert ids.hmac_sha256(KEY, "use", "a") != ids.hmac_sha256(KEY[:-1] + b"j", "use", "a")


def test_a_hash_is_of_its_parts_one_after_the_other():
    assert ids.sha256(b"ab", b"c") == hashlib.sha256(b"abc").digest()
