"""Google and Apple, in order and out of order."""

import pytest

from customer_auth import audit
from customer_auth.base import clock
from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut, WrongProviderProof
from customer_auth.customers.customers import Names
from customer_auth.outgoing.deadline import Deadline
from customer_auth.social import apple_form, discovery
from customer_auth.social.discovery import Endpoints
from customer_auth.social.openid import OpenIdProvider
from customer_auth.social.provider import CodeAccepted, CodeAcceptedLate, ProviderAccount
from tests.harness import provider_faults, provider_tokens
from tests.harness.provider_clients import PENDING, REDIRECT_URI, client_of, signed_in
from tests.harness.provider_tokens import ec_key, rsa_key

ADA = ProviderAccount(
    provider="google",
    sub="110169484474386276334",
    email="ada@gmail.com",
    email_verified=True,
    names=Names("Ada", "Lovelace"),
    picture="https://pictures.example/ada.jpg",
)


def test_google_vouches_for_a_person(google):
    assert signed_in(google) == ADA
    assert google.counts == {"discovery": 1, "token": 1, "jwks": 1}


def test_a_second_sign_in_asks_for_the_token_alone(google):
    signed_in(google)
    google.calls.clear()

    assert signed_in(google) == ADA
    assert google.counts == {"token": 1}


def test_apple_vouches_for_a_person_and_gives_a_token_to_revoke(apple):
    account = signed_in(apple)

    assert (account.sub, account.email, account.email_verified) == ("001234.5a6b7c8d9e0f.0123", "x7k2m9@privaterelay.appleid.com", True)
    assert client_of(apple).revoke(account.refresh_token, Deadline())
    assert apple.revoked == [account.refresh_token]


def test_apple_is_asked_to_post_its_answer_and_sends_names_beside_it(apple):
    url = client_of(apple).authorization_url(PENDING, REDIRECT_URI, Deadline())

    assert "response_mode=form_post" in url
    assert "scope=openid+name+email" in url
    assert apple_form.names_from_user(apple.sign_in(url).user) == Names("Ada", "Lovelace")


def test_a_refresh_token_that_nobody_revokes_is_not_taken(google):
    granted = google.token
    google.token = lambda form: granted(form) | {"refresh_token": "secret"}

    assert signed_in(google).refresh_token is None


def test_a_provider_without_an_endpoint_for_it_revokes_nothing(apple):
    apple.document["revocation_endpoint"] = ...

    assert client_of(apple).revoke("refresh", Deadline()) is False


def test_a_revocation_that_the_provider_refuses_has_failed(apple):
    apple.faults["revoke"] = provider_faults.status(503)

    with pytest.raises(ProviderFailed):
        client_of(apple).revoke("refresh", Deadline())


def test_a_fourth_provider_is_settings_alone(google):
    fourth = OpenIdProvider(name="fourth", issuer=google.issuer, client_id=google.client_id, client_secret=lambda: google.client_secret)
    code = google.sign_in(fourth.authorization_url(PENDING, REDIRECT_URI, Deadline()), email="ada@example.com").code

    account = fourth.exchange(code, PENDING, REDIRECT_URI, Deadline())
    assert account == ADA._replace(provider="fourth", email="ada@example.com")


WRONG_CLAIMS = {
    "another issuer": ({"iss": "https://accounts.example"}, "token_iss"),
    "no issuer": ({"iss": ...}, "token_iss"),
    "another audience": ({"aud": "another-client"}, "token_aud"),
    "audiences without ours": ({"aud": ["another-client"]}, "token_aud"),
    "no audience": ({"aud": ...}, "token_aud"),
    "two audiences and no authorized party": ({"aud": ["google-client", "another-client"], "azp": ...}, "token_azp"),
    "two audiences and another authorized party": ({"aud": ["google-client", "another-client"], "azp": "another-client"}, "token_azp"),
    "another authorized party": ({"azp": "another-client"}, "token_azp"),
    "another nonce": ({"nonce": "nonce-of-another-browser"}, "token_nonce"),
    "no nonce": ({"nonce": ...}, "token_nonce"),
    "no end": ({"exp": ...}, "token_exp"),
    "no beginning": ({"iat": ...}, "token_iat"),
    "no subject": ({"sub": ...}, "token_sub"),
    "a subject of 10 KB": ({"sub": "1" * 10_240}, "token_sub"),
    "a subject beyond ASCII": ({"sub": "ada-é"}, "token_sub"),
}


