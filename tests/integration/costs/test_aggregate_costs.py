"""The hourly sums: right whatever is repeated, late, at once or broken, and never a guess."""

import random
from collections import Counter

import pytest

from customer_auth.base import clock
from customer_auth.ledger import costs, figures, ledger_items, prices, summary_items
from customer_auth.ledger.figures import CostGroup, Figures
from customer_auth.ledger.ledger_items import LedgerMessage, MessageState, Report, RowRef, Subject
from local import events
from tests.harness.crowds import at_once
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB

TR, US = CostGroup("TR", "sns"), CostGroup("US", "sns")
SENT, FAILED = MessageState.SENT, MessageState.FAILED
DELIVERED = Report(MessageState.DELIVERED, "", 19_500)


@pytest.fixture
def hour_at(api, engine):
    """The beginning of an hour that has no rows, long enough ago to be added up now."""
    for item in api.table("LedgerTable"):
        engine.clients.dynamodb.delete_item(TableName=engine.ids["LedgerTable"], Key={name: item[name] for name in ("pk", "sk")})
    now = clock.now()
    return now - now % clock.HOUR - 2 * clock.HOUR


@pytest.fixture
def priced(monkeypatch):
    """Prices of two regions; of others none is known."""
    table = {"as_of": "2026-01-01", "usd": {"sns": {"US": "0.00645", "TR": "0.01"}, "ses": {"*": "0.0001"}}}
    monkeypatch.setattr(prices, "_table", lambda: table)  # the file's content


class Row:
    """One row, as senders, conversions and reports write it."""

    def __init__(self, at: int, region: str = "US"):
        self.ref = RowRef(at, random.randbytes(16))
        self.subject = Subject("login", "untrusted", region, "prefix")
        self.count = 0

    def send(self, sender: str = "sns", state: MessageState = SENT, segments: int = 1) -> "Row":
        self.count += 1
        provider_id = random.randbytes(8).hex() if state is SENT else ""
        self.message = LedgerMessage(f"{self.count:02}", sender, self.ref.requested_at + self.count, state, "", segments, provider_id)
        ledger_items.dynamodb.write(ledger_items.record_message(self.ref, self.subject, self.message))
        return self

    def verify(self) -> "Row":
        ledger_items.dynamodb.write(ledger_items.verify(self.ref, self.ref.requested_at + 30))
        return self

    def report(self, report: Report) -> "Row":
        ledger_items.record_report(ledger_items.FoundMessage(self.ref.key[1], self.message.attempt), report)
        return self


def month_of(hour_at: int) -> dict[CostGroup, Figures]:
    return figures.add(summary_items.find_month(clock.iso(hour_at)[:7]))


# ── sums ──


@ON_BOTH_ENGINES
def test_an_hour_is_added_up_by_region_and_sender(api, hour_at, priced):
    Row(hour_at).send().verify()
    Row(hour_at + 1).send(segments=2).report(Report(FAILED, "expired"))
    Row(hour_at + clock.HOUR - 1, "TR").send().report(DELIVERED).verify()
    Row(hour_at + clock.HOUR, "TR").send()  # in the next hour
    before = month_of(hour_at)

    assert api.aggregate_costs() == {"rows": 3}

    assert before == {}
    assert month_of(hour_at) == {US: Figures(2, 2, 0, 1, 3 * 6_450), TR: Figures(1, 1, 1, 1, 19_500)}


def test_a_message_that_another_sender_took_over_counts_at_both_and_its_code_at_the_one_that_accepted_it(api, hour_at, priced):
    Row(hour_at, "TR").send("netgsm", FAILED).send("sns").verify()
    api.aggregate_costs()

    assert month_of(hour_at) == {CostGroup("TR", "netgsm"): Figures(1, 0, 0, 0, 0), TR: Figures(1, 1, 0, 1, 10_000)}


def test_a_used_code_whose_sending_was_never_recorded_counts_at_no_known_sender(api, hour_at, priced):
    Row(hour_at).verify()
    api.aggregate_costs()

    assert month_of(hour_at) == {CostGroup("", "unknown"): Figures(1, 0, 0, 1, 0)}


def test_where_one_price_is_not_known_there_is_no_sum_of_money_and_the_others_stand(api, hour_at, priced):
    Row(hour_at, "DE").send().verify()
    Row(hour_at, "DE").send().report(DELIVERED).verify()
    Row(hour_at).send().verify()
    api.aggregate_costs()
    lines = {line.region: line for line in costs.report(clock.iso(hour_at)[:7])}

    assert (lines["DE"].sent, lines["DE"].usd, lines["DE"].usd_per_verified) == (2, None, None)
    assert (lines["US"].usd, lines["US"].usd_per_verified) == (0.00645, 0.00645)


def test_a_message_that_nobody_accepted_costs_nothing_and_without_a_used_code_there_is_no_price_for_one(api, hour_at, priced):
    Row(hour_at).send(state=FAILED)
    Row(hour_at).send(state=MessageState.QUEUED)
    api.aggregate_costs()
    [line] = costs.report(clock.iso(hour_at)[:7])

    assert (line.requested, line.sent, line.usd, line.usd_per_verified) == (2, 0, 0, None)


