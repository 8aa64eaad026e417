"""Every built function answers its events under Lambda's own runtime, as `make invoke-all` runs them."""

import os
import subprocess

import pytest

from local.template import Template
from tools import emulator, invoke_all, stack
from tools.emulator import ARCHITECTURE, ROOT

EVENTS = [event.stem for function in Template.of_service().functions.values() for event in invoke_all.events_of(function)]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    try:
        emulator.program()
    except emulator.Missing as missing:
        pytest.skip(str(missing))
    environment = os.environ | {"ARCHITECTURE": ARCHITECTURE}
    built = subprocess.run(["make", "-s", "build"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S607
    assert built.returncode == 0, built.stdout + built.stderr
    runtime = emulator.lay_runtime(tmp_path_factory.mktemp("runtime"))
    with stack.started() as running:
        return {run.event: run for run in invoke_all.runs(running.environments(), runtime)}


@pytest.mark.timeout(300)  # the first request gets all of them
@pytest.mark.parametrize("event", EVENTS)
def test_a_function_answers_in_90_mb(runs, event):
    run = runs[event]

    assert not run.failed, run.answer
    assert run.memory_mb <= 90
