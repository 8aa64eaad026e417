"""The name behind a number, for storefronts with a key."""

import pytest

from tests.harness.people import new_ip, new_number

NOBODY = {"customer": None}


@pytest.fixture
def look_up(api, storefront):
    """Asks for a number as a storefront does: `look_up("+1…")`."""

    def get(number: str, *, headers: dict | None = None, ip: str = ""):
        path = f"/store/customers/phone/{number.replace('+', '%2B')}"
        return api.get(path, headers=storefront if headers is None else headers, ip=ip or new_ip())

    return get


@pytest.fixture
def lovelace(ada):
    """A customer with a name."""
    ada.sign_up(first_name="Ada", last_name="Lovelace")
    return ada


def test_a_lookup_shows_a_customer_s_initials(look_up, lovelace):
    answer = look_up(lovelace.phone)

    assert (answer.status, answer.body) == (200, {"customer": {"first_name": "A***", "last_name": "L***"}})


def test_every_spelling_finds_the_same(look_up, lovelace):
    national = f"({lovelace.phone[2:5]})%20{lovelace.phone[5:8]}-{lovelace.phone[8:]}"

    assert look_up(national).body == look_up(lovelace.phone).body


def test_a_number_that_nobody_has_proven_is_nobody_s(look_up):
    assert look_up(new_number()).body == NOBODY


def test_a_customer_without_a_name_has_no_initials(look_up, customer):
    assert look_up(customer.phone).body == {"customer": {"first_name": None, "last_name": None}}


def test_a_customer_whose_deletion_is_pending_is_found_until_the_account_is_gone(look_up, lovelace, api):
    before = look_up(lovelace.phone).body
    lovelace.leave()
    assert look_up(lovelace.phone).body == before

    api.clock.advance(8 * 86_400)
    api.process_deletions()
    assert look_up(lovelace.phone).body == NOBODY


def test_a_customer_with_an_unverified_number_is_not_found(look_up, ada):
    ada.registered(phone=ada.phone, first_name="Ada")

    assert look_up(ada.phone).body == NOBODY


def test_the_operator_can_show_the_whole_name_or_nothing(look_up, lovelace, setting):
    setting(PHONE_LOOKUP="full")
    full = look_up(lovelace.phone)
    setting(PHONE_LOOKUP="off")
    off = look_up(lovelace.phone)

    assert full.body == {"customer": {"first_name": "Ada", "last_name": "Lovelace"}}
    assert (off.status, off["type"]) == (404, "not_found")


@pytest.mark.parametrize("key", [None, "", "pk_", "pk_made_up", "p" * 200])
def test_without_a_known_key_nothing_is_shown(look_up, lovelace, key):
    answer = look_up(lovelace.phone, headers={"x-publishable-api-key": key})

    assert (answer.status, answer["type"], answer["message"]) == (401, "not_authenticated", "A publishable key is needed")


def test_a_page_of_another_origin_is_refused_and_an_app_without_one_is_not(look_up, lovelace, storefront):
    here, elsewhere = (
        look_up(lovelace.phone, headers=storefront | {"origin": origin}) for origin in ("https://shop.example.com", "https://eve.example")
    )

    assert here.status == 200
    assert (elsewhere.status, elsewhere["type"]) == (403, "not_allowed")


def test_a_key_is_not_stored_in_plain_text(api, storefront):
    assert storefront["x-publishable-api-key"] not in str(api.table("CustomersTable"))


def test_a_key_that_was_taken_away_is_refused_within_a_minute(api, look_up, lovelace):
    assert look_up(lovelace.phone).status == 200
    for item in api.table("CustomersTable"):
        if item["pk"]["S"].startswith("publishable#"):
            api.engine.clients.dynamodb.delete_item(TableName=api.engine.ids["CustomersTable"], Key={"pk": item["pk"]})

    api.clock.advance(60)

    assert look_up(lovelace.phone).status == 401


def test_a_client_looks_up_ten_numbers_an_hour(api, look_up):
    ip = new_ip()
    answers = [look_up(new_number(), ip=ip) for _ in range(10)]
    refused = look_up(new_number(), ip=ip)

    assert {answer.status for answer in answers} == {200}
    assert (refused.status, refused["type"], refused.retry_after) == (429, "throttled", 3600)
    api.clock.advance(3600)
    assert look_up(new_number(), ip=ip).status == 200


def test_lookups_do_not_count_as_code_requests(api, look_up, ada):
    for _ in range(10):
        look_up(new_number(), ip=api.ip)

    assert ada.request_code().status == 200


@pytest.mark.parametrize("number", ["abc", "+1", "%20", "+1202555", "911"])
def test_an_invalid_number_is_named(look_up, number):
    answer = look_up(number)

    assert (answer.status, answer["errors"][0]["field"]) == (400, "phone")


def test_a_known_number_costs_one_request_more(look_up, lovelace):
    look_up(lovelace.phone)  # the key is known from here on

    assert look_up(new_number()).aws_calls == ("UpdateItem", "BatchGetItem")
    assert look_up(lovelace.phone).aws_calls == ("UpdateItem", "BatchGetItem", "GetItem")


@pytest.mark.parametrize("mode", ["error", "timeout"])
def test_a_rate_limit_that_cannot_be_counted_lets_nobody_through(wire, look_up, lovelace, mode):
    with wire.broken("UpdateItem", mode):
        assert look_up(lovelace.phone).status == 503
