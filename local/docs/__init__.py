"""`/docs`: the API's document, shown by Swagger UI from its package; nothing is loaded from elsewhere."""

import importlib.util
import json
from pathlib import Path

from local import static_files
from local.gateway import JSON, message
from local.server import Request, Response

PREFIX = "/docs/"
PAGE = Path(__file__).parent
# Swagger UI has its icons as data URLs in its style sheet, and does not support trusted types.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def has(path: str) -> bool:
    return path.startswith(PREFIX) or path == PREFIX.rstrip("/")


def answer(request: Request) -> Response:
    """The answer to a request for the page or one of its files."""
    if request.method not in {"GET", "HEAD"}:
        return Response(405, (("allow", "GET, HEAD"), JSON), json.dumps({"message": "Use GET."}).encode())
    if request.path == PREFIX.rstrip("/"):
        return Response(308, (("location", PREFIX),))
    path = request.path.removeprefix(PREFIX) or "index.html"
    return static_files.find((PAGE, _renderer()), path, POLICY) or message(404, "Not Found")


def _renderer() -> Path:
    """The package's folder with Swagger UI. The package itself needs Flask and is not imported. Raises: ModuleNotFoundError."""
    spec = importlib.util.find_spec("flask_swagger_ui")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("flask_swagger_ui")
    return Path(spec.origin).parent / "dist"
