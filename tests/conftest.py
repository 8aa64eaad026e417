"""What the tests stand on: the service in this process on moto and on DynamoDB Local, a clock, an inbox, a wire that can break."""

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from customer_auth.base import clock
from tests.harness import attacks, crowds, engines, recordings
from tests.harness.engines import Engine
from tests.harness.inboxes import Inbox
from tests.harness.keyrings import Days, restored_keyring
from tests.harness.people import Person, new_number
from tests.harness.service import Clock, Service, entered, template
from tests.harness.wire import Wire

UNIT = Path(__file__).with_name("unit")


@pytest.fixture(scope="session")
def aws_in_process():
    with engines.embedded():
        yield


@pytest.fixture(scope="session")
def moto_engine(aws_in_process):
    with patch.dict(os.environ):
        os.environ.pop("AWS_ENDPOINT_URL_DYNAMODB", None)  # of the other engine, which may be in use still
        return Engine("moto", template(), None)


@pytest.fixture(scope="session")
def dynamodb_local_engine(aws_in_process):
    with engines.shared_dynamodb_local() as url:
        yield Engine("dynamodb-local", template(), url)


@pytest.fixture(scope="session")
def wire():
    wire = Wire()
    yield wire
    recordings.save(wire)


@pytest.fixture(params=[engines.ENGINE], scope="session")
def engine(request, wire):
    """Every behaviour is shown on one engine, and those that both have to have alike on both."""
    yield from entered(request.getfixturevalue(request.param.replace("-", "_") + "_engine"), wire)


@pytest.fixture
def test_clock():
    moved = Clock()
    clock.source = moved.now
    return moved


@pytest.fixture
def api(engine, wire, test_clock):
    service = Service(engine, wire, test_clock)
    service.skip_records()
    wire.calls.clear()
    return service


@pytest.fixture
def inbox(api):
    return Inbox(api)


@pytest.fixture
def number():
    return new_number()


@pytest.fixture
def ada(api, inbox):
    """A person with a phone and an email address of her own, and no account."""
    return Person(api, inbox)


@pytest.fixture
def customer(ada):
    """A person who has signed up with her phone."""
    ada.sign_up()
    return ada


@pytest.fixture
def part_of(record_property):
    """How much of an attack's size this run carries out: `part_of(10_000)`."""
    return attacks.parts(record_property)


@pytest.fixture
def days(api, engine):
    """Lets days go by, with signing keys made daily as they are; afterwards the keyring is as it was."""
    with restored_keyring(engine):
        yield Days(api)


def pytest_terminal_summary(terminalreporter):
    """Reports how many calls of each test really ran concurrently: the greatest number under way at one moment."""
    if crowds.overlaps:
        terminalreporter.section("at once")
    for test, overlap in crowds.overlaps.items():
        terminalreporter.line(f"{overlap}: {test}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Units come first, for some have a moto of their own; what looks back on the calls of the whole run comes last."""
    items.sort(key=lambda item: (UNIT not in item.path.parents, item.path.name == "test_policies.py"))
