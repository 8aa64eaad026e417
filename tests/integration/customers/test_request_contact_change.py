"""Asking for another address: by a sign-in of just now, a taken one like a free one."""

import pytest

from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.people import new_email, new_number

REQUEST_CONTACT = ("BatchGetItem", "UpdateItem", "UpdateItem")


@ON_BOTH_ENGINES
def test_a_code_goes_to_the_new_address(customer):
    email = new_email()

    response = customer.request_contact_change(email=email)

    assert (response.status, set(response.body)) == (200, {"token", "expires_at", "resend_at"})
    assert customer.inbox.of(email)[-1].subject == "Confirm your new email for My Shop"


def test_a_taken_address_gets_the_same_response_as_a_free_one(customer, bob):
    free, taken = customer.request_contact_change(phone=new_number()), customer.request_contact_change(phone=bob.phone)

    assert free.shape == taken.shape
    assert free.aws_calls == taken.aws_calls == REQUEST_CONTACT
    assert len(bob.inbox.of(bob.phone)) == 2


def test_a_sign_in_of_more_than_five_minutes_ago_is_not_recent_enough(api, customer):
    api.clock.advance(5 * 60 + 1 - 90)
    renewed = customer.refresh()

    for token in (customer.session["token"], renewed["token"] if "token" in renewed.body else renewed["sessionToken"]):
        refused = customer.request_contact_change(token=token, email=new_email())
        assert (refused.status, refused["type"]) == (403, "reauthentication_required")
    customer.sign_in()
    assert customer.request_contact_change(email=new_email()).status == 200


@pytest.mark.parametrize("names", [[], ["email", "phone"]])
def test_exactly_one_address_is_needed(customer, names):
    addresses = {"email": new_email(), "phone": new_number()}

    assert customer.request_contact_change(**{name: addresses[name] for name in names}).status == 400


def test_one_s_own_address_is_refused_as_such(customer):
    assert customer.request_contact_change(phone=customer.phone)["errors"] == [{"field": "phone", "message": "is yours already"}]


def test_without_a_session_nothing_is_sent(api):
    assert api.post("/store/customers/me/contact", email=new_email()).status == 401
