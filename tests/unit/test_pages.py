"""The pages fetch the client's modules and the texts at once, although only other modules import them."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"
PAGES = sorted(WEB.glob("*/index.html"))
SHARED = {*WEB.glob("*.js"), *WEB.glob("customer-auth/*.js"), *WEB.glob("demo/texts/*.js")}
_IMPORT = re.compile(r"""^(?:import|export)\b[^;]*?["'](\.[^"']+)["']""", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_a_page_preloads_the_client_and_the_texts_that_it_imports_and_nothing_else(page):
    html = page.read_text(encoding="utf-8")
    [script] = re.findall(r'<script type="module" src="([^"]+)"', html)
    preloaded = {(page.parent / each).resolve() for each in re.findall(r'<link rel="modulepreload" href="([^"]+)"', html)}
    modules = imported((page.parent / script).resolve())
    assert modules & SHARED <= preloaded <= modules


def imported(script: Path) -> set[Path]:
    """The modules that a script imports when it starts, directly or by another."""
    found: set[Path] = set()
    waiting = [script]
    while waiting:
        module = waiting.pop()
        modules = {(module.parent / each).resolve() for each in _IMPORT.findall(module.read_text(encoding="utf-8"))}
        waiting += modules - found
        found |= modules
    return found
