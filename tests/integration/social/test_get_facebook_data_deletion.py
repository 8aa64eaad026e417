"""What became of a demand that came by Facebook."""

import pytest


@pytest.mark.parametrize("code", ["adr_1k8n3q5v7r9t2d4e6a0c1d3f", "x", "adr_", "..%2F"])
def test_an_unknown_code_is_not_found(api, code):
    assert api.get(f"/login/facebook/data-deletion/{code}").status == 404
