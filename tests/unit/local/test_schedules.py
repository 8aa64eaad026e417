"""When EventBridge's expressions are due."""

from datetime import UTC, datetime

import pytest

from local.schedules import ScheduleError, parse

DAY = 86_400


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("expression", "after", "due"),
    [
        ("cron(0 3 * * ? *)", "2026-01-01T02:59:59.9", "2026-01-01T03:00"),
        ("cron(0 3 * * ? *)", "2026-01-01T03:00", "2026-01-02T03:00"),
        ("cron(0 3 ? * * *)", "2026-02-28T12:00", "2026-03-01T03:00"),
        ("cron(0 * * * ? *)", "2026-01-01T23:00:00.5", "2026-01-02T00:00"),
        ("cron(59 23 * * ? *)", "2026-12-31T23:59", "2027-01-01T23:59"),
        ("cron(* * * * ? *)", "2026-01-01T00:00:59", "2026-01-01T00:01"),
        ("cron(* 4 * * ? *)", "2026-01-01T04:59", "2026-01-02T04:00"),
        ("rate(1 minute)", "2026-01-01T00:00:10", "2026-01-01T00:01:10"),
        ("rate(90 minutes)", "2026-01-01T01:40", "2026-01-01T03:00:10"),
        ("rate(1 hour)", "2026-01-01T00:00:10", "2026-01-01T01:00:10"),
        ("rate(2 hours)", "2026-01-01T02:00:09", "2026-01-01T02:00:10"),
        ("rate(1 day)", "2026-01-05T00:00:10", "2026-01-06T00:00:10"),
        ("rate(7 days)", "2026-01-01T00:00:11", "2026-01-08T00:00:10"),
    ],
)
def test_a_schedule_has_its_next_time(expression, after, due):
    assert parse(expression).next_after(at(after), began_at=at("2026-01-01T00:00:10")) == at(due)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("rate(1 minutes)", "minute for 1"),
        ("rate(5 minute)", "minutes for more"),
        ("rate(0 minutes)", "the local stack knows"),
        ("rate(1 week)", "the local stack knows"),
        ("rate(1.5 hours)", "the local stack knows"),
        ("at(2026-01-01T00:00:00)", "the local stack knows"),
        ("cron(0 3 * * *)", "the local stack knows"),
        ("cron(0 3 * * * *)", "the local stack knows"),
        ("cron(0 3 ? * ? *)", "the local stack knows"),
        ("cron(0 3 1 * ? *)", "the local stack knows"),
        ("cron(0 3 ? * MON *)", "the local stack knows"),
        ("cron(0 3 * * ? 2027)", "the local stack knows"),
        ("cron(60 3 * * ? *)", "60 must be a number from 0 to 59, or *"),
        ("cron(0 24 * * ? *)", "24 must be a number from 0 to 23, or *"),
        ("cron(0/5 * * * ? *)", "0/5 must be a number from 0 to 59, or *"),
        ("cron(0 1,2 * * ? *)", "1,2 must be a number"),
        ("cron(٣ 3 * * ? *)", "٣ must be a number"),
        ("", "the local stack knows"),
    ],
)
def test_an_unknown_expression_is_refused_in_a_line_that_names_it(expression, reason):
    with pytest.raises(ScheduleError) as refused:
        parse(expression)

    assert str(refused.value).startswith(f"{expression}: ")
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)
