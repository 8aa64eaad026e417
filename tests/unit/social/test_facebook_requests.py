import hashlib
import hmac
import json

import pytest

from customer_auth.base import clock
from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.social import facebook_requests
from customer_auth.social.facebook_requests import SignedRequest
from tests.harness.forgery import unpadded

pytestmark = pytest.mark.usefixtures("now")

NOW, SECRET = 1_800_000_000, "facebook secret"
DATA = {"algorithm": "HMAC-SHA256", "user_id": "10220304050607080", "issued_at": NOW}


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr(clock, "source", lambda: NOW)


def signed(data, secret=SECRET):
    payload = unpadded(data if isinstance(data, bytes) else json.dumps(data).encode())
    return f"{unpadded(hmac.digest(secret.encode(), payload.encode(), hashlib.sha256))}.{payload}"


def test_a_genuine_request_names_whose_data_is_to_be_deleted():
    assert facebook_requests.verify(signed(DATA), SECRET) == SignedRequest("10220304050607080", NOW)


def test_the_documented_example_is_signed_as_this_module_checks_it():
    """The one that Facebook's pages have shown for years; it names no time, and so passes no further than its signature."""
    example = "vlXgu64BQGFSQrY0ZcJBZASMvYvTHu9GQ0YM9rjPSso.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsIjAiOiJwYXlsb2FkIn0"

    with pytest.raises(WrongProviderProof, match="request_time"):
        facebook_requests.verify(example, "secret")


WRONG = {
    "signed with another secret": (signed(DATA, "another secret"), "request_signature"),
    "signed with nothing": (signed(DATA, ""), "request_signature"),
    "no signature": (signed(DATA).partition(".")[2], "request_form"),
    "an empty signature": (f".{signed(DATA).partition('.')[2]}", "request_form"),
    "padded": (f"{signed(DATA)}=", "request_form"),
    "three parts": (f"{signed(DATA)}.{signed(DATA)}", "request_form"),
    "a letter beyond ASCII": (f"{signed(DATA)}é", "request_form"),
    "nothing": ("", "request_form"),
    "too long": (signed(DATA | {"more": "x" * 8_192}), "request_form"),
    "a list": (signed(b"[]"), "request_json"),
    "a member twice": (signed(b'{"user_id": "1", "user_id": "2"}'), "request_json"),
    "SHA-1": (signed(DATA | {"algorithm": "HMAC-SHA1"}), "request_algorithm"),
    "no algorithm": (signed(DATA | {"algorithm": None}), "request_algorithm"),
    "of yesterday": (signed(DATA | {"issued_at": NOW - 86_401}), "request_time"),
    "of tomorrow": (signed(DATA | {"issued_at": NOW + 61}), "request_time"),
    "a time as text": (signed(DATA | {"issued_at": str(NOW)}), "request_time"),
    "no time": (signed({"algorithm": "HMAC-SHA256", "user_id": "1"}), "request_time"),
    "a number as user": (signed(DATA | {"user_id": 1}), "token_sub"),
    "nobody": (signed(DATA | {"user_id": ""}), "token_sub"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_request_is_refused(wrong):
    signed_request, reason = WRONG[wrong]

    with pytest.raises(WrongProviderProof) as refusal:
        facebook_requests.verify(signed_request, SECRET)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("issued_at", [NOW - 86_400, NOW + 60])
def test_a_request_counts_for_a_day(issued_at):
    assert facebook_requests.verify(signed(DATA | {"issued_at": issued_at}), SECRET).issued_at == issued_at
