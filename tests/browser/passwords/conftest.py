"""A stack that registers customers with both addresses, its customers, and the steps of the demo."""

import pytest

from tests.browser.passwords.people import Person, Steps
from tests.harness.local_stack import started


@pytest.fixture(scope="session")
def stack():
    """A stack that registers customers with both addresses; the browser fixtures here use it."""
    with started("--set", "REGISTRATION_IDENTIFIER=both", "--set", "IP_SENDS_PER_HOUR=0", "--set", "ALLOWED_REGIONS=US,TR,IR") as stack:
        yield stack


@pytest.fixture
def person(stack):
    stack.post("/_local/clock", advance_seconds=1_800)  # at most ten registrations an hour from one IP address
    return Person(stack)


@pytest.fixture
def member(person):
    """The same, registered and verified."""
    person.session = person.register(first_name="Ada", last_name="Lovelace")
    return person


@pytest.fixture(scope="session")
def regular(stack):
    """A member whom no test changes."""
    person = Person(stack)
    person.session = person.register(first_name="Ada", last_name="Lovelace")
    return person


@pytest.fixture
def steps(demo):
    return Steps(demo)
