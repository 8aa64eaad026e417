"""The API's document in use: shown under /docs on the local stack, and compared with the service by schemathesis over HTTP."""

import re
import subprocess
import sys

import pytest

from tests.harness.local_stack import ROOT, started


@pytest.fixture(scope="module")
def stack():
    with started() as stack:
        yield stack


def files_of(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="([^"]+)"', page)


def test_docs_is_a_page_whose_files_all_load(stack):
    page = stack.request("GET", "/docs")
    files = files_of(page.text)

    assert page.url == f"{stack.url}/docs/"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert {"swagger-ui.css", "swagger-ui-bundle.js", "start.js", "/openapi.json"} <= set(files)
    for name in files:
        if not name.startswith("data:"):
            answer = stack.request("GET", name if name.startswith("/") else f"/docs/{name}")
            assert (answer.status_code, answer.headers["x-content-type-options"]) == (200, "nosniff"), name


def test_docs_can_reach_no_other_host(stack):
    page = stack.request("GET", "/docs/")
    policy = page.headers["content-security-policy"]
    sources = {source for directive in policy.split("; ") for source in directive.split()[1:]}

    assert policy.startswith("default-src 'none'")
    assert sources == {"'none'", "'self'", "data:"}
    assert "//" not in page.text.replace("<!doctype html>", "")
    assert "http" not in stack.request("GET", "/docs/start.js").text


@pytest.mark.parametrize("path", ["/docs/__init__.py", "/docs/%2e%2e/stack.py", "/docs/%2e%2e/flask_swagger_ui.py", "/docs/nothing.js"])
def test_docs_serves_only_its_own_files(stack, path):
    assert stack.request("GET", path).status_code == 404


def test_docs_is_read_only(stack):
    assert stack.request("POST", "/docs/").status_code == 405


def test_schemathesis_finds_nothing_at_the_bounds_of_what_each_field_allows():
    if not (ROOT / ".tools" / "schemathesis" / ".done").exists():
        pytest.skip("schemathesis is missing: make setup")

    result = subprocess.run(
        [sys.executable, "-m", "tools.fuzz", "--phases", "examples,coverage", "--seconds", "25"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert "No issues found" in result.stdout
