"""What each endpoint costs, in requests to AWS from a warm container; `docs/access-patterns.md` names these figures."""

import json

import pytest

from customer_auth.aws import connections
from tests.harness.people import LOGIN, REGISTER, new_number

REQUEST_CODE = ("UpdateItem", "UpdateItem")
VERIFY = ("UpdateItem", "BatchGetItem", "TransactWriteItems")


@pytest.fixture
def warm(customer):
    """A container that has read its secrets, its keyring and its key."""
    customer.api.get("/.well-known/jwks.json")
    return customer


def test_a_code_request_is_two_writes_for_known_and_unknown_addresses_alike(api, warm, ada, bob):
    api.clock.advance(90)
    paths = (f"{LOGIN}/request-otp", f"{REGISTER}/request-otp", "/login/mobile/send")
    answers = [bob.request_code(), *(api.post(path, phone=new_number()) for path in paths), api.post("/login/email/send", email=ada.email)]

    assert [answer.aws_calls for answer in answers] == [REQUEST_CODE] * 5


def test_a_resend_is_two_writes_too(api, warm):
    response = warm.request_code()
    api.clock.advance(90)
    again = api.post(f"{LOGIN}/resend-otp", phone=warm.phone, challenge=response["challenge"])

    assert (again.status, again.aws_calls) == (200, REQUEST_CODE)


def test_a_verify_is_a_write_a_read_and_a_transaction_for_sign_up_and_sign_in(api, warm, inbox, ada):
    challenge, code = warm.request_and_read_code()
    sign_in = warm.verify(code, challenge=challenge)
    phone = new_number()
    api.post(f"{REGISTER}/request-otp", phone=phone)
    sign_up = api.post(f"{REGISTER}/verify-otp", phone=phone, code=inbox.code(phone))
    api.post("/login/email/send", email=ada.email)
    by_email = api.post("/login/email/verify", email=ada.email, code=inbox.code(ada.email))

    assert [answer.aws_calls for answer in (sign_in, sign_up, by_email)] == [VERIFY] * 3


def test_a_whole_sign_in_is_five_requests(api, wire, warm):
    since = len(wire.calls)
    response = warm.request_code()
    by_the_request = len(wire.calls) - since
    code = warm.inbox.code(warm.phone)
    since = len(wire.calls)
    warm.verify(code, challenge=response["challenge"])

    assert by_the_request + len(wire.calls) - since == 5


def test_an_attempt_without_a_challenge_costs_no_more(warm):
    _, code = warm.request_and_read_code()

    assert warm.verify(code).aws_calls == VERIFY


def test_a_wrong_code_is_two_writes_its_address_s_and_its_client_s(warm):
    challenge, _ = warm.request_and_read_code()

    assert warm.verify("00000", challenge=challenge).aws_calls == ("UpdateItem", "UpdateItem")


def test_a_code_for_no_challenge_of_ours_costs_its_client_s_write_alone(api, warm):
    attempt = api.post(f"{LOGIN}/verify-otp", phone=warm.phone, code="1", challenge="x")

    assert [attempt.aws_calls, warm.verify_address("token", "000000").aws_calls] == [("UpdateItem",)] * 2


def test_checking_a_session_is_one_read(warm, doors):
    assert doors.me(warm.session["token"]).aws_calls == ("BatchGetItem",)
    assert doors.validate(warm.session["token"]).aws_calls == ("BatchGetItem",)


def test_renewing_a_session_is_a_read_and_a_write_and_repeating_that_a_read(customer):
    first = customer.refresh()
    again = customer.refresh()

    assert first.aws_calls == ("BatchGetItem", "UpdateItem")
    assert again.aws_calls == ("BatchGetItem",)


def test_ending_a_session_is_one_write_and_all_of_them_a_read_and_a_write(customer, doors):
    one = doors.log_out(customer.session["refresh_token"])
    customer.sign_in()
    everywhere = doors.log_out(customer.session["refresh_token"], everywhere=True)

    assert one.aws_calls == ("DeleteItem",)
    assert everywhere.aws_calls == ("BatchGetItem", "UpdateItem")


def test_setting_a_password_by_a_reset_is_a_write_two_reads_and_a_transaction(api, ada):
    ada.member().forget_password()

    assert ada.reset(ada.reset_token(), "another long password").aws_calls == ("UpdateItem", "BatchGetItem", *VERIFY[1:])


