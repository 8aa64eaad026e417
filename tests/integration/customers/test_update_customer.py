"""What customers change of themselves, and what they cannot."""

import itertools
import json

import pytest

from customer_auth.base import clock
from tests.harness.people import Person

ME = "/store/customers/me"


@pytest.fixture
def change(api, customer):
    """Changes the customer, by their own token: `change(first_name="Ada")`."""

    def patch(token: str = "", **body):
        return api.request("PATCH", ME, headers={"authorization": f"Bearer {token or customer.session['token']}"}, **body)

    return patch


def shown(person: Person) -> dict:
    return person.me()["customer"]


def test_fields_that_are_sent_change_and_the_rest_stay(api, customer, change):
    before = shown(customer)
    api.clock.advance(5)

    answer = change(first_name="Augusta", company_name="Analytical Engines")

    assert answer.status == 200
    changed = {"first_name": "Augusta", "company_name": "Analytical Engines", "updated_at": clock.iso(clock.now())}
    assert answer.body == {"customer": before | changed}
    assert shown(customer) == answer["customer"]
    assert answer.aws_calls == ("BatchGetItem", "UpdateItem")


def test_null_removes_a_name(customer, change):
    change(first_name="Ada", last_name="Lovelace")

    assert change(last_name=None)["customer"]["last_name"] is None
    assert shown(customer)["first_name"] == "Ada"


def test_an_update_without_a_change_writes_nothing(customer, change):
    change(first_name="Ada", metadata={"size": 38})

    for same in ({}, {"first_name": "Ada"}, {"metadata": {"size": 38}}, {"metadata": {"none": None}}):
        answer = change(**same)
        assert (answer.status, answer.aws_calls) == (200, ("BatchGetItem",))


def test_metadata_is_merged_and_null_removes_a_member(customer, change):
    change(metadata={"size": 38, "likes": ["tea", {"milk": 0.25}], "fa": "سلام"})
    change(metadata={"size": None, "news": True})

    assert shown(customer)["metadata"] == {"likes": ["tea", {"milk": 0.25}], "fa": "سلام", "news": True}


def test_any_json_comes_back_unchanged(customer, change):
    values = {"a": 1e-300, "b": -0.1, "c": 10**40, "d": "", "e": [], "f": {}, "g": [None, True], "h": {"deep": {"deeper": [1.0, 1]}}}

    change(metadata=values)

    assert json.dumps(shown(customer)["metadata"]) == json.dumps(values)


@pytest.mark.parametrize("field", ["email", "phone"])
@pytest.mark.parametrize("value", ["+12125550123", "ada@example.com", None, 7])
def test_an_address_changes_only_with_its_proof(customer, change, field, value):
    before = shown(customer)

    answer = change(first_name="Eve", **{field: value})

    assert (answer.status, answer["type"]) == (403, "not_allowed")
    message = f"{field.capitalize()} changes require OTP verification. Use POST /store/customers/me/contact to request a change."
    assert answer["message"] == message
    assert shown(customer) == before


def test_nothing_else_of_a_customer_can_be_changed(customer, change):
    before = shown(customer)

    change(
        id="cus_eve",
        roles=["admin"],
        status="deletion_confirmed",
        email_verified=True,
        phone_verified=False,
        created_at="1970-01-01T00:00:00Z",
        session_epoch=9,
    )

    assert shown(customer) == before
    assert customer.me().status == 200


def test_at_most_50_members_and_16_kb(customer, change):
    for start in (0, 25):
        assert change(metadata={f"m{nth}": nth for nth in range(start, start + 25)}).status == 200
    one_too_many = change(metadata={"m50": 50})
    change(metadata={f"m{nth}": None for nth in range(50)})
    assert change(metadata={"a": "x" * 8_100}).status == 200
    assert change(metadata={"b": "x" * 8_100}).status == 200
    too_long = change(metadata={"c": "x" * 200})

    for answer in (one_too_many, too_long):
        assert (answer.status, answer["type"], answer["errors"][0]["field"]) == (400, "bad_request", "metadata")
    assert set(shown(customer)["metadata"]) == {"a", "b"}


@pytest.mark.parametrize("raw", [b'{"metadata": {"a": NaN}}', b'{"metadata": {"a": 1e999}}', b'{"metadata": []}', b'{"metadata": null}'])
def test_metadata_that_is_no_json_object_is_refused(api, customer, raw):
    headers = {"authorization": f"Bearer {customer.session['token']}"}

    answer = api.request("PATCH", ME, raw=raw, headers=headers)

    assert (answer.status, answer["type"]) == (400, "bad_request")
    assert shown(customer)["metadata"] == {}


def test_of_two_concurrent_changes_neither_is_lost(wire, customer, change):
    change(metadata={"kept": 1})

    with wire.before("UpdateItem", lambda: change(metadata={"theirs": 2}, company_name="Engines")):
        answer = change(metadata={"ours": 3}, first_name="Ada")

    assert answer.status == 200
    assert shown(customer)["metadata"] == {"kept": 1, "theirs": 2, "ours": 3}
    assert (shown(customer)["first_name"], shown(customer)["company_name"]) == ("Ada", "Engines")


def test_a_customer_who_is_signed_out_everywhere_meanwhile_changes_nothing_more(api, wire, customer, change):
    log_out = {"refreshToken": customer.session["refresh_token"], "everywhere": True}

    with wire.before("UpdateItem", lambda: api.post("/login/logout", **log_out)):
        answer = change(first_name="Eve")

    assert (answer.status, answer["type"]) == (401, "not_authenticated")
    customer.sign_in()
    assert shown(customer)["first_name"] is None


def test_an_account_that_is_being_deleted_meanwhile_changes_no_more(wire, customer, customer_item, change):
    with wire.before("UpdateItem", lambda: customer_item.set("status", {"S": "deletion_confirmed"})):
        assert change(first_name="Eve").status == 401


def test_a_customer_who_changes_all_the_time_is_503_to_be_tried_again(wire, customer, customer_item, change):
    count = itertools.count()

    with wire.before("UpdateItem", lambda: customer_item.set("metadata", {"S": f'{{"count":{next(count)}}}'}), times=10):
        answer = change(metadata={"ours": 1})

    assert (answer.status, answer["type"]) == (503, "unavailable")
    assert shown(customer)["metadata"] == {"count": 2}


def test_without_a_session_nothing_changes(change, customer):
    assert change("none", first_name="Eve").status == 401
    assert shown(customer)["first_name"] is None
