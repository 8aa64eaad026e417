"""HEAD on what anyone may GET: the same status and headers, no body (RFC 9110 §9.3.2)."""

import pytest

from tests.harness.service import routes, template

PUBLIC = ["/.well-known/jwks.json", "/.well-known/openid-configuration", "/openapi.json", "/health"]


@pytest.mark.parametrize("path", PUBLIC)
def test_head_has_the_headers_of_get_and_no_body(api, path):
    answer, headed = api.get(path), api.request("HEAD", path)

    assert answer.text
    assert (headed.status, headed.headers, headed.text) == (answer.status, answer.headers, "")


def test_every_discovery_endpoint_accepts_head_and_no_other_does():
    discovery = {
        path for (method, path), name in routes().items() if method == "GET" and template().functions[name].code.name == "discovery"
    }

    assert {path for method, path in routes() if method == "HEAD"} == discovery == set(PUBLIC)


def test_an_unhealthy_service_is_503_without_a_body(api, wire):
    with wire.broken("BatchGetItem", "error"):
        answer, headed = api.get("/health"), api.request("HEAD", "/health")

    assert (headed.status, headed.headers, headed.text) == (503, answer.headers, "")
    assert headed.retry_after > 0


def test_a_refusal_has_no_body_either(api, wire, cold_keyring):
    with wire.broken("GetItem", "error"):
        headed = api.request("HEAD", "/.well-known/jwks.json")

    assert (headed.status, headed.text) == (503, "")
    assert headed.retry_after > 0


@pytest.mark.parametrize("path", PUBLIC)
def test_the_document_describes_head_without_a_body(api, path):
    item = api.get("/openapi.json")["paths"][path]

    assert item["head"].keys() == item["get"].keys()
    assert item["head"]["responses"].keys() == item["get"]["responses"].keys()
    assert not [response for response in item["head"]["responses"].values() if "content" in response or "$ref" in response]
    assert item["head"]["operationId"] != item["get"]["operationId"]
