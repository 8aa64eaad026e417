"""GET /openapi.json: the description of this API (OpenAPI 3.1), which `make openapi` generates from the models."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from customer_auth.http.endpoint import Call, endpoint


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Path(__file__).with_name("openapi.json").read_text(encoding="utf-8"))
    return document


@endpoint(cache_seconds=300, uses=())
def handler(call: Call[None, None]) -> dict[str, Any]:  # noqa: ARG001 (the call has no parameters)
    return _document()
