"""Circuits: a broken sender is skipped by everybody, tried again by one message at a time, and trusted again once it has accepted one."""

import pytest

from customer_auth.messaging import circuits
from tests.harness.crowds import at_once
from tests.harness.engines import ON_DYNAMODB
from tests.harness.sms_senders import new_number_of

TR = "TR=netgsm,sns;*=sns"


def tried(providers) -> int:
    """How often Netgsm was asked, since the last look."""
    count = len(providers.requests["netgsm"])
    providers.requests["netgsm"].clear()
    return count


def send(sms, count: int = 1) -> list[list[str]]:
    """Send this many codes; by whom each went."""
    phones = [new_number_of("netgsm") for _ in range(count)]
    for phone in phones:
        sms.send(phone)
    return [sms.sent(phone) for phone in phones]


@pytest.fixture
def broken(routes, sms, providers):
    """Netgsm out of order for everything, and its circuit open: five messages have tried it twice each."""
    routes(TR)
    providers.break_("netgsm", "100")
    send(sms, 5)
    assert tried(providers) == 10
    return providers


def test_ten_failures_within_a_minute_open_it_and_nine_do_not(api, routes, sms, providers):
    routes(TR)
    providers.break_("netgsm", "40")  # one failure a message
    send(sms, 9)
    assert tried(providers) == 9
    send(sms)
    assert tried(providers) == 1

    assert send(sms, 3) == [["sns"]] * 3
    assert tried(providers) == 0


def test_failures_of_more_than_a_minute_ago_do_not_count(api, routes, sms, providers):
    routes(TR)
    providers.break_("netgsm", "40")
    send(sms, 9)
    api.clock.advance(60)
    send(sms, 9)
    tried(providers)
    send(sms)

    assert tried(providers) == 1


def test_refusals_about_the_number_and_messages_that_were_accepted_are_no_failures(api, routes, sms, providers):
    routes(TR, NETGSM_OTP="true")
    providers.break_("netgsm", "50")
    send(sms, 12)
    assert tried(providers) == 12
    providers.mend("netgsm")

    assert send(sms) == [["netgsm"]]


def test_a_container_that_has_just_started_knows_it_too(api, sms, broken):
    api.restart()

    assert send(sms, 2) == [["sns"]] * 2
    assert tried(broken) == 0


def test_another_container_learns_of_it_by_its_own_failure_or_within_five_seconds(api, sms, broken):
    circuits.keep(["netgsm", "sns"], [None, None])  # as a container knows it that read it just before
    send(sms)
    assert tried(broken) == 1
    circuits.keep(["netgsm", "sns"], [None, None])
    api.clock.advance(circuits.READ_SECONDS)
    send(sms)

    assert tried(broken) == 0


def test_after_thirty_seconds_one_message_tries_the_sender_and_if_it_fails_the_others_wait_on(api, sms, broken):
    api.clock.advance(29)
    send(sms)
    assert tried(broken) == 0
    api.clock.advance(1)
    send(sms, 3)

    assert tried(broken) == 1
    api.clock.advance(29)
    send(sms)
    assert tried(broken) == 0


def test_a_sender_that_accepts_the_message_that_tries_it_is_used_again_by_all(api, sms, broken):
    broken.mend("netgsm")
    api.clock.advance(30)

    assert send(sms, 3) == [["netgsm"]] * 3
    api.restart()
    assert send(sms) == [["netgsm"]]


@ON_DYNAMODB
def test_of_eight_containers_at_once_one_tries(api, sms, broken):
    api.clock.advance(30)
    api.restart()
    circuits.keep(["netgsm"], [{"opened_at": int(api.clock.now()) - 30}])

    assert at_once(8, lambda _: circuits.may_try("netgsm")).count(True) == 1


def test_where_all_are_broken_the_first_is_tried_all_the_same(api, routes, sms, providers):
    routes("TR=netgsm,webhook;*=sns")
    providers.break_("netgsm", "40")
    providers.break_("webhook", "400")
    send(sms, 10)
    providers.mend("netgsm")
    tried(providers)

    assert send(sms) == [["netgsm"]]


def test_with_one_sender_in_the_route_there_is_no_circuit(api, routes, sms, providers, tables):
    routes("TR=netgsm;*=sns")
    providers.break_("netgsm", "40")
    send(sms, 11)

    assert tried(providers) == 11
    assert tables.look().kinds("circuit") == []


def test_a_circuit_that_cannot_be_written_costs_no_message(api, routes, sms, providers):
    routes(TR)
    providers.break_("netgsm", "40")
    phone = new_number_of("netgsm")
    sms.ask(phone)
    records = api.new_records()
    with api.wire.broken("UpdateItem", "error", nth=3, times=2):
        sms.take_records(records)
    api.clock.advance(15)
    sms.take_again()

    assert sms.sent(phone) == ["sns"]
