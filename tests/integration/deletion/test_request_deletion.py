"""POST /store/customers/account-deletion/request."""

import pytest

from tests.harness.engines import ON_BOTH_ENGINES


@ON_BOTH_ENGINES
def test_a_code_goes_to_the_verified_address_and_nothing_is_locked(customer, inbox):
    response = customer.request_deletion(reason="Too many emails")

    assert response.status == 200
    assert len(response["token"]) == 44
    assert response["request"] is None
    assert "deletion" in inbox.of(customer.phone)[-1].body
    assert customer.me().status == 200


def test_with_both_verified_the_code_goes_where_deletion_channel_says(customer, inbox, api, setting):
    customer.session["customer"] |= {"email": customer.email, "email_verified": True}
    token, code = customer.request_contact_change(email=customer.email)["token"], None
    code = inbox.code(customer.email)
    customer.session |= customer.change_contact(token, code).body
    api.clock.advance(90)
    customer.request_deletion()
    assert "is deleted" in inbox.of(customer.email)[-1].body
    api.clock.advance(90)
    setting(DELETION_CHANNEL="phone")
    customer.request_deletion()
    assert "deletion" in inbox.of(customer.phone)[-1].body


def test_a_repeated_request_before_the_first_lapses_is_the_same_request_with_another_code(tables, customer, inbox, api):
    first = customer.request_deletion(reason="first")
    old = inbox.code(customer.phone)
    api.clock.advance(90)
    second = customer.request_deletion(reason="second")
    new = inbox.code(customer.phone)

    [row] = tables.look().kinds("deletion")
    assert row["reason"]["S"] == "second"
    assert customer.confirm_deletion(first["token"], old).status == 401
    assert customer.confirm_deletion(second["token"], new)["request"]["reason"] == "second"


def test_a_repeated_request_after_the_first_has_lapsed_is_a_new_request(tables, customer, inbox, api):
    response, code = customer.request_deletion(), inbox.code(customer.phone)
    api.clock.advance(300)
    assert customer.confirm_deletion(response["token"], code).status == 401
    customer.request_deletion()

    assert len({row["id"]["S"] for row in tables.look().kinds("deletion")}) == 2


def test_a_flood_by_strangers_takes_nothing_from_the_owner(customer, api, doors):
    for _ in range(8):
        api.post("/login/mobile/send", phone=customer.phone, ip="203.0.113.9")
        api.clock.advance(90)

    assert customer.request_deletion().status == 200


def test_without_a_session_nobody_requests_a_deletion(api):
    assert api.post("/store/customers/account-deletion/request").status == 401


@pytest.mark.parametrize("reason", ["x" * 1001, 7, ["a"], "a\x00b"])
def test_an_invalid_reason_is_refused_by_its_name(customer, reason):
    answer = customer.request_deletion(reason=reason)

    assert answer.status == 400
    assert answer["errors"][0]["field"] == "reason"


@pytest.mark.parametrize("reason", ["نمی‌خواهم\nبیش از این", "<script>alert(1)</script>", "x" * 1000])
def test_a_reason_of_any_script_is_stored_unchanged(customer, inbox, reason):
    response = customer.request_deletion(reason=reason)

    assert customer.confirm_deletion(response["token"], inbox.code(customer.phone))["request"]["reason"] == reason


def test_a_customer_without_a_verified_address_confirms_by_a_recent_sign_in(setting, ada, api):
    setting(REQUIRE_VERIFICATION="false")
    ada.session = ada.registered()
    answer = ada.request_deletion(reason="moved")

    assert answer["token"] is None
    assert answer["request"]["status"] == "confirmed"
    assert ada.me().status == 403


def test_a_customer_without_a_verified_address_and_a_recent_sign_in_signs_in_first(setting, ada, api):
    setting(REQUIRE_VERIFICATION="false")
    ada.session = ada.registered()
    api.clock.advance(301)

    assert ada.request_deletion()["type"] == "reauthentication_required"
