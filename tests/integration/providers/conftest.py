import time

import pytest

from customer_auth.base import clock
from customer_auth.outgoing.deadline import Deadline
from customer_auth.social import discovery, jwks
from tests.harness.hostile_facebook import HostileFacebook
from tests.harness.hostile_provider import HostileProvider


@pytest.fixture(autouse=True)
def cold_container():
    """A container that has fetched nothing of any provider."""
    discovery.forget()
    jwks.forget()


@pytest.fixture
def wait(monkeypatch):
    """Lets seconds go by on the service's clock, which otherwise stands still: `wait(60)`."""
    seconds = [int(time.time())]
    monkeypatch.setattr(clock, "source", lambda: seconds[0])

    def forward(more):
        seconds[0] += more

    return forward


@pytest.fixture
def google(wait):
    with HostileProvider("google") as provider:
        yield provider


@pytest.fixture
def apple(wait):
    with HostileProvider("apple") as provider:
        yield provider


@pytest.fixture
def facebook(wait):
    with HostileFacebook() as provider:
        yield provider


@pytest.fixture
def little_time():
    """A call that waits for each request a quarter of a second, which is enough for those that are not slow."""
    return Deadline(each_seconds=0.25, all_seconds=1)
