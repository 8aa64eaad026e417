"""The admin console in a browser, with a list of requests that the tests control."""

import pytest
from playwright.sync_api import expect

from tests.browser.admin.console import Console, Service


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def opened(stack, service):
    """Opens the console in a browser."""
    return lambda context, search="": Console(context.new_page(), stack, service, search)


@pytest.fixture
def signed_in(device, opened, number):
    """Opens the console in a browser of its own, with a view and a session."""

    def open_(search="", **options):
        console = opened(device(**options), search)
        console.sign_in(number)
        return console

    return open_


@pytest.fixture
def console(signed_in):
    console = signed_in()
    expect(console.count).to_have_text("1–20 of 135")
    return console
