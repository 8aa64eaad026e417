"""Writes the README's table of settings from the template's parameters; `--check` only reports whether it is up to date."""

import sys
from pathlib import Path
from typing import Any

from local.parameters import setting_name
from local.template import Template
from tools import marked

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BEGIN = "<!-- settings: written by `make readme` from template.yaml -->\n"
END = "<!-- end of settings -->\n"


def table() -> str:
    """A row for each parameter, in the order of the template."""
    declared: dict[str, dict[str, Any]] = Template.of_service().document["Parameters"]
    rows = [
        (f"`{setting_name(name)}`", _default(each), _allowed(each), each["Description"].removesuffix("."))
        for name, each in declared.items()
    ]
    lines = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join(["| Setting | Default | Allowed | Meaning |", "|---|---|---|---|", *(f"| {line} |" for line in lines)]) + "\n"


def _default(parameter: dict[str, Any]) -> str:
    if "Default" not in parameter:
        return "none: say it"
    text = str(parameter["Default"])
    return f"`{text}`" if text else "empty"


def _allowed(parameter: dict[str, Any]) -> str:
    if "MinValue" in parameter:
        return f"{parameter['MinValue']} to {parameter['MaxValue']}"
    if "AllowedValues" in parameter:
        return ", ".join(f"`{value}`" for value in parameter["AllowedValues"])
    if "ConstraintDescription" in parameter:
        return str(parameter["ConstraintDescription"]).removeprefix("must be ")
    return f"`{parameter['AllowedPattern']}`" if "AllowedPattern" in parameter else "a list with commas"


if __name__ == "__main__":
    sys.exit(marked.main(README, BEGIN, END, table(), "make readme", check="--check" in sys.argv[1:]))
