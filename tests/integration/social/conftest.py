"""The service with three providers of the tests, and browsers that visit them."""

import pytest

from tests.harness.browsers import Browser
from tests.harness.providers_set_up import configure, forget, three_providers


@pytest.fixture
def providers():
    """Google, Apple and Facebook, by name."""
    with three_providers() as three:
        yield three


@pytest.fixture
def set_up(api, engine, monkeypatch):
    """Sets the service up with these providers alone."""
    yield lambda *chosen, **others: configure(engine, monkeypatch, *chosen, **others)
    monkeypatch.undo()
    forget()


@pytest.fixture
def all_set_up(providers, set_up):
    set_up(*providers.values())
    return providers


@pytest.fixture
def google(all_set_up):
    return all_set_up["google"]


@pytest.fixture
def apple(all_set_up):
    return all_set_up["apple"]


@pytest.fixture
def facebook(all_set_up):
    return all_set_up["facebook"]


@pytest.fixture(params=["google", "apple", "facebook"])
def provider(request, all_set_up):
    """Each of the three."""
    return all_set_up[request.param]


@pytest.fixture
def browser(api):
    return Browser(api)


@pytest.fixture
def other_browser(api):
    return Browser(api)