@pytest.mark.parametrize("wrong", WRONG_CLAIMS)
def test_a_token_with_wrong_claims_opens_nothing(google, wrong):
    changes, reason = WRONG_CLAIMS[wrong]
    google.claims |= changes

    with pytest.raises(WrongProviderProof) as refusal:
        signed_in(google)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(("claim", "seconds", "is_accepted"), [("exp", 0, False), ("exp", 1, True), ("iat", 61, False), ("iat", 60, True)])
def test_a_token_has_its_time(google, claim, seconds, is_accepted):
    google.claims[claim] = clock.now() + seconds

    if is_accepted:
        assert signed_in(google) == ADA
    else:
        with pytest.raises(WrongProviderProof):
            signed_in(google)


def test_several_audiences_are_accepted_when_the_token_was_issued_to_us(google):
    google.claims |= {"aud": [google.client_id, "another-client"]}

    assert signed_in(google) == ADA


WRONG_SIGNATURES = {
    "none": (lambda google: provider_tokens.unsigned, "token_alg"),
    "HS256 by the client secret": (
        lambda google: lambda key, claims: provider_tokens.hs256(key, claims, google.client_secret.encode()),
        "token_alg",
    ),
    "a key of somebody else under the provider's name": (
        lambda google: lambda key, claims: provider_tokens.sign(rsa_key("theirs")._replace(kid=key.kid), claims),
        "token_signature",
    ),
    "ES256 that the provider does not announce": (
        lambda google: lambda key, claims: provider_tokens.sign(ec_key("curved"), claims),
        "token_kid",
    ),
}


@pytest.mark.parametrize("wrong", WRONG_SIGNATURES)
def test_a_token_with_a_wrong_signature_opens_nothing(google, wrong):
    make, reason = WRONG_SIGNATURES[wrong]
    google.sign = make(google)
    google.published = [google.keys[0].jwk, ec_key("curved").jwk]

    with pytest.raises(WrongProviderProof) as refusal:
        signed_in(google)
    assert refusal.value.reason == reason


def test_es256_is_accepted_where_the_provider_announces_it(google):
    google.keys.append(ec_key("curved"))
    google.document["id_token_signing_alg_values_supported"] = ["ES256", "none", "HS256"]

    assert signed_in(google) == ADA


@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c", "crit", "b64"])
def test_a_token_brings_no_key_and_no_rules_of_its_own(google, member):
    google.header[member] = {"jwk": google.keys[0].jwk, "x5c": ["MIIB"], "crit": ["exp"], "b64": True}.get(member, f"{google.url}/jwks")

    with pytest.raises(WrongProviderProof, match="token_header"):
        signed_in(google)


def test_a_token_that_names_no_published_key_opens_nothing_and_has_the_keys_fetched_once_a_minute(google, wait):
    signed_in(google)
    google.published = [google.keys[0].jwk]
    google.rotate()
    for _ in range(3):
        with pytest.raises(WrongProviderProof, match="token_kid"):
            signed_in(google)
    assert google.counts["jwks"] == 2

    wait(59)
    with pytest.raises(WrongProviderProof):
        signed_in(google)
    assert google.counts["jwks"] == 2

    wait(1)
    with pytest.raises(WrongProviderProof):
        signed_in(google)
    assert google.counts["jwks"] == 3


def test_a_provider_may_change_its_key_in_the_middle(google):
    signed_in(google)
    google.rotate()

    assert signed_in(google) == ADA
    assert google.counts["jwks"] == 2


