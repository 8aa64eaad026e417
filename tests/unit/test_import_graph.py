"""The packages of the shared layer import each other only as `customer_auth/__init__.py` allows."""

import ast
import re
from graphlib import TopologicalSorter

import pytest

import customer_auth
from tests.harness.engines import ROOT

LIBRARY = ROOT / "layers" / "shared" / "customer_auth"
ORDER = re.findall(r"^(\w+)  +\S", customer_auth.__doc__ or "", re.MULTILINE)  # the lowest first
FILES = {path: ".".join(path.relative_to(LIBRARY.parent).with_suffix("").parts).removesuffix(".__init__") for path in LIBRARY.rglob("*.py")}


def imports(path):
    """The modules of ours that a file imports when it is loaded; imports inside functions do not delay the start."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in (each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom) and each.module):
        for name in node.names:
            module = f"{node.module}.{name.name}"
            yield module if module in FILES.values() else node.module


ARROWS = {(importer, module) for path, importer in FILES.items() for module in imports(path) if module.startswith("customer_auth.")}


def package(module):
    return module.split(".")[1] if "." in module else ""


def test_every_package_has_its_place_in_the_order():
    assert sorted(ORDER) == sorted(path.parent.name for path in LIBRARY.glob("*/__init__.py"))


@pytest.mark.parametrize("name", ORDER)
def test_a_package_imports_only_those_below_it(name):
    allowed = ORDER[: ORDER.index(name) + 1]

    assert [
        f"{importer} -> {module}" for importer, module in sorted(ARROWS) if package(importer) == name and package(module) not in allowed
    ] == []


def test_no_modules_import_each_other_in_a_circle():
    graph = {}
    for importer, module in ARROWS:
        graph.setdefault(importer, set()).add(module)
    graph["customer_auth.aws"] -= {"customer_auth.aws.sdk"}  # imported when the first message is sent

    assert list(TopologicalSorter(graph).static_order())  # CycleError names the cycle


def test_the_library_imports_no_function():
    assert [module for path in FILES for module in imports(path) if module.startswith(("functions", "local", "tools", "tests"))] == []
