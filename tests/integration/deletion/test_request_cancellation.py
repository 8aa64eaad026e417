"""POST /store/customers/account-deletion/cancel-request."""

from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.people import new_number


@ON_BOTH_ENGINES
def test_a_customer_who_is_being_deleted_gets_a_code(customer, inbox):
    customer.leave()

    assert customer.request_cancellation().status == 200
    assert "keeps" in inbox.of(customer.phone)[-1].body


def test_known_and_unknown_addresses_get_the_same_response_by_the_same_requests(customer, api):
    customer.leave()
    known, unknown = customer.request_cancellation(), customer.request_cancellation(phone=new_number())

    assert known.shape == unknown.shape
    assert known.aws_calls == unknown.aws_calls


def test_a_customer_who_is_not_being_deleted_gets_no_code(customer, inbox):
    before = len(inbox.of(customer.phone))
    customer.request_cancellation()

    assert len(inbox.of(customer.phone)) == before


def test_cancellation_requests_are_limited_by_address(customer, api):
    for _ in range(4):  # and the one by which they signed up
        assert customer.request_cancellation().status == 200
        api.clock.advance(90)

    assert customer.request_cancellation().status == 429


def test_exactly_one_address_is_named(customer):
    assert customer.request_cancellation(phone=customer.phone, email=customer.email).status == 400
    assert customer.request_cancellation(locale="en").status == 400
