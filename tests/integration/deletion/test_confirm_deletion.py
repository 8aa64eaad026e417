"""POST /store/customers/account-deletion/confirm."""

from datetime import datetime

from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.people import LOGIN, other_code

KEY = "c2FtZS1rZXktYWdhaW4"
WEEK = 7 * 86_400


@ON_BOTH_ENGINES
def test_the_account_is_due_in_a_week_and_every_session_has_ended(customer, api):
    answer = customer.leave(reason="moved")

    assert answer.status == 200
    request = answer["request"]
    assert (request["status"], request["reason"], request["customer_id"]) == ("confirmed", "moved", customer.id)
    assert datetime.fromisoformat(request["deletion_scheduled_at"]).timestamp() == api.clock.now() + WEEK
    assert customer.me()["type"] == "account_deletion_pending"
    assert customer.refresh().status == 401
    assert api.post("/login/validate", sessionToken=customer.session["token"]).status == 401


def test_the_customer_is_notified_with_the_day(customer, inbox, api):
    answer = customer.leave()

    assert answer["request"]["deletion_scheduled_at"][:10] in inbox.of(customer.phone)[-1].body


def test_nobody_signs_in_any_more_and_the_code_stays_unused(customer, inbox):
    customer.leave()
    challenge, code = customer.request_and_read_code(LOGIN)

    assert customer.verify(code, challenge=challenge)["type"] == "account_deletion_pending"
    assert customer.verify(code, challenge=challenge)["type"] == "account_deletion_pending"


def test_a_wrong_code_confirms_nothing(customer, inbox):
    response = customer.request_deletion()
    code = inbox.code(customer.phone)

    assert customer.confirm_deletion(response["token"], other_code(code)).status == 401
    assert customer.me().status == 200
    assert customer.confirm_deletion(response["token"], code).status == 200


def test_a_code_confirms_once_and_a_repeat_with_its_key_gets_the_same_response(customer, inbox):
    response = customer.request_deletion()
    code = inbox.code(customer.phone)
    first = customer.confirm_deletion(response["token"], code, key=KEY)

    assert customer.confirm_deletion(response["token"], code, key=KEY).body == first.body
    assert customer.confirm_deletion(response["token"], code).status == 401


def test_a_code_for_signing_in_confirms_nothing(customer):
    challenge, code = customer.request_and_read_code(LOGIN)

    assert customer.confirm_deletion(challenge, code).status == 401


def test_logged_out_everywhere_the_request_has_ended_too(customer, inbox, api):
    response = customer.request_deletion()
    code = inbox.code(customer.phone)
    api.post("/login/logout", refreshToken=customer.session["refresh_token"], everywhere=True)

    assert customer.confirm_deletion(response["token"], code).status == 401
