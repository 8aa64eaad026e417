"""Each request to AWS of what gives, verifies and withdraws a consent, and each way in which it fails: posted once, after the next call."""

import contextlib

import pytest

from customer_auth.aws import Failed
from customer_auth.base.errors import Refusal
from tests.harness.engines import ON_DYNAMODB
from tests.harness.faults import Killed
from tests.harness.register import Consenter

# moto copies its tables in every transaction: with so many of them it is slow.
pytestmark = ON_DYNAMODB

MODES = ("error", "throttle", "timeout", "lost", "killed_before", "killed_after", "conflict")
WRITES = ("UpdateItem", "TransactWriteItems")
KEY = "b25lLXZlcmlmaWNhdGlvbg"
DAY = 86_400


@pytest.fixture
def someone(api, inbox):
    """A new person each time."""
    return lambda: Consenter(api, inbox)


def each_fault(calls, mode: str):
    """Each of the calls that this mode can break, as `broken` takes it: broken for good, and once."""
    for nth, call in enumerate(calls):
        if mode == "conflict" and call.operation not in WRITES:
            continue
        alike = sum(each.operation == call.operation for each in calls[: nth + 1])
        for times in (1, 1_000):
            yield {"operation": call.operation, "mode": mode, "service": call.service, "nth": alike, "times": times}


def calls_of(api, act) -> list:
    since = len(api.wire.calls)
    act()
    return api.wire.calls[since:]


def broken(api, fault: dict, act) -> None:
    with contextlib.suppress(Killed, Failed, Refusal), api.wire.broken(**fault):
        act()


@pytest.mark.parametrize("mode", MODES)
def test_a_verification_posts_its_consents_once(api, someone, register, combinations, mode):
    def ready():
        person = someone()
        person.sign_up_with("EMAIL", "MESSAGE")
        token = person.request_verification(person.customer_id)["token"]
        code = person.inbox.code(person.email)
        return person, lambda: person.verify_address(token, code, key=KEY)

    for fault in each_fault(calls_of(api, ready()[1]), mode):
        person, verify = ready()
        broken(api, fault, verify)
        assert verify().status == 200, fault
        api.deliver()
        api.deliver_again()

        combinations["of consents"] += 1
        assert register.posted(person.email) == ["ONAY EPOSTA"], fault
        assert register.posted(person.phone) == [], fault


@pytest.mark.parametrize("mode", MODES)
def test_a_withdrawal_is_recorded_and_posted_once(api, someone, register, tables, combinations, mode):
    def ready():
        person = someone().verified("EMAIL")
        api.deliver()
        api.deliver_again()
        return person, lambda: person.withdraw("EMAIL")

    for fault in each_fault(calls_of(api, ready()[1]), mode):
        tables.empty()
        person, withdraw = ready()
        broken(api, fault, withdraw)
        withdraw()
        api.deliver()
        api.deliver_again()

        combinations["of consents"] += 1
        assert register.posted(person.email) == ["ONAY EPOSTA", "RET EPOSTA"], fault
        [customer] = tables.look().kinds("customer")
        assert len(customer["consents"]["L"]) == 2, fault


@pytest.mark.parametrize("mode", MODES)
def test_an_erasure_withdraws_once(api, someone, register, combinations, mode):
    def ready():
        person = someone().verified("EMAIL")
        api.clock.advance(90)
        assert person.leave().status == 200
        api.deliver()
        api.deliver_again()
        api.clock.advance(8 * DAY)
        return person

    def run():
        api.clock.advance(3_600)
        api.process_deletions()

    ready()
    for fault in each_fault(calls_of(api, run), mode):
        if fault["times"] == 1 and fault["operation"] != "TransactWriteItems":
            continue
        person = ready()
        broken(api, fault, run)
        for _ in range(3):
            run()
        api.deliver()
        api.deliver_again()

        combinations["of consents"] += 1
        assert register.posted(person.email) == ["ONAY EPOSTA", "RET EPOSTA"], fault
