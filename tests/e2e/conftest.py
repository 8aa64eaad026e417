"""One local stack for all tests that neither stop it nor watch it start."""

import pytest

from tests.harness.local_stack import started


@pytest.fixture(scope="session")
def stack():
    with started() as stack:
        yield stack


@pytest.fixture(scope="session")
def numbers():
    return (f"+1212555{number:04}" for number in range(1000, 9999))


@pytest.fixture
def number(numbers):
    return next(numbers)
