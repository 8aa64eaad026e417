import pytest

from customer_auth.base import clock
from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.social import google_events
from customer_auth.social.google_events import AccountEvent
from customer_auth.social.signed_tokens import VerificationKey
from tests.harness.provider_events import OAUTH, RISC, google_claims
from tests.harness.provider_tokens import rsa_key, sign

pytestmark = pytest.mark.usefixtures("now")

ISSUER, CLIENT, SUB = "https://accounts.google.com", "google-client", "7375626A656374"
KEY = rsa_key("google-1")


def find_key(kid):
    return VerificationKey("RS256", KEY.private.public_key()) if kid == KEY.kid else None


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr(clock, "source", lambda: 1_800_000_000)


def verified(*events, header=None, **changes):
    token = sign(KEY, google_claims(ISSUER, CLIENT, SUB, *events, **changes), header)
    return google_events.verify(token, find_key, issuer=ISSUER, client_ids=["ios-client", CLIENT])


def test_events_are_read_with_their_account():
    security_events = verified("account-disabled", "tokens-revoked")

    assert security_events.jti == "756E69717565"
    assert security_events.events == [AccountEvent("account-disabled", SUB), AccountEvent("tokens-revoked", SUB)]


@pytest.mark.parametrize("typ", ["secevent+jwt", "JWT", None])
def test_a_security_event_token_may_say_that_it_is_one(typ):
    header = {"alg": "RS256", "kid": KEY.kid} | ({"typ": typ} if typ else {})

    assert verified("sessions-revoked", header=header).events == [AccountEvent("sessions-revoked", SUB)]


def test_the_audience_may_be_one_of_several_clients_without_an_authorized_party():
    assert verified("account-enabled", aud=["somebody", CLIENT]).events


@pytest.mark.parametrize(
    "event",
    [
        {f"{RISC}verification": {"state": "hello"}},
        {f"{OAUTH}token-revoked": {"subject": {"subject_type": "oauth_token", "token_type": "refresh_token", "token": "abc"}}},
        {f"{RISC}account-disabled": {"subject": {"subject_type": "iss-sub", "iss": "https://accounts.example/", "sub": SUB}}},
        {f"{RISC}account-disabled": []},
    ],
    ids=["verification", "a token", "another issuer's account", "nonsense"],
)
def test_an_event_about_no_account_of_google_names_none(event):
    assert [each.sub for each in verified(events=event).events] == [None]


@pytest.mark.parametrize(
    "uri", ["https://schemas.example/secevent/risc/event-type/account-disabled", f"{RISC}", f"{RISC}a/b", f"x{RISC}ab"]
)
def test_events_of_other_kinds_are_left_out(uri):
    assert verified(events={uri: {}}).events == []


@pytest.mark.parametrize(("age", "is_accepted"), [(7 * clock.DAY, True), (7 * clock.DAY + 1, False), (-60, True), (-61, False)])
def test_a_token_counts_for_seven_days(age, is_accepted):
    if is_accepted:
        assert verified("account-disabled", iat=clock.now() - age).events
    else:
        with pytest.raises(WrongProviderProof, match="token_iat"):
            verified("account-disabled", iat=clock.now() - age)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": ISSUER}, "token_iss"),
        ({"iss": "https://accounts.example/"}, "token_iss"),
        ({"aud": "another-client"}, "token_aud"),
        ({"aud": []}, "token_aud"),
        ({"aud": {"google-client": 1}}, "token_aud"),
        ({"iat": ...}, "token_iat"),
        ({"iat": True}, "token_iat"),
        ({"exp": 1}, "token_exp"),
        ({"jti": ...}, "token_jti"),
        ({"jti": ""}, "token_jti"),
        ({"jti": 1}, "token_jti"),
        ({"jti": "x" * 256}, "token_jti"),
        ({"events": ...}, "token_events"),
        ({"events": {}}, "token_events"),
        ({"events": "account-disabled"}, "token_events"),
        ({"events": {f"{RISC}account-disabled": {"subject": {"subject_type": "iss-sub", "iss": ISSUER, "sub": 1}}}}, "token_sub"),
    ],
    ids=str,
)
def test_a_wrong_token_is_refused(changes, reason):
    with pytest.raises(WrongProviderProof) as refusal:
        verified("account-disabled", **changes)
    assert refusal.value.reason == reason


def test_a_token_of_somebody_else_is_refused():
    token = sign(rsa_key("theirs")._replace(kid=KEY.kid), google_claims(ISSUER, CLIENT, SUB, "account-disabled"))

    with pytest.raises(WrongProviderProof, match="token_signature"):
        google_events.verify(token, find_key, issuer=ISSUER, client_ids=[CLIENT])
