"""`/_local/graphiql/`: GraphiQL for the service's GraphQL endpoint, from what npm has installed; nothing is loaded from elsewhere."""

from pathlib import Path

from local import static_files
from local.gateway import message
from local.server import Response

PAGE = Path(__file__).parent
_MODULES = Path(__file__).parents[2] / ".tools" / "graphiql" / "node_modules"
FOLDERS = (PAGE, _MODULES / "graphiql", _MODULES / "react" / "umd", _MODULES / "react-dom" / "umd")
MISSING = "GraphiQL is not installed: make graphiql"
# Its fonts are data URLs, its editor sets the styles of its lines, and neither supports trusted types.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def answer(path: str) -> Response:
    """The page or one of its files."""
    if not (_MODULES / "graphiql" / "graphiql.min.js").exists():
        return message(404, MISSING)
    return static_files.find(FOLDERS, path or "index.html", POLICY) or message(404, "Not Found")
