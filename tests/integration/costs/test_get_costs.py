"""GET /admin/costs."""

import pytest

from customer_auth.base import clock
from customer_auth.ledger import summary_items
from customer_auth.ledger.figures import CostGroup, Figures
from tests.harness.admins import make_admin
from tests.harness.engines import ON_BOTH_ENGINES

PATH = "/admin/costs"


@pytest.fixture
def admin(customer, engine):
    make_admin(engine, customer.id)
    return customer


@pytest.fixture
def summaries(api, engine):
    """The summaries of two hours of this month, and of one of the month before."""
    for item in api.table("LedgerTable"):
        engine.clients.dynamodb.delete_item(TableName=engine.ids["LedgerTable"], Key={name: item[name] for name in ("pk", "sk")})
    month = clock.iso(clock.now())[:7]
    first = int(clock.datetime.fromisoformat(f"{month}-01T00:00:00+00:00").timestamp())
    sns, ses = CostGroup("TR", "sns"), CostGroup("", "ses")
    summary_items.put(first, {sns: Figures(3, 3, 2, 2, 60_000)}, 1)
    summary_items.put(first + clock.HOUR, {sns: Figures(1, 1, 0, 1, 30_000), ses: Figures(2, 2, 0, 0, 200)}, 1)
    summary_items.put(first - clock.HOUR, {sns: Figures(7, 7, 0, 0, None)}, 1)
    return month, clock.iso(first - 1)[:7]


def ask(admin, query: str = "", token: str | None = None):
    return admin.api.get(PATH, headers=admin.bearer(token), query=query)


@ON_BOTH_ENGINES
def test_a_month_is_the_sum_of_its_hours_by_region_and_sender(admin, summaries):
    answer = ask(admin)

    assert answer.aws_calls == ("BatchGetItem", "Query")
    assert answer.body == {
        "month": summaries[0],
        "rows": [
            {"region": "", "sender": "ses", "asked": 2, "sent": 2, "delivered": 0, "verified": 0, "usd": 0.0002, "usd_per_verified": None},
            {"region": "TR", "sender": "sns", "asked": 4, "sent": 4, "delivered": 2, "verified": 3, "usd": 0.09, "usd_per_verified": 0.03},
        ],
    }


def test_another_month_is_asked_for_by_its_name_and_an_unknown_price_is_null(admin, summaries):
    [row] = ask(admin, f"month={summaries[1]}")["rows"]

    assert (row["asked"], row["usd"], row["usd_per_verified"]) == (7, None, None)
    assert ask(admin, "month=1999-01")["rows"] == []


@pytest.mark.parametrize("month", ["2026", "2026-13", "2026-1", "11-2026", "2026-11-01", "x"])
def test_what_is_no_month_is_refused(admin, month):
    answer = ask(admin, f"month={month}")

    assert (answer.status, answer["type"], answer["errors"][0]["field"]) == (400, "bad_request", "month")


def test_nobody_but_an_administrator_sees_what_messages_cost(api, customer):
    assert api.get(PATH).status == 401
    assert (ask(customer).status, ask(customer)["type"]) == (403, "not_allowed")


def test_an_administrator_who_signed_in_half_a_day_ago_signs_in_again(api, admin):
    for _ in range(13):
        api.clock.advance(clock.HOUR)
        renewed = admin.refresh().body
        admin.session |= {"token": renewed["sessionToken"], "refresh_token": renewed["refreshToken"]}

    assert (ask(admin).status, ask(admin)["type"]) == (403, "reauthentication_required")
