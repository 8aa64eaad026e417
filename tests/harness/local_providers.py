"""Signing in at the local providers (`make dev ARGS="--with-providers"`): what they need, and a person without a browser."""

import re
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
import requests

from tests.harness.engines import ROOT
from tests.harness.nodes import node

PACKAGES = ROOT / ".tools" / "oidc-provider"
ARGUMENT = "--with-providers"
TIMEOUT_SECONDS = 20


def skip_if_missing():
    """Skip the test on a machine that cannot run the providers."""
    node()
    if not (PACKAGES / ".done").exists():
        pytest.skip("oidc-provider is missing: make oidc-provider (it needs npm: apt-get install npm)")


def sign_in_at(browser, url, *, until, **form):
    """What a provider answers in the end to the form on its page, filled in like this: a redirect to `until`, or a page."""
    chooser = browser.get(url, timeout=TIMEOUT_SECONDS)
    assert chooser.status_code == 200, chooser.text
    action = re.search(r'<form method="post" action="([^"]*)"', chooser.text)[1].replace("&#38;", "&")
    response = browser.post(urljoin(chooser.url, action), data=form, allow_redirects=False, timeout=TIMEOUT_SECONDS)
    while response.is_redirect and not response.headers["location"].startswith(until):
        response = browser.get(response.headers["location"], allow_redirects=False, timeout=TIMEOUT_SECONDS)
    return response


class Visitor:
    """A person at a page of the shop, with a browser's cookies and no script: one jar for the service, another for the providers."""

    def __init__(self, stack):
        self.stack = stack
        self.page = f"{stack.url}/_local/demo/"
        self.at_provider = requests.Session()
        self.binding = None

    def close(self):
        self.at_provider.close()

    def start(self, provider):
        """Where the service sends the browser; it keeps the cookie, which is for TLS or a page of this machine."""
        response = self.stack.post(f"/login/{provider}/start", redirectUrl=self.page)
        assert response.status_code == 200, response.text
        self.binding = response.json()["binding"]
        assert response.headers["set-cookie"].startswith(f"__Host-sign-in={self.binding};")
        return response.json()["authUrl"]

    def sign_in_at(self, url, **form):
        """The response of a provider to the form on its page, filled in like this, without what follows it."""
        return sign_in_at(self.at_provider, url, until=self.stack.url, **form)

    def answer_of(self, response):
        """The query with which the browser comes back to the page: by a redirect, or by a form that the service passes on."""
        if not response.is_redirect:
            action = re.search(r'action="([^"]*)"', response.text)[1]
            fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', response.text))
            fields = {name: re.sub(r"&#(\d+);", lambda sign: chr(int(sign[1])), value) for name, value in fields.items()}
            assert urlsplit(action).path == "/login/apple/callback"
            response = requests.post(action, data=fields, allow_redirects=False, timeout=TIMEOUT_SECONDS)  # of another site: no cookies
            assert response.status_code == 303, response.text
        page, _, query = response.headers["location"].partition("?")
        assert page == self.page
        return dict(parse_qsl(query))

    def exchange(self, provider, answer, token=None):
        """Bring the code back to the service, with the cookie of the start."""
        headers = {"cookie": f"__Host-sign-in={self.binding}"} | ({"authorization": f"Bearer {token}"} if token else {})
        body = {name: answer[name] for name in ("code", "state")}
        return self.stack.request("POST", f"/login/{provider}/exchange", json=body, headers=headers)

    def sign_in(self, provider, token=None, **form):
        return self.exchange(provider, self.answer_of(self.sign_in_at(self.start(provider), **form)), token)
