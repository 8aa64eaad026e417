"""The demo with a Google, an Apple and a Facebook of this machine, which are another site than the service."""

import contextlib

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Demo
from tests.harness import local_providers
from tests.harness.local_stack import started


@pytest.fixture(scope="package")
def stack():
    local_providers.skip_if_missing()
    with started(local_providers.ARGUMENT, "--set", "IP_SENDS_PER_HOUR=0") as stack:
        yield stack


@pytest.fixture
def opened(stack):
    """Opens the demo in a browser."""
    return lambda context: ProviderDemo(context.new_page(), stack)


class ProviderDemo(Demo):
    """The demo as a person uses it who has accounts elsewhere."""

    def __init__(self, page, stack):
        super().__init__(page, stack)
        self.linked = page.locator("#identities-list li")

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def choose(self, name):
        """Sign in at the provider whose page is shown, under a name."""
        expect(self.page.get_by_role("heading", name="Sign in with the local")).to_be_visible()
        self.page.get_by_label("Somebody else").fill(name)
        self.button("Continue").click()

    def sign_in_by(self, provider, name):
        self.button(f"Continue with {provider}").click()
        self.choose(name)
        expect(self.title).to_have_text("You are signed in")

    def add(self, provider, name):
        """Add a provider on the page of linked accounts."""
        self.open_identities()
        self.button(f"Add {provider}").click()
        self.choose(name)

    def open_identities(self):
        self.page.goto("/_local/demo/#identities")
        expect(self.title).to_have_text("Linked accounts")

    def log_out(self):
        self.page.goto("/_local/demo/")
        self.button("Log out here").click()
        expect(self.title).to_have_text("Sign in or sign up")

    @property
    def customer_id(self):
        return self.page.locator("[data-claim=sub]").text_content()

    @contextlib.contextmanager
    def refusing(self, path, status, kind):
        """The service refuses these calls meanwhile."""
        answer = {"success": False, "type": kind, "message": kind, "request_id": "r"}
        self.page.route(path, lambda route: route.fulfill(status=status, json=answer))
        yield
        self.page.unroute(path)