def test_keys_that_share_a_name_verify_nothing(google):
    google.published = [google.keys[0].jwk, rsa_key("another")._replace(kid=google.keys[0].kid).jwk]

    with pytest.raises(WrongProviderProof, match="token_kid"):
        signed_in(google)


def test_keys_are_kept_as_long_as_the_provider_says(google, wait):
    google.headers["jwks"] = {"cache-control": "public, max-age=7200, must-revalidate"}
    signed_in(google)
    wait(7_199)
    signed_in(google)
    assert google.counts["jwks"] == 1

    wait(1)
    signed_in(google)
    assert google.counts["jwks"] == 2


@pytest.mark.parametrize(("says", "seconds"), [("max-age=0", 300), ("no-store", 3_600), ("max-age=999999999", 86_400)])
def test_how_long_keys_are_kept_has_bounds(google, wait, says, seconds):
    google.headers["jwks"] = {"cache-control": says}
    signed_in(google)
    wait(seconds - 1)
    google.claims["exp"] = clock.now() + 100
    signed_in(google)
    assert google.counts["jwks"] == 1

    wait(1)
    signed_in(google)
    assert google.counts["jwks"] == 2


def test_a_code_comes_with_its_own_verifier(google):
    with pytest.raises(WrongProviderProof) as refusal:
        signed_in(google, pending=PENDING._replace(verifier="another-" + "v" * 35))
    assert refusal.value.reason == "code"


def test_a_code_of_another_provider_opens_nothing(google, apple):
    code = google.sign_in(client_of(google).authorization_url(PENDING, REDIRECT_URI, Deadline())).code

    with pytest.raises(WrongProviderProof, match="code"):
        client_of(apple).exchange(code, PENDING, REDIRECT_URI, Deadline())


def test_a_token_that_another_provider_issued_for_the_same_client_opens_nothing(google, apple):
    """A mix-up (RFC 9700 §4.4): the attacker's provider hands on what an honest one issued, and even publishes its keys."""
    apple.client_id = google.client_id
    google.sign = lambda _, claims: apple.signed(claims | {"iss": apple.issuer})
    google.published = [key.jwk for key in apple.keys]

    with pytest.raises(WrongProviderProof, match="token_iss"):
        signed_in(google)


