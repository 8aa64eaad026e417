"""The files of `templates/`, or an operator's own in their place.

They are read once a process, and filled in one pass, so that no value is ever read as a placeholder.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")
BUILT_IN = Path(__file__).parent / "templates"
# An operator's own lie in a folder here, in the layer beside the package.
BESIDE_PACKAGE = Path(__file__).parents[2]


class _Own:
    """The operator's own, where there are any."""

    folder: Path | None = None


def use(folder: Path | None) -> None:
    """Read the files of this folder in the place of the built-in ones of the same names; for this process."""
    _Own.folder = folder
    read.cache_clear()


@cache
def read(name: str) -> str:
    """The text of a file, the operator's if there is one, without the line end that closes it."""
    own = _Own.folder / name if _Own.folder else None
    path = own if own and own.is_file() else BUILT_IN / name
    return path.read_text("utf-8").rstrip("\n")


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with a value in the place of each `{{name}}`. Raises: KeyError for a name without a value."""
    return PLACEHOLDER.sub(lambda placeholder: values[placeholder[1]], template)
