"""Serves files like a static host: existing files only, with an exact content type and a strict policy."""

from collections.abc import Sequence
from pathlib import Path

from local.server import Response

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cache-control", "no-cache"),
)


def served(body: bytes, suffix: str, policy: str = POLICY) -> Response:
    return Response(200, (("content-type", TYPES[suffix]), ("content-security-policy", policy), *HEADERS), body)


def find(folders: Sequence[Path], path: str, policy: str = POLICY) -> Response | None:
    """The file at `path` (unquoted, with / between its names) in the first folder that has it; a folder's own page is index.html."""
    name = path + "index.html" if path.endswith("/") else path
    for folder in folders:
        file = _inside(folder, name)
        if file:
            return served(file.read_bytes(), file.suffix, policy)
    return None


def _inside(folder: Path, name: str) -> Path | None:
    if any(part in {"", ".", ".."} for part in name.split("/")) or "\0" in name or "\\" in name:
        return None
    file = folder / name
    # A link to a place outside the folder does not count as a file of it.
    inside = file.suffix in TYPES and file.is_file() and file.resolve().is_relative_to(folder.resolve())
    return file if inside else None
