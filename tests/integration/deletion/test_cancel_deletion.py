"""POST /store/customers/account-deletion/cancel-confirm."""

import pytest

from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.people import PASSWORD, other_code

KEY = "c2FtZS1rZXktYWdhaW4"


@pytest.fixture
def leaving(customer, api):
    customer.request = customer.leave(reason="moved")["request"]
    api.clock.advance(90)
    return customer


@ON_BOTH_ENGINES
def test_the_account_stays_and_the_customer_signs_in_again(leaving, inbox):
    code_request = leaving.request_cancellation()
    answer = leaving.cancel_deletion(code_request["token"], inbox.code(leaving.phone))

    assert answer["cancelled"] is True
    assert (answer["request"]["id"], answer["request"]["status"]) == (leaving.request["id"], "cancelled")
    assert answer["request"]["cancelled_at"]
    assert leaving.me().status == 401  # its sessions have ended for good
    leaving.api.clock.advance(90)
    assert leaving.sign_in().status == 200


def test_a_wrong_code_cancels_nothing(leaving, inbox):
    response = leaving.request_cancellation()

    assert leaving.cancel_deletion(response["token"], other_code(inbox.code(leaving.phone))).status == 401


def test_a_repeat_with_its_key_gets_the_same_response(leaving, inbox):
    response = leaving.request_cancellation()
    code = inbox.code(leaving.phone)
    first = leaving.cancel_deletion(response["token"], code, key=KEY)

    assert leaving.cancel_deletion(response["token"], code, key=KEY).body == first.body
    assert leaving.cancel_deletion(response["token"], code).status == 401


def test_a_request_after_a_cancellation_is_a_new_one(leaving, inbox, api):
    response = leaving.request_cancellation()
    leaving.cancel_deletion(response["token"], inbox.code(leaving.phone))
    api.clock.advance(90)
    leaving.sign_in()

    assert leaving.leave()["request"]["id"] != leaving.request["id"]


def test_the_customer_is_notified(leaving, inbox):
    response = leaving.request_cancellation()
    leaving.cancel_deletion(response["token"], inbox.code(leaving.phone))

    assert "will not be deleted" in inbox.of(leaving.phone)[-1].body


def test_a_customer_without_a_verified_address_cancels_with_the_token_of_the_refused_sign_in(setting, ada):
    setting(REQUIRE_VERIFICATION="false")
    ada.session = ada.registered()
    ada.request_deletion()
    refused = ada.log_in(PASSWORD)
    assert (refused.status, refused["type"]) == (403, "account_deletion_pending")
    token = refused["cancel_token"]
    answer = ada.api.post("/store/customers/account-deletion/cancel-confirm", token=token)

    assert answer["request"]["status"] == "cancelled"
    assert ada.api.post("/store/customers/account-deletion/cancel-confirm", token=token).body == answer.body
    assert ada.log_in(PASSWORD).status == 200


def test_a_forged_token_cancels_nothing(setting, ada):
    setting(REQUIRE_VERIFICATION="false")
    ada.session = ada.registered()
    ada.request_deletion()
    token = ada.log_in(PASSWORD)["cancel_token"]
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")

    assert ada.api.post("/store/customers/account-deletion/cancel-confirm", token=forged).status == 401
    ada.api.clock.advance(600)
    assert ada.api.post("/store/customers/account-deletion/cancel-confirm", token=token).status == 401
