"""Attacks whose size is what they are about: a hundredth of it in each run, all of it with ATTACKS=whole, as `make bench` runs them.

The numbers in the names of the tests are those of the whole. What each shows stands in docs/threats.md.
"""

import random
import time
from collections import Counter
from ipaddress import IPv6Address

import pytest

from customer_auth import codes
from tests.harness.attacks import WHOLE, part_of
from tests.harness.crowds import at_once
from tests.harness.people import LOGIN, Person, new_ip, new_number, other_code

pytestmark = pytest.mark.parametrize("engine", ["dynamodb-local"], indirect=True, scope="session")


@pytest.fixture(autouse=True)
def emptied_stream(api):
    """What an attack left there unsent, page after page, is no later test's."""
    yield
    while api.engine.new_records():
        pass


@pytest.fixture
def compared(monkeypatch):
    """Every code that was compared with the right one."""
    seen = []
    matches = codes._matches
    monkeypatch.setattr(codes, "_matches", lambda *asked: seen.append(asked[-1]) or matches(*asked))
    return seen


@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_of_10_000_wrong_codes_at_once_5_are_compared_and_the_right_one_is_then_refused(customer, compared, report, bound):
    challenge, code = customer.asked_and_read()
    named = {"challenge": challenge} if bound else {}
    count = part_of(10_000)

    answers = at_once(count, lambda _: customer.verify(other_code(code), **named))

    assert {answer.status for answer in answers} <= {401, 429}
    assert len(compared) <= 5
    assert customer.verify(code, **named).status == 401
    report(f"{count} wrong codes {'with' if bound else 'without'} their challenge: {len(compared)} compared, 0 accepted")


def test_100_000_asks_for_numbers_in_a_row_from_10_000_addresses_of_one_64_send_30_messages(api, report):
    network = IPv6Address(f"2001:db8:{random.randrange(2**16):x}::")
    asks, addresses = part_of(100_000), part_of(10_000)
    before = len(api.wire.sent)

    statuses = Counter(
        api.post("/login/mobile/send", phone=f"+1646{2_000_000 + nth}", ip=str(network + nth % addresses)).status for nth in range(asks)
    )
    while api.deliver():
        pass

    assert statuses == {200: 30, 429: asks - 30}
    assert len(api.wire.sent) - before == 30
    report(f"{asks} asks from {addresses} addresses of one /64: 30 messages")


def test_10_000_made_up_forwarding_addresses_are_one_client(api, report):
    count = part_of(10_000)

    def ask(_):
        headers = {"X-Forwarded-For": ", ".join(".".join(map(str, random.randbytes(4))) for _ in range(2))}
        return api.post(f"{LOGIN}/request-otp", phone=new_number(), headers=headers).status

    statuses = Counter(ask(nth) for nth in range(count))

    assert statuses == {200: 30, 429: count - 30}
    report(f"{count} addresses in X-Forwarded-For: 30 asks")


if WHOLE:  # a machine's speed is nothing that a test may depend on

    def test_time_does_not_tell_whether_a_number_has_an_account(api, inbox, report):
        known = [Person(api, inbox, new_ip()) for _ in range(25)]
        for person in known:
            person.sign_up()
        for item in api.table("CodesTable"):  # as TTL does within days; what a sign-in leaves there makes the item longer
            api.engine.clients.dynamodb.delete_item(TableName=api.engine.ids["CodesTable"], Key={"pk": item["pk"]})
        unknown = [Person(api, inbox, new_ip()) for _ in range(25)]
        took = {(act, there): [] for act in ("ask", "verify") for there in (True, False)}

        for _ in range(41):
            api.clock.advance(86_400)
            people = [(person, True) for person in known] + [(person, False) for person in unknown]
            random.shuffle(people)
            for person, there in people:
                for act, call in (("ask", person.ask), ("verify", lambda person=person: person.verify("000000"))):
                    person.ip = new_ip()
                    started = time.perf_counter()
                    answer = call()
                    took[act, there].append(time.perf_counter() - started)
                    assert answer.status in (200, 401), answer.text

        for act in ("ask", "verify"):
            auc = area_under_curve(*(took[act, there][25:] for there in (True, False)))  # the first round warms up
            assert 0.45 <= auc <= 0.55
            report(f"{act}, 2,000 samples, known or not by time: area under the curve {auc:.3f}")


def area_under_curve(some: list[float], others: list[float]) -> float:
    """The share of pairs in which the one of `some` is the greater: a half where nothing tells them apart."""
    ranks = {value: rank for rank, value in enumerate(sorted(some + others), 1)}
    return (sum(ranks[value] for value in some) - len(some) * (len(some) + 1) / 2) / (len(some) * len(others))


def test_the_area_under_the_curve_is_a_half_for_alike_and_one_for_apart(engine):
    assert area_under_curve([1, 4, 5, 8], [2, 3, 6, 7]) == 0.5
    assert area_under_curve([5, 6], [1, 2]) == 1
    assert area_under_curve([1, 2], [5, 6]) == 0
