"""The pages in Debian's Chromium, against a local stack of their own."""

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.harness.local_stack import ROOT, started

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = ROOT / ".tools" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
BOTH_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def stack():
    with started("--set", "IP_SENDS_PER_HOUR=0", "--set", "ALLOWED_REGIONS=US,TR,IR") as stack:
        yield stack


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is missing: apt-get install chromium-headless-shell fonts-liberation fonts-noto-core")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def numbers():
    return (f"+1212555{number:04}" for number in range(1000, 9999))


@pytest.fixture
def number(numbers):
    return next(numbers)


@pytest.fixture
def device(chromium, stack):
    """Opens browsers that share nothing; at the end no page may have thrown an error or violated the policy."""
    contexts, faults = [], []

    def new(**options):
        context = chromium.new_context(base_url=stack.url, **({"locale": "en-US", "viewport": {"width": 360, "height": 740}} | options))
        context.set_default_timeout(30_000)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(device):
    return device().new_page()


@pytest.fixture
def opened(stack):
    """Opens the demo in a browser."""
    return lambda context: Demo(context.new_page(), stack)


@pytest.fixture
def demo(device, opened):
    return opened(device())


@pytest.fixture
def axe():
    if not AXE.exists():
        pytest.skip("axe-core is missing: make axe (it needs npm: apt-get install npm)")
    source = AXE.read_text(encoding="utf-8")

    def violations(page):
        page.evaluate(source)
        return [
            f"{each['id']}: {node['html']} {node['failureSummary']}"
            for each in page.evaluate("tags => axe.run(document, {runOnly: tags})", BOTH_RULES)["violations"]
            for node in each["nodes"]
        ]

    return violations


class Demo:
    """The sign-in demo as a person uses it."""

    def __init__(self, page, stack):
        self.page = page
        self.stack = stack
        page.goto("/_local/demo/")
        self.error = page.locator(".error:visible")
        self.title = page.locator("h1:visible")
        self.phone = page.locator("#phone")
        self.email = page.locator("#email")
        self.code = page.locator("#code")
        self.submit = page.locator("[type=submit]:visible")
        self.resend = page.locator("#resend")
        self.notice = page.locator("#said")
        self.time_left = page.locator("#left-text")

    def request_code(self, address):
        if "@" in address:
            self.page.get_by_role("radio", name="Email").check()
            self.email.fill(address)
        else:
            self.phone.fill(address)
        self.submit.click()

    def code_sent_to(self, address, count=1):
        """The code of the newest message that has one, once there are `count` messages."""
        return next(message["code"] for message in self.stack.messages(address, count=count) if "code" in message)

    def sign_in(self, address, count=1):
        self.request_code(address)
        expect(self.code).to_be_focused()
        self.code.fill(self.code_sent_to(address, count))
        expect(self.page.locator("#account")).to_be_visible()
