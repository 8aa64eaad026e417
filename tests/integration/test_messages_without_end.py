"""Messages without end: every function that may make one is called again and again within an hour, and the messages are bounded."""

from collections import Counter

import pytest

from tests.harness.browsers import Browser
from tests.harness.documents import rows
from tests.harness.message_makers import CLIENTS, DRIVERS, SENDER, TIMES, Driver, may_hand_over, may_make_a_message
from tests.harness.people import PASSWORD, Person, new_ip
from tests.harness.service import template

HOUR = 3_600


def test_every_function_that_may_make_a_message_is_driven():
    assert {name.partition(",")[0] for name in DRIVERS} == may_make_a_message() - {SENDER}


def test_no_function_but_the_sender_hands_anything_over():
    assert may_hand_over() == {SENDER}


def test_every_function_that_was_seen_to_make_a_message_is_driven(wire):
    """Of those that this run has seen so far; `test_policies` looks back on the whole of it."""
    assert wire.message_makers <= {name.partition(",")[0] for name in DRIVERS}


def bounds() -> dict[str, tuple[int, int]]:
    return {what: (int(one), int(many)) for what, one, many in rows("docs/threats.md", "Driven again and again for an hour")}


def spelled(name: str) -> str:
    """As in the document: the route, and the particular case."""
    function, comma, more = name.partition(",")
    [route, *_] = template().functions[function].routes or [None]
    return (f"{route.method} {route.path}" if route else function) + comma + more


def test_the_document_has_a_bound_for_each_of_them():
    assert set(bounds()) == {spelled(name) for name in DRIVERS}


@pytest.fixture
def crowd(request, api, inbox):
    """Makes people who have done what the driver wants, each from a network of their own."""

    def make(driver: Driver, count: int) -> list[Person]:
        people = [Person(api, inbox, new_ip()) for _ in range(count)]
        for person in people:
            person.password = PASSWORD
            if driver.provider:
                person.provider, person.browser = request.getfixturevalue(driver.provider), Browser(api)
            driver.ready(person)
        api.clock.advance(HOUR)  # the windows are theirs alone
        api.deliver()
        return people

    return make


def driven(api, driver: Driver, people: list[Person], clients: list[str], times: int) -> Counter:
    """How many messages each address got by the calls themselves, not by their preparation."""
    came = Counter()
    for nth in range(times):
        person = people[nth % len(people)]
        person.ip = clients[nth % len(clients)]
        arguments = driver.before(person)
        api.deliver()
        seen = len(api.wire.sent)
        driver.call(person, **arguments)
        api.deliver()
        came.update(message.to for message in api.wire.sent[seen:])
        api.clock.advance(HOUR // times)
    return came


@pytest.mark.parametrize("name", DRIVERS)
def test_one_client_causes_as_many_messages_as_the_document_says_and_no_more(api, tables, setting, crowd, report, name):
    driver = DRIVERS[name]
    setting(**driver.setting)
    people = crowd(driver, TIMES if driver.others else 1)

    came = driven(api, driver, people, [new_ip()], TIMES)

    assert came.total() == bounds()[spelled(name)][0]


@pytest.mark.parametrize("name", DRIVERS)
def test_forty_clients_cause_as_many_messages_to_one_address_as_the_document_says_and_no_more(api, tables, setting, crowd, name):
    driver = DRIVERS[name]
    setting(**driver.setting)
    people = crowd(driver, 1)

    came = driven(api, driver, people, [new_ip() for _ in range(CLIENTS)], CLIENTS)

    assert max(came.values(), default=0) == bounds()[spelled(name)][1]
