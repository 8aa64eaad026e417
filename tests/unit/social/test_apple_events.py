import json

import pytest

from customer_auth.base import clock
from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.social import apple_events
from customer_auth.social.apple_events import AppleEvent
from customer_auth.social.signed_tokens import VerificationKey
from tests.harness.provider_events import apple_claims
from tests.harness.provider_tokens import rsa_key, sign

pytestmark = pytest.mark.usefixtures("now")

NOW = 1_800_000_000
ISSUER, CLIENT, SUB = "https://appleid.apple.com", "com.example.shop", "820417.faa325acbc78e1be1668ba852d492d8a.0219"
KEY = rsa_key("apple-1")


def find_key(kid):
    return VerificationKey("RS256", KEY.private.public_key()) if kid == KEY.kid else None


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr(clock, "source", lambda: NOW)


def verified(kind="consent-revoked", **changes):
    token = sign(KEY, apple_claims(ISSUER, CLIENT, SUB, kind, **changes))
    return apple_events.verify(token, find_key, issuer=ISSUER, audiences=["com.example.shop.web", CLIENT])


@pytest.mark.parametrize("kind", ["email-disabled", "email-enabled", "consent-revoked", "account-delete"])
def test_an_event_is_read_from_the_text_that_apple_sends(kind):
    assert verified(kind) == AppleEvent("abede", kind, SUB, NOW)


def test_an_event_is_read_from_the_object_that_apple_documents():
    assert verified(events={"type": "account-delete", "sub": SUB, "event_time": 1_508_184_845_000}).event_at == 1_508_184_845


EVENT = {"type": "account-delete", "sub": SUB, "event_time": 1}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": f"{ISSUER}/"}, "token_iss"),
        ({"aud": "com.example.other"}, "token_aud"),
        ({"exp": ...}, "token_exp"),
        ({"exp": NOW}, "token_exp"),
        ({"iat": NOW + 61}, "token_iat"),
        ({"jti": ...}, "token_jti"),
        ({"events": ...}, "token_events"),
        ({"events": "{"}, "token_events"),
        ({"events": json.dumps([EVENT])}, "token_events"),
        ({"events": '{"type": "a", "type": "b", "sub": "c", "event_time": 1}'}, "token_events"),
        ({"events": EVENT | {"type": "Account Delete"}}, "token_events"),
        ({"events": EVENT | {"type": None}}, "token_events"),
        ({"events": EVENT | {"event_time": "1"}}, "token_events"),
        ({"events": EVENT | {"event_time": -1}}, "token_events"),
        ({"events": EVENT | {"sub": ""}}, "token_sub"),
    ],
    ids=str,
)
def test_a_wrong_token_is_refused(changes, reason):
    with pytest.raises(WrongProviderProof) as refusal:
        verified(**changes)
    assert refusal.value.reason == reason


def test_a_token_of_somebody_else_is_refused():
    token = sign(rsa_key("theirs")._replace(kid=KEY.kid), apple_claims(ISSUER, CLIENT, SUB, "account-delete"))

    with pytest.raises(WrongProviderProof, match="token_signature"):
        apple_events.verify(token, find_key, issuer=ISSUER, audiences=[CLIENT])
