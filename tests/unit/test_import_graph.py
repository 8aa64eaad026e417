"""The packages of the shared layer import each other only as `customer_auth/__init__.py` allows, and functions only what they use."""

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


FUNCTIONS = sorted((ROOT / "functions").rglob("*.py"))
# What talks to providers, and the functions that do.
OUTGOING = {f"customer_auth.outgoing.{name}" for name in ("provider_http", "provider_sockets")}
TO_PROVIDERS = {f"customer_auth.social.{name}" for name in ("discovery", "facebook", "jwks", "openid")} | OUTGOING
CALLING_PROVIDERS = {
    "exchange_provider_code",
    "process_account_deletions",
    "receive_apple_notification",
    "receive_google_notification",
    "start_provider_sign_in",
}
POSTING_CONSENTS = "send_messages"

ARROWS = {(importer, module) for path, importer in FILES.items() for module in imports(path) if module.startswith("customer_auth.")}


def loaded(path):
    """All modules of ours that are loaded with a function."""
    modules, found = {name: path for path, name in FILES.items()}, set()
    ahead = [*imports(path)]
    while ahead:
        module = ahead.pop()
        if module in modules and module not in found:
            found.add(module)
            ahead += imports(modules[module])
    return found


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


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: path.stem)
def test_a_function_loads_what_talks_to_providers_only_if_it_calls_them(path):
    calls = TO_PROVIDERS if path.stem in CALLING_PROVIDERS else OUTGOING if path.stem == POSTING_CONSENTS else set()
    assert loaded(path) & TO_PROVIDERS == calls


@pytest.mark.parametrize("path", [path for path in FUNCTIONS if path.parent.name not in ("social", "deletion")], ids=lambda path: path.stem)
def test_a_function_that_is_not_about_providers_loads_nothing_of_them(path):
    assert [module for module in loaded(path) if module.startswith("customer_auth.social.")] == []


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: path.stem)
def test_only_the_function_that_executes_graphql_loads_its_library(path):
    modules = {name: file for file, name in FILES.items()}
    importing = {name for name in loaded(path) if re.search(r"^(from|import) graphql\b", modules[name].read_text("utf-8"), re.MULTILINE)}

    assert bool(importing) is (path.stem == "execute_graphql")
    assert {package(name) for name in importing} <= {"graphql_api"}


def test_the_library_imports_no_function():
    assert [module for path in FILES for module in imports(path) if module.startswith(("functions", "local", "tools", "tests"))] == []
