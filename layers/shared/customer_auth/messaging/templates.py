"""The files of `templates/`: read once a process, and filled in one pass, so that no value is ever read as a placeholder."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "templates"
_PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")


@cache
def read(name: str) -> str:
    """The text of a file below `templates/`, without the line end that closes it."""
    return (_FOLDER / name).read_text("utf-8").rstrip("\n")


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with a value in the place of each `{{name}}`. Raises: KeyError for a name without a value."""
    return _PLACEHOLDER.sub(lambda placeholder: values[placeholder[1]], template)
