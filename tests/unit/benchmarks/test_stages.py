import importlib

import pytest

from benchmarks.stages import FUNCTIONS

NAMED = [(place, name) for _, place, names in FUNCTIONS for name in names]


@pytest.mark.parametrize(("place", "name"), NAMED)
def test_what_a_stage_names_is_there(place, name):
    module, _, owner = place.partition(":")
    there = importlib.import_module(module)

    assert callable(getattr(getattr(there, owner) if owner else there, name))
