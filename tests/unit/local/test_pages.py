"""Paths of the local stack that only redirect to one of its pages."""

import pytest

from local.pages import redirect
from local.server import Request


def response_to(method, path, query=""):
    return redirect(Request(method, path, query, (), b"", "127.0.0.1"))


def test_the_link_that_sets_a_new_password_opens_the_demo_with_its_query():
    response = response_to("GET", "/reset-password", "token=a-b&email=ada%40example.com")
    headers = dict(response.headers)

    assert (response.status, headers["location"]) == (302, "/_local/demo/?token=a-b&email=ada%40example.com")
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_the_inbox_is_found_without_the_last_slash():
    response = response_to("GET", "/_local")

    assert (response.status, dict(response.headers)["location"]) == (308, "/_local/")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/reset-password"), ("GET", "/reset-password/"), ("GET", "/auth/customer/emailpass/reset-password"), ("GET", "/_local/")],
)
def test_no_other_path_redirects(method, path):
    assert response_to(method, path) is None
