"""Facebook, in order and out of order."""

import pytest

from customer_auth.base import clock
from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut, WrongProviderProof
from customer_auth.customers.customers import Names
from customer_auth.outgoing.deadline import Deadline
from customer_auth.social import facebook_requests
from customer_auth.social.provider import CodeAccepted, CodeAcceptedLate, ProviderAccount
from tests.harness import provider_faults
from tests.harness.provider_clients import PENDING, REDIRECT_URI, client_of, signed_in

ADA = ProviderAccount(
    provider="facebook",
    sub="10220304050607080",
    email="ada@example.com",
    email_verified=False,
    names=Names("Ada", "Lovelace"),
    picture="https://pictures.example/ada.jpg",
)


def test_facebook_vouches_for_a_person_but_never_for_an_email(facebook):
    assert signed_in(facebook) == ADA
    assert facebook.counts == {"token": 1, "debug_token": 1, "me": 1}


def test_an_exchange_with_facebook_must_bring_its_state(facebook):
    assert client_of(facebook).needs_state


def test_a_person_may_have_no_email_and_no_picture(facebook):
    facebook.me_fields |= {"email": ..., "picture": ..., "last_name": ...}

    assert signed_in(facebook) == ADA._replace(email=None, picture=None, names=Names("Ada"))


def test_an_email_that_the_person_does_not_share_is_not_taken(facebook):
    facebook.scopes = ["public_profile"]

    assert signed_in(facebook).email is None


WRONG_TOKENS = {
    "another app's": ({"app_id": "987"}, "debug_token"),
    "an app's id as a number": ({"app_id": 1234567890}, "debug_token"),
    "a page's": ({"type": "PAGE"}, "debug_token"),
    "invalid": ({"is_valid": False}, "debug_token"),
    "invalid in a text": ({"is_valid": "true"}, "debug_token"),
    "expired": ({"expires_at": 1}, "debug_token_time"),
    "without an end": ({"expires_at": ...}, "debug_token_time"),
    "without access to data": ({"data_access_expires_at": 1}, "debug_token_time"),
    "without the profile": ({"scopes": ["email"]}, "debug_token_scopes"),
    "without scopes": ({"scopes": ...}, "debug_token_scopes"),
    "nobody's": ({"user_id": ...}, "token_sub"),
    "of another user": ({"user_id": "666"}, "user_id"),
}


@pytest.mark.parametrize("wrong", WRONG_TOKENS)
def test_a_token_that_is_not_of_this_person_for_this_app_opens_nothing(facebook, wrong):
    changes, reason = WRONG_TOKENS[wrong]
    facebook.debug |= changes

    with pytest.raises(WrongProviderProof) as refusal:
        signed_in(facebook)
    assert refusal.value.reason == reason


def test_a_user_without_an_id_is_nobody(facebook):
    facebook.me_fields["id"] = ...

    with pytest.raises(WrongProviderProof, match="user_id"):
        signed_in(facebook)


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_token_ends_at_its_second(facebook, seconds):
    facebook.debug["expires_at"] = clock.now() + seconds

    if seconds:
        assert signed_in(facebook) == ADA
    else:
        with pytest.raises(WrongProviderProof):
            signed_in(facebook)


def test_a_token_may_have_no_end(facebook):
    facebook.debug |= {"expires_at": 0, "data_access_expires_at": 0}

    assert signed_in(facebook) == ADA


def test_a_code_comes_once_and_with_its_own_verifier(facebook):
    client = client_of(facebook)
    code = facebook.sign_in(client.authorization_url(PENDING, REDIRECT_URI, Deadline())).code

    with pytest.raises(WrongProviderProof, match="code"):
        client.exchange(code, PENDING._replace(verifier="another-" + "v" * 35), REDIRECT_URI, Deadline())
    with pytest.raises(WrongProviderProof, match="code"):
        client.exchange(code, PENDING, REDIRECT_URI, Deadline())


def test_a_wrong_app_secret_is_a_failure_of_the_provider_and_not_of_the_person(facebook):
    client = client_of(facebook)
    code = facebook.sign_in(client.authorization_url(PENDING, REDIRECT_URI, Deadline())).code
    facebook.client_secret = "changed meanwhile"

    with pytest.raises(ProviderFailed, match="token_status"):
        client.exchange(code, PENDING, REDIRECT_URI, Deadline())


BROKEN = {
    "500": provider_faults.status(500),
    "a redirect": provider_faults.redirect("http://localhost:1/"),
    "a page": provider_faults.nonsense,
    "100 KB": provider_faults.huge,
    "a list": provider_faults.body([]),
}


@pytest.mark.parametrize("endpoint", ["token", "debug_token", "me"])
@pytest.mark.parametrize("fault", BROKEN)
def test_a_facebook_that_is_out_of_order_has_failed(facebook, endpoint, fault):
    facebook.faults[endpoint] = BROKEN[fault]

    with pytest.raises(ProviderFailed) as failure:
        signed_in(facebook)
    assert failure.value.reason.replace("_", "").isalpha()
    assert isinstance(failure.value, CodeAccepted) == (endpoint != "token")


@pytest.mark.parametrize("endpoint", ["token", "debug_token", "me"])
@pytest.mark.parametrize("fault", [provider_faults.slow(), provider_faults.dripping(0.02)], ids=["late", "drips"])
def test_a_facebook_that_is_late_or_drips_has_timed_out(facebook, endpoint, fault, little_time):
    facebook.faults[endpoint] = fault

    with pytest.raises(ProviderTimedOut) as failure:
        signed_in(facebook, deadline=little_time)
    assert isinstance(failure.value, CodeAcceptedLate) == (endpoint != "token")


@pytest.mark.parametrize("answer", [{"data": []}, {}])
def test_a_token_that_facebook_says_nothing_about_is_a_failure(facebook, answer):
    facebook.faults["debug_token"] = provider_faults.body(answer)

    with pytest.raises(CodeAccepted, match="debug_token_form"):
        signed_in(facebook)


def test_what_facebook_asks_to_be_deleted_is_signed_by_the_app_secret(facebook):
    assert facebook_requests.verify(facebook.signed_request(), facebook.client_secret).user_id == ADA.sub
    with pytest.raises(WrongProviderProof):
        facebook_requests.verify(facebook.signed_request(issued_at=1), facebook.client_secret)
