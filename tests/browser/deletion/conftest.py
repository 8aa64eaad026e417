"""The demo with a service whose responses to deletions the tests control."""

import pytest

from tests.browser.deletion.deletions import Deletions


@pytest.fixture
def deletions(demo):
    return Deletions(demo.page)
