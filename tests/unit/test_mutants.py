"""The faults of `make mutants` still fit the code, and its verdicts are right."""

import ast
import shutil

import pytest

from tests.harness.engines import ROOT
from tools import mutants
from tools.mutants import Mutant

LISTED = mutants.listed()
BY_NAME = [pytest.param(each, id=each.name) for each in LISTED]


@pytest.mark.parametrize("mutant", BY_NAME)
def test_no_fault_is_stale(mutant):
    assert mutant.stale() is None
    assert mutant.old != mutant.new
    if mutant.file.endswith(".py"):  # the fault changes behaviour and is no syntax error
        ast.parse(mutant.mutated((ROOT / mutant.file).read_text("utf-8")))


@pytest.mark.parametrize("mutant", BY_NAME)
def test_every_test_that_a_fault_names_exists(mutant):
    assert mutant.tests
    for test in mutant.tests:
        file, _, name = test.partition("::")
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        assert name.partition("[")[0] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, test


def test_there_are_60_faults_and_each_has_a_name_of_its_own():
    assert len(LISTED) >= 60
    assert len({each.name for each in LISTED}) == len({(each.file, each.old, each.new) for each in LISTED}) == len(LISTED)


@pytest.fixture
def copy(tmp_path):
    """A tree with one module and its test."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "left_out.py", tmp_path / "tools")
    (tmp_path / "sums.py").write_text("def add(one, other):\n    return one + other\n")
    (tmp_path / "test_sums.py").write_text("from sums import add\n\n\ndef test_sums():\n    assert add(2, 2) == 4\n")
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "test", "state"),
    [
        ("one + other", "one - other", "test_sums.py::test_sums", "killed"),
        ("one + other", "one * other", "test_sums.py::test_sums", "SURVIVED"),
        ("one + other", "one +", "test_sums.py::test_sums", "stale"),
        ("one + two", "one", "test_sums.py::test_sums", "stale"),
        ("one", "two", "test_sums.py::test_sums", "stale"),
        ("one + other", "one - other", "test_sums.py::test_products", "stale"),
    ],
)
def test_a_fault_is_killed_by_a_test_that_fails_and_leaves_the_copy_as_it_was(copy, old, new, test, state):
    before = (copy / "sums.py").read_text()

    outcome = mutants._outcome(Mutant("", "sums.py", old, new, (test,)), copy)

    assert outcome.state == state, outcome.output
    assert (copy / "sums.py").read_text() == before
