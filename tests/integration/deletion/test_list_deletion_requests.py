"""GET /admin/account-deletion-requests."""

import base64
import json

import pytest

from tests.harness.admins import make_admin
from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.people import Person, new_ip

PATH = "/admin/account-deletion-requests"


@pytest.fixture
def admin(tables, api, inbox, engine):
    """An administrator who has just signed in."""
    person = Person(api, inbox)
    person.sign_up()
    make_admin(engine, person.id)

    def listed(**query):
        renewed = person.refresh().body  # an access token lives a quarter of an hour
        person.session |= {"token": renewed["sessionToken"], "refresh_token": renewed["refreshToken"]}
        response = "&".join(f"{name}={value}" for name, value in query.items())
        return api.get(PATH, ip=person.ip, headers=person.bearer(), query=response)

    person.list = listed
    person.claims = json.loads(base64.urlsafe_b64decode(person.session["token"].split(".")[1] + "=="))
    return person


@pytest.fixture
def leave(api, inbox):
    """Lets somebody request the deletion of their account, up to a state."""

    def new(state: str) -> Person:
        person = Person(api, inbox, new_ip())
        person.sign_up()
        if state == "pending":
            person.request_deletion(reason="not sure")
            return person
        person.request = person.leave()["request"]
        if state == "cancelled":
            api.clock.advance(90)
            response = person.request_cancellation()
            person.cancel_deletion(response["token"], inbox.code(person.phone))
        return person

    return new


@ON_BOTH_ENGINES
def test_requests_are_listed_newest_first_with_their_count(admin, leave, api):
    people = [leave("confirmed") for _ in range(3)]
    answer = admin.list()

    assert [each["customer_id"] for each in answer["requests"]] == [person.id for person in reversed(people)]
    assert (answer["count"], answer["offset"], answer["limit"], answer["next_cursor"]) == (3, 0, 20, None)
    assert answer["requests"][0] == people[-1].request | {"receipt": None}


def test_every_state_is_listed_by_itself_and_counted(admin, leave, api, days):
    leave("cancelled"), leave("confirmed"), leave("confirmed"), leave("pending")
    for state, count in (("pending", 1), ("confirmed", 2), ("cancelled", 1), ("completed", 0)):
        answer = admin.list(status=state)
        assert ({each["status"] for each in answer["requests"]} or {state}, answer["count"]) == ({state}, count)
        assert len(answer["requests"]) == count
    assert admin.list()["count"] == 4


def test_a_completed_one_is_listed_without_its_reason_and_with_its_receipt(admin, leave, days, api):
    person = leave("confirmed")
    days.pass_by(7)
    api.process_deletions()
    admin.sign_in()
    [listed] = admin.list(status="completed")["requests"]

    assert (listed["id"], listed["reason"], listed["status"]) == (person.request["id"], None, "completed")
    assert listed["receipt"].count(".") == 2
    assert admin.list(status="confirmed")["count"] == 0


def test_lapsed_requests_are_neither_listed_nor_counted_and_go_with_their_reason(admin, leave, api, tables):
    leave("pending")
    assert admin.list()["count"] == 1
    api.clock.advance(600)
    assert admin.list()["requests"] == []
    assert admin.list(status="pending")["count"] == 0

    assert api.process_deletions()["lapsed"] == 1
    assert tables.look().kinds("deletion") == []


@pytest.mark.parametrize("order", ["created_at", "updated_at", "customer_id"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("status", [None, "confirmed"])
def test_cursors_and_offsets_lead_through_all_of_them_in_order(admin, leave, order, direction, status):
    for state in ("confirmed", "cancelled", "confirmed", "pending", "confirmed"):
        leave(state)
    query = {"order": order, "order_direction": direction} | ({"status": status} if status else {})
    whole = admin.list(**query)["requests"]
    assert [each[order] for each in whole] == sorted([each[order] for each in whole], reverse=direction == "DESC")

    by_cursor, cursor = [], None
    for _ in range(10):
        page = admin.list(**query, limit=2, **({"cursor": cursor} if cursor else {}))
        by_cursor += page["requests"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    by_offset = [each for offset in range(0, 6, 2) for each in admin.list(**query, limit=2, offset=offset)["requests"]]

    assert by_cursor == whole
    assert by_offset == whole


def test_a_page_of_one_state_takes_three_requests_and_one_of_all_six(admin, leave):
    for state in ("confirmed", "cancelled", "pending"):
        leave(state)
    for status in ("pending", "confirmed", "cancelled", "completed"):
        assert len(admin.list(status=status).aws_calls) <= 3
    assert len(admin.list().aws_calls) <= 6


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 101},
        {"offset": 10_001},
        {"offset": -1},
        {"status": "erasing"},
        {"order": "id"},
        {"order_direction": "asc"},
        {"cursor": "x"},
    ],
)
def test_an_invalid_page_is_refused_by_its_name(admin, query):
    answer = admin.list(**query)

    assert answer.status == 400
    assert answer["errors"][0]["field"] == next(iter(query))


def test_a_cursor_is_valid_for_its_own_order_alone(admin, leave):
    leave("confirmed"), leave("confirmed")
    cursor = admin.list(limit=1)["next_cursor"]

    assert admin.list(limit=1, cursor=cursor, order="updated_at").status == 400
    assert admin.list(limit=1, cursor=cursor, offset=1).status == 400


def test_customers_see_no_requests(customer):
    assert customer.api.get(PATH, headers=customer.bearer())["type"] == "not_allowed"


def test_nobody_sees_requests_without_a_session(api):
    assert api.get(PATH).status == 401


def test_a_former_administrator_is_refused_whatever_the_token_says(admin, engine):
    admin.sign_in()
    make_admin(engine, admin.id, roles=())

    assert admin.list()["type"] == "not_allowed"


def test_the_role_is_in_the_token_of_the_next_sign_in(admin):
    token = admin.sign_in()["token"]

    assert admin.api.post("/login/validate", sessionToken=token)["token"]["roles"] == ["admin"]


def test_an_administrator_s_sign_in_is_good_for_twelve_hours(admin, api):
    api.clock.advance(12 * 3600 + 1)

    assert admin.list()["type"] == "reauthentication_required"
    admin.sign_in()
    assert admin.list().status == 200


def test_every_read_is_audited(admin, log):
    admin.list(status="confirmed")

    line = log.last
    assert (line["message"], line["outcome"], line["sid"]) == ("list_deletion_requests", "ok", admin.claims["sid"])
