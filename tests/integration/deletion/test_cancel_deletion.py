"""POST /store/customers/account-deletion/cancel-confirm."""

import pytest

from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.people import DELETION, LOGIN, PASSWORD, REGISTER, other_code

KEY = "c2FtZS1rZXktYWdhaW4"
NEW_PASSWORD = "another long password"


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
    answer = ada.api.post(f"{DELETION}/cancel-confirm", token=token)

    assert answer["request"]["status"] == "cancelled"
    assert ada.api.post(f"{DELETION}/cancel-confirm", token=token).body == answer.body
    assert ada.log_in(PASSWORD).status == 200


def test_a_forged_token_cancels_nothing(setting, ada):
    setting(REQUIRE_VERIFICATION="false")
    ada.session = ada.registered()
    ada.request_deletion()
    token = ada.log_in(PASSWORD)["cancel_token"]
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")

    assert ada.api.post(f"{DELETION}/cancel-confirm", token=forged).status == 401
    ada.api.clock.advance(600)
    assert ada.api.post(f"{DELETION}/cancel-confirm", token=token).status == 401


# ── by the token that a refused sign-in carries ──


@pytest.fixture
def member(setting, ada):
    """Somebody with a verified email, a verified phone and a password, who has confirmed the deletion."""
    setting(SENDS_PER_HOUR=20, SENDS_PER_DAY=20)
    ada.member(phone=ada.phone)
    assert ada.prove(ada.id, "phone").status == 200
    ada.request = ada.leave()["request"]
    ada.api.clock.advance(90)
    return ada


def by_code(flow):
    def sign_in(person, _):
        challenge, code = person.request_and_read_code(flow)
        return person.verify(code, flow, challenge=challenge)

    return sign_in


def by_sign_in_api(kind):
    def sign_in(person, _):
        address = {"email": person.email} if kind == "email" else {"phone": person.phone}
        challenge = person.api.post(f"/login/{kind}/send", **address)["challenge"]
        return person.api.post(f"/login/{kind}/verify", **address, challenge=challenge, code=person.inbox.code(*address.values()))

    return sign_in


def at_the_storefront(person, storefront):
    challenge, code = person.request_and_read_code(LOGIN)
    return person.api.post("/store/auth/phone", headers=storefront, phone=person.phone, challenge=challenge, code=code)


def by_reset(person, _):
    person.forget_password()
    return person.reset(person.reset_token(), NEW_PASSWORD)


SIGN_INS = {
    "login": by_code(LOGIN),
    "register": by_code(REGISTER),
    "mobile": by_sign_in_api("mobile"),
    "email": by_sign_in_api("email"),
    "storefront": at_the_storefront,
    "password": lambda person, _: person.log_in(PASSWORD),
    "reset": by_reset,
}


def cancel_by(person, token: str):
    return person.api.post(f"{DELETION}/cancel-confirm", token=token)


@pytest.mark.parametrize("sign_in", SIGN_INS.values(), ids=SIGN_INS)
def test_a_sign_in_during_a_confirmed_deletion_carries_a_token_that_cancels_by_itself(member, storefront, sign_in):
    refused = sign_in(member, storefront)
    answer = cancel_by(member, refused["cancel_token"])

    assert (refused.status, refused["type"]) == (403, "account_deletion_pending")
    assert (answer["cancelled"], answer["request"]["id"], answer["request"]["status"]) == (True, member.request["id"], "cancelled")
    assert member.log_in(PASSWORD).status == 200


def test_a_customer_who_cancels_by_token_is_notified_like_any_other(member, inbox):
    token = member.log_in(PASSWORD)["cancel_token"]
    before = len(inbox.of(member.email))
    answers = [cancel_by(member, token) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert ["will not be deleted" in message.body for message in inbox.of(member.email)[before:]] == [True]


def test_the_token_of_an_earlier_request_does_not_cancel_a_later_one(member):
    earlier = member.log_in(PASSWORD)["cancel_token"]
    assert cancel_by(member, earlier).status == 200
    member.session = member.log_in(PASSWORD).body | {"customer": member.session["customer"]}
    assert member.leave().status == 200

    assert cancel_by(member, earlier).status == 401
    assert cancel_by(member, member.log_in(PASSWORD)["cancel_token"]).status == 200


@pytest.mark.parametrize(("seconds", "status"), [(599, 200), (600, 401)])
def test_the_token_of_a_refused_sign_in_is_good_for_ten_minutes(member, seconds, status):
    token = member.log_in(PASSWORD)["cancel_token"]
    member.api.clock.advance(seconds)

    assert cancel_by(member, token).status == status


@pytest.mark.parametrize(("channels", "carries"), [("both", True), ("email", False)])
def test_verifying_an_address_carries_a_token_only_where_it_would_have_signed_in(setting, ada, channels, carries):
    setting(LOGIN_IDENTIFIER=channels)
    ada.member(phone=ada.phone)
    ada.leave()
    ada.api.clock.advance(90)
    refused = ada.prove(ada.id, "phone")

    assert (refused.status, refused["type"], "cancel_token" in refused.body) == (403, "account_deletion_pending", carries)
    assert not carries or cancel_by(ada, refused["cancel_token"]).status == 200


def test_the_refusal_of_an_old_access_token_carries_no_token(member):
    refused = member.me()

    assert (refused.status, refused["type"], "cancel_token" in refused.body) == (403, "account_deletion_pending", False)