@ON_DYNAMODB
def test_rows_and_summaries_add_up_to_the_same_whatever_happened_to_each_message(api, hour_at, priced):
    chance, totals = random.Random(3), Counter()
    for nth in range(150):
        row = Row(hour_at + nth * 24, chance.choice(["US", "TR"]))
        steps = [row.verify] * chance.randrange(2)
        row.send(state=FAILED) if chance.random() < 0.2 else None
        totals["asked"] += 1
        steps.append(row.send)
        chance.shuffle(steps)
        for step in steps:
            step()
            totals[step.__name__] += 1
        if chance.random() < 0.5:
            row.report(DELIVERED)
            totals["micro_usd"] += 19_500
            totals["delivered"] += 1
        else:
            totals["micro_usd"] += {"US": 6_450, "TR": 10_000}[row.subject.region]
    api.aggregate_costs()
    summed = figures.add([{CostGroup("", ""): each} for each in month_of(hour_at).values()])[CostGroup("", "")]

    assert summed == Figures(totals["asked"], totals["send"], totals["delivered"], totals["verify"], totals["micro_usd"])
    lines = costs.report(clock.iso(hour_at)[:7])
    assert sum(line.requested for line in lines) == 150
    assert round(sum(line.usd for line in lines) * 1_000_000) == totals["micro_usd"]


# ── late, repeated, at once, broken ──


def test_an_hour_is_added_up_when_its_codes_have_ended_and_again_when_reports_were_late(api, hour_at, priced):
    row = Row(hour_at).send()
    rows, age = {}, 2
    for later in (2, 3, 24, 25, 26, 73, 74, 75):
        api.clock.advance((later - age) * clock.HOUR)
        age = later
        rows[age] = (api.aggregate_costs()["rows"], month_of(hour_at)[US].delivered)
        if age == 26:
            row.report(DELIVERED)

    assert rows == {2: (1, 0), 3: (0, 0), 24: (0, 0), 25: (1, 0), 26: (0, 0), 73: (0, 0), 74: (1, 1), 75: (0, 1)}


def test_hours_that_runs_have_missed_are_added_up_by_the_next_one(api, hour_at, priced):
    Row(hour_at).send()
    api.clock.advance(20 * clock.HOUR)
    Row(hour_at + 10 * clock.HOUR).send()

    assert [api.aggregate_costs()["rows"] for _ in range(2)] == [2, 0]
    assert summary_items.find_hours(hour_at, hour_at) == {hour_at}


def test_repeating_a_run_changes_nothing_and_a_late_one_is_of_its_own_hour(api, hour_at, priced):
    Row(hour_at).send().verify()
    event = events.schedule_event("AggregateCostsHourly", api.clock.now())
    for _ in range(3):
        api.invoke("AggregateCosts", event)
        api.clock.advance(1_000)

    assert month_of(hour_at) == {US: Figures(1, 1, 0, 1, 6_450)}
    assert api.invoke("AggregateCosts", {})["rows"] in (0, 1)  # by hand, without a time


def test_a_summary_whose_rows_were_read_earlier_takes_no_later_one_s_place(hour_at):
    later, earlier = {US: Figures(2)}, {US: Figures(1)}

    assert summary_items.put(hour_at, later, 2_000)
    assert not summary_items.put(hour_at, earlier, 1_999)
    assert month_of(hour_at) == later
    assert summary_items.put(hour_at, earlier, 2_000)


@ON_DYNAMODB
def test_two_runs_at_once_come_to_the_same(api, hour_at, priced):
    for _ in range(20):
        Row(hour_at).send().verify()
    at_once(2, lambda _: api.aggregate_costs())

    assert month_of(hour_at) == {US: Figures(20, 20, 0, 20, 20 * 6_450)}


@pytest.mark.parametrize("operation", ["Query", "PutItem"])
@pytest.mark.parametrize("mode", ["error", "throttle", "timeout", "lost"])
def test_a_run_that_breaks_fails_and_the_next_one_is_right(api, wire, hour_at, priced, operation, mode):
    Row(hour_at).send()
    times = 4 if mode == "throttle" else 2
    with wire.broken(operation, mode, times=times), pytest.raises(Exception, match=r".+"):
        api.aggregate_costs()
    api.clock.advance(1)
    api.aggregate_costs()

    assert month_of(hour_at) == {US: Figures(1, 1, 0, 0, 6_450)}


# ── prices ──


def test_every_price_of_the_table_is_an_amount_in_micro_dollars_and_the_table_has_its_day():
    table = prices._table()

    assert clock.datetime.fromisoformat(prices.as_of())
    assert prices.micro_usd("ses", "", 0) == 100
    assert prices.micro_usd("sns", "ZZ", 1) is None
    for by_region in table["usd"].values():
        assert all(float(price) > 0 and len(price.partition(".")[2]) <= 6 for price in by_region.values())


def test_each_segment_is_paid(priced):
    assert [prices.micro_usd("sns", "TR", segments) for segments in (1, 3)] == [10_000, 30_000]