BROKEN = {
    "500": provider_faults.status(500),
    "a redirect": provider_faults.redirect("http://localhost:1/"),
    "a page": provider_faults.nonsense,
    "members twice": provider_faults.twice,
    "100 KB": provider_faults.huge,
    "a list": provider_faults.body([]),
    "an empty object": provider_faults.body({}),
    "nothing at all": provider_faults.raw(b""),
    "half an answer": provider_faults.raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"),
    "no HTTP": provider_faults.raw(b"220 mail.example ESMTP\r\n"),
    "an answer before the answer": provider_faults.raw(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
}


@pytest.mark.parametrize("endpoint", ["discovery", "jwks", "token"])
@pytest.mark.parametrize("fault", BROKEN)
def test_a_provider_that_is_out_of_order_has_failed_and_nothing_of_its_answer_is_repeated(google, endpoint, fault):
    google.faults[endpoint] = BROKEN[fault]

    with pytest.raises(ProviderFailed) as failure:
        signed_in(google)
    assert failure.value.reason.replace("_", "").isalpha()
    assert not failure.value.members


@pytest.mark.parametrize("endpoint", ["discovery", "jwks", "token"])
@pytest.mark.parametrize("fault", [provider_faults.slow(), provider_faults.dripping(0.02)], ids=["late", "drips"])
def test_a_provider_that_is_late_or_drips_has_timed_out(google, endpoint, fault, little_time):
    google.faults[endpoint] = fault

    with pytest.raises(ProviderTimedOut):
        signed_in(google, deadline=little_time)


def test_all_requests_of_a_call_share_its_time(google):
    google.faults |= dict.fromkeys(("discovery", "jwks", "token"), provider_faults.slow(0.2))

    with pytest.raises(ProviderTimedOut):
        signed_in(google, deadline=Deadline(each_seconds=0.35, all_seconds=0.5))


@pytest.mark.parametrize("error", ["invalid_client", "invalid_request", "unauthorized_client", "something of theirs"])
def test_a_provider_that_refuses_the_client_has_failed(google, error):
    google.faults["token"] = provider_faults.status(401, b'{"error": "%s", "error_description": "of theirs"}' % error.encode())

    with pytest.raises(ProviderFailed) as failure:
        signed_in(google)
    assert failure.value.reason == ("token_status" if "theirs" in error else f"token_{error}")


def test_a_code_is_used_only_when_the_keys_are_there(google):
    google.faults["jwks"] = provider_faults.status(500)
    with pytest.raises(ProviderFailed) as failure:
        signed_in(google)

    assert not isinstance(failure.value, CodeAccepted)
    assert google.counts["token"] == 0


def test_an_answer_without_a_token_is_a_failure(google):
    google.faults["token"] = provider_faults.body({"access_token": "alone"})

    with pytest.raises(ProviderFailed, match="no_id_token"):
        signed_in(google)


def test_a_failure_after_an_accepted_code_says_that_the_code_is_used_up(google):
    signed_in(google)
    google.rotate()
    google.faults["jwks"] = provider_faults.status(500)

    with pytest.raises(CodeAccepted, match="jwks_status"):
        signed_in(google)


def test_a_timeout_after_an_accepted_code_says_that_the_code_is_used_up(google, little_time):
    signed_in(google)
    google.rotate()
    google.faults["jwks"] = provider_faults.slow()

    with pytest.raises(CodeAcceptedLate):
        signed_in(google, deadline=little_time)


FOREIGN_DOCUMENTS = {
    "another issuer": {"issuer": "https://account.apple.com"},
    "no token endpoint": {"token_endpoint": ...},
    "a token endpoint without TLS": {"token_endpoint": "http://accounts.example/token"},
    "keys without TLS": {"jwks_uri": "http://accounts.example/jwks"},
    "a script to sign in with": {"authorization_endpoint": "javascript:alert(1)"},
    "a number to revoke at": {"revocation_endpoint": 1},
    "no algorithm of ours": {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    "no algorithms": {"id_token_signing_alg_values_supported": ...},
}


@pytest.mark.parametrize("wrong", FOREIGN_DOCUMENTS)
def test_a_discovery_document_that_cannot_be_followed_is_refused(google, wrong):
    google.document |= FOREIGN_DOCUMENTS[wrong]

    with pytest.raises(ProviderFailed, match="discovery_"):
        signed_in(google)


@pytest.fixture
def metrics(monkeypatch):
    """The metrics that were counted."""
    counted = []
    monkeypatch.setattr(audit, "count", counted.append)
    return counted


IN_CODE = Endpoints("https://in.code.example/authorize", "https://in.code.example/token", "https://in.code.example/jwks")


@pytest.mark.parametrize("fault", [*BROKEN, "another issuer"])
def test_a_bad_discovery_of_a_provider_that_stands_in_code_is_counted_and_changes_nothing(google, metrics, wait, fault):
    if fault in BROKEN:
        google.faults["discovery"] = BROKEN[fault]
    else:
        google.document["issuer"] = "https://account.apple.com"
    known = discovery.Discovery(google.issuer, IN_CODE)

    assert [known.endpoints(Deadline()) for _ in range(2)] == [IN_CODE, IN_CODE]
    assert metrics == ["discovery_refused"]
    assert google.counts["discovery"] == 1

    wait(300)
    google.faults.clear()
    google.document.clear()
    assert known.endpoints(Deadline()).token == f"{google.url}/token"

    wait(3_600)
    google.faults["discovery"] = provider_faults.status(500)
    assert known.endpoints(Deadline()).token == f"{google.url}/token"


def test_an_address_that_google_is_no_authority_for_is_not_verified(google):
    assert not signed_in(google, email="ada@example.com").email_verified
    assert signed_in(google, email="ada@example.com", hd="example.com").email_verified
    assert not signed_in(google, email_verified="false").email_verified
