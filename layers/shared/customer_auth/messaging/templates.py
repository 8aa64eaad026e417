"""The template files: those of `templates/`, or an operator's own instead.

A file is read once a process. A template is filled in one pass, so that a value is never taken for a placeholder.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")
BUILT_IN = Path(__file__).parent / "templates"
# An operator's own folder is here: in the layer, beside the package.
BESIDE_PACKAGE = Path(__file__).parents[2]


class _OperatorTemplates:
    """The operator's own templates, if there are any."""

    folder: Path | None = None


def use(folder: Path | None) -> None:
    """For the rest of this process, prefer the files of this folder to the built-in ones of the same name."""
    _OperatorTemplates.folder = folder
    read.cache_clear()


@cache
def read(name: str) -> str:
    """The text of a file, the operator's if there is one, without its final line break."""
    override = _OperatorTemplates.folder / name if _OperatorTemplates.folder else None
    path = override if override and override.is_file() else BUILT_IN / name
    return path.read_text("utf-8").rstrip("\n")


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with every `{{name}}` replaced by its value. Raises: KeyError for a name without a value."""
    return PLACEHOLDER.sub(lambda placeholder: values[placeholder[1]], template)