def test_changing_a_password_is_five_requests(ada):
    assert ada.member().change_password("another long password").aws_calls == ("BatchGetItem", *REQUEST_CODE, *VERIFY[1:])


def test_a_right_password_that_opens_nothing_yet_is_refunded_by_one_transaction(ada):
    ada.registered()

    assert ada.log_in().aws_calls == (*REQUEST_CODE, "BatchGetItem", "TransactWriteItems")


def test_beginning_a_sign_in_by_a_provider_is_one_write(warm, browser, provider):
    browser.start(provider)

    assert [browser.start(provider).aws_calls for _ in range(2)] == [("UpdateItem",)] * 2


@pytest.mark.parametrize("kind", ["google", "apple", "facebook"])
def test_a_first_sign_in_by_a_provider_is_a_write_a_read_and_a_transaction_and_a_later_one_reads_the_customer_too(
    warm, all_set_up, browser, kind
):
    provider = all_set_up[kind]
    browser.exchange(provider, browser.visit_as_another(provider))  # the container has read its secrets
    first, again = browser.sign_in(provider), browser.sign_in(provider)
    encrypted = ("Encrypt",) if kind == "apple" else ()

    assert first.aws_calls == ("UpdateItem", "BatchGetItem", *encrypted, "TransactWriteItems")
    assert again.aws_calls == ("UpdateItem", "BatchGetItem", "BatchGetItem", "TransactWriteItems")


def test_linking_an_account_by_its_address_is_a_read_more_and_adding_one_reads_the_caller(warm, ada, google, apple, browser, other_browser):
    browser.exchange(google, browser.visit_as_another(google))
    browser.exchange(apple, browser.visit_as_another(apple))
    ada.email = apple.person["email"]
    ada.member()
    linked = browser.sign_in(apple)
    added = other_browser.sign_in(google, token=warm.session["token"])

    assert linked["user"]["userId"] == ada.id
    assert linked.aws_calls == ("UpdateItem", "BatchGetItem", "BatchGetItem", "Encrypt", "TransactWriteItems")
    assert added.aws_calls == ("BatchGetItem", "UpdateItem", "BatchGetItem", "TransactWriteItems")


def test_a_list_of_providers_is_two_reads_and_removing_one_a_read_and_a_transaction(api, warm, google, browser):
    bearer = {"authorization": f"Bearer {browser.sign_in(google, token=warm.session['token'])['sessionToken']}"}
    identities = "/store/customers/me/identities"

    assert api.get(identities, headers=bearer).aws_calls == ("BatchGetItem", "BatchGetItem")
    assert api.request("DELETE", f"{identities}/google", headers=bearer).aws_calls == ("BatchGetItem", "TransactWriteItems")


def test_a_page_of_referrals_is_the_caller_and_a_query(api, warm):
    assert api.get("/store/my-referrals", headers=warm.bearer()).aws_calls == ("BatchGetItem", "Query")


def test_a_malformed_request_costs_nothing(api, warm, doors):
    garbage = [doors.me("token"), doors.validate("token"), doors.refresh("token"), doors.log_out("token"), api.get("/store/customers/me")]
    garbage += [
        api.post(f"{LOGIN}/request-otp", phone="no number"),
        warm.create("token"),
        warm.reset("token", "another long password"),
        warm.register("short"),
    ]

    assert [answer.aws_calls for answer in garbage] == [()] * len(garbage)


def test_discovery_costs_nothing_when_warm(api, warm):
    paths = ("/.well-known/jwks.json", "/.well-known/openid-configuration", "/openapi.json")

    assert [api.get(path).aws_calls for path in paths] == [()] * 3


@pytest.fixture
def updates_with_items(monkeypatch):
    """Of each update that was asked for, whether the item came back with the answer."""
    came, post = [], connections.post

    def noting(url, headers, body):
        answer = post(url, headers, body)
        if headers["x-amz-target"].endswith(".UpdateItem"):
            came.append("Attributes" in json.loads(answer.body))
        return answer

    monkeypatch.setattr(connections, "post", noting)
    return came


def test_an_item_comes_back_where_it_is_read_alone(warm, updates_with_items):
    """A code item is 1 KB, and a code request needs nothing of it; an attempt is compared with the challenge that it holds."""
    code_request = warm.request_code()
    of_the_request = [*updates_with_items]
    code = warm.inbox.code(warm.phone)
    updates_with_items.clear()
    warm.verify(code, challenge=code_request["challenge"])

    assert (of_the_request[:2], updates_with_items) == ([False, False], [True])
