"""Requests for verification codes: the same response and the same work for everyone."""

from functools import partial

import pytest

from customer_auth.base import ids
from tests.harness.engines import ON_BOTH_ENGINES

NOBODY = partial(ids.new, "cus_")


@pytest.fixture
def unproven(ada):
    """Ada, who has registered and verified nothing."""
    ada.id_ = ada.registered()["customer"]["id"]
    return ada


@ON_BOTH_ENGINES
def test_a_code_goes_to_the_unverified_address(unproven):
    response = unproven.request_verification(unproven.id_)

    assert (response.status, set(response.body)) == (200, {"token", "expires_at", "resend_at"})
    [message] = unproven.inbox.of(unproven.email)
    assert message.subject == "Verify your email for My Shop"


@ON_BOTH_ENGINES
def test_an_unknown_customer_and_one_with_nothing_to_verify_look_like_any_other(unproven, bob):
    known = unproven.request_verification(unproven.id_)
    others = [unproven.request_verification(name, kind) for name, kind in ((unproven.id_, "phone"), (bob.id, "phone"), (NOBODY(), "email"))]

    assert {str(each.shape) for each in (known, *others)} == {str(known.shape)}
    assert {each.aws_calls for each in (known, *others)} == {("UpdateItem", "GetItem", "UpdateItem")}
    assert len(bob.inbox.of(bob.phone)) == 1  # the code of the sign-up


@ON_BOTH_ENGINES
@pytest.mark.parametrize(
    "name", ["x", "x" * 2_040, "x" * 2_048, "cus_" + "é" * 1_300, "cus_" + "w" * 24, "CUS_" + "0" * 24, "cus_" + "0" * 25]
)
def test_a_malformed_customer_id_gets_the_response_of_an_unknown_one(unproven, name):
    unknown, impossible = unproven.request_verification(NOBODY()), unproven.request_verification(name)

    assert (impossible.shape, impossible.aws_calls) == (unknown.shape, unknown.aws_calls)
    assert unproven.request_verification(name).status == 429


def test_an_unknown_customer_is_throttled_like_a_known_one(api, unproven):
    for name in (unproven.id_, NOBODY()):
        answers = [unproven.request_verification(name) for _ in range(2)]
        assert [answer.status for answer in answers] == [200, 429]
        assert answers[1].retry_after == 90


def test_a_verification_request_counts_in_the_address_s_window(api, unproven):
    api.post("/login/email/send", email=unproven.email)

    assert unproven.request_verification(unproven.id_).status == 429


def test_another_kind_is_refused(unproven):
    assert unproven.request_verification(unproven.id_, "fax").status == 400


def test_the_delivery_looks_the_same_for_everyone(api, unproven):
    tokens = [unproven.request_verification(name)["token"] for name in (unproven.id_, NOBODY())]
    api.deliver()
    seen = [api.get(f"/api/v1/auth/challenges/{token}")["delivery"] for token in tokens]
    api.clock.advance(3)
    later = [api.get(f"/api/v1/auth/challenges/{token}")["delivery"] for token in tokens]

    assert (seen, later) == (["queued"] * 2, ["sent"] * 2)
