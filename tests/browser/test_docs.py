"""/docs in a browser: it shows the whole API, and requests nothing from another host."""

import json

from tests.harness.local_stack import ROOT


def test_every_operation_is_shown_and_no_other_host_is_called(page, stack):
    urls = []
    page.on("request", lambda request: urls.append(request.url))
    document = json.loads((ROOT / "functions" / "discovery" / "openapi.json").read_text(encoding="utf-8"))

    page.goto("/docs")
    page.wait_for_selector("#operations-sessions-refreshSession")

    assert page.locator(".opblock").count() == sum(len(item) for item in document["paths"].values())
    assert all(url.startswith(f"{stack.url}/") for url in urls), urls


def test_a_call_can_be_tried_there(page):
    page.goto("/docs")
    page.click("#operations-discovery-checkHealth .opblock-summary-control")
    page.click("#operations-discovery-checkHealth .execute")

    assert '"status": "ok"' in page.inner_text("#operations-discovery-checkHealth .live-responses-table")
