import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_auth.base.limits import LONG_AGO, Limit, Window, client_sends, code_attempts, sends

_ASSIGNMENT = r"#(\w+) = (?:if_not_exists\(#(\w+), (:\w+)\)|(:\w+))"
_TERM = r"\(attribute_not_exists\(#(\w+)\) OR #(\w+) <= (:\w+)\)"


def updated(item, expression, values):
    """The item after DynamoDB's update; every right-hand side reads the item as it was before."""
    parts = expression.split(", #")
    assignments = [re.fullmatch(_ASSIGNMENT, part if part[0] == "#" else f"#{part}").groups() for part in parts]
    return item | {to: values[plain] if plain else item.get(source, values[otherwise]) for to, source, otherwise, plain in assignments}


def holds(item, condition, values):
    """Whether the condition holds, as DynamoDB evaluates it."""
    terms = [re.fullmatch(_TERM, term).groups() for term in condition.split(" AND ")]
    return all(absent not in item or (time in item and item[time] <= values[value]) for absent, time, value in terms)


class Oracle:
    """A model of a window: the times of its events, and never more of them than a limit allows in its span."""

    def __init__(self, limits):
        self.limits, self.times = limits, []

    def has_room(self, now):
        return all(sum(time > now - seconds for time in self.times) < count for count, seconds in self.limits)

    def retry_after_seconds(self, now):
        changes = {time + seconds for time in self.times for _, seconds in self.limits}
        return min((at for at in changes if at >= now and self.has_room(at)), default=now) - now


_LIMITS = st.lists(st.builds(Limit, st.integers(1, 8), st.integers(1, 60)), min_size=1, max_size=3).map(tuple)
_STEPS = st.lists(st.tuples(st.integers(0, 25), st.sampled_from(["count", "count", "count", "give back"])), max_size=60)


@given(limits=_LIMITS, steps=_STEPS)
def test_a_window_allows_exactly_what_its_limits_allow(limits, steps):
    window, oracle = Window("w", limits), Oracle(limits)
    item, now = {}, 1_000_000
    for seconds, step in steps:
        now += seconds
        values = window.values(now)
        if step == "give back":
            item = updated(item, window.shift_back(), {":long_ago": LONG_AGO})
            oracle.times = oracle.times[:-1]
        elif holds(item, window.condition(), values):
            assert oracle.has_room(now)
            item = updated(item, window.update(), values)
            oracle.times.append(now)
        else:
            assert not oracle.has_room(now)
            assert window.retry_after_seconds(item, now) == oracle.retry_after_seconds(now) > 0


def test_the_longest_wait_of_all_limits_is_returned():
    window = Window("w", (Limit(1, 90), Limit(2, 3600)))

    assert window.retry_after_seconds({"w0": 10_000, "w1": 9_900}, 10_010) == 3_490
    assert window.retry_after_seconds({"w0": 10_000, "w1": LONG_AGO}, 10_010) == 80


@pytest.mark.parametrize("length", [1, 2, 60])
def test_a_window_needs_each_of_its_values_and_no_other(length):
    window = Window("w", (Limit(length, 60),))
    written = f"{window.update()} {window.condition()}"

    assert set(re.findall(r":\w+", written)) == set(window.values(1_000))


@pytest.mark.parametrize("length", [1, 10, 60])
def test_both_expressions_of_a_window_fit_into_dynamodb_s_4_kb(length):
    window = Window("send", (Limit(1, 600), Limit(20, 3600), Limit(length, 86400)))

    assert len(window.update()) < 3_600
    assert len(window.shift_back()) < 3_600
    assert len(window.condition()) < 1_000


def test_the_template_s_windows_are_the_contract_s(template_settings):
    assert sends().limits == ((1, 90), (5, 3600), (10, 86400))
    assert code_attempts().limits == ((10, 3600), (20, 86400))
    assert client_sends().limits == ((30, 3600),)


def test_an_operator_behind_a_proxy_may_turn_the_client_s_window_off(setting):
    setting(IP_SENDS_PER_HOUR=0)

    assert client_sends() is None
