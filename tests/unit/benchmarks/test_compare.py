"""A driver of another server: what it is told, what it answers, and whose CPU counts."""

import shlex
import sys

import pytest

from benchmarks import compare

SERVER = "import sys\nfor line in sys.stdin:\n    sum(range({work}))\n    print('signed in', flush=True)"
DRIVER = """
import subprocess, sys
for line in sys.stdin:
    match line.strip():
        case "start":
            pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
            server = subprocess.Popen([sys.executable, "-c", SERVER], **pipes)
            print("ready", server.pid, flush=True)
        case "flow":
            sum(range(10_000_000))  # of the driver, which is in no figure
            server.stdin.write("sign in\\n")
            server.stdout.readline()
            print("done", flush=True)
        case "stop":
            server.communicate()
            print("stopped", flush=True)
"""


def driver(tmp_path, text: str):
    script = tmp_path / "driver.py"
    script.write_text(text)
    return compare.started(shlex.join([sys.executable, str(script)]))


def cpu_of_a_flow(tmp_path, *, work: int) -> float:
    with driver(tmp_path, DRIVER.replace("SERVER", repr(SERVER.replace("{work}", str(work))))) as other:
        other.flow()  # it has started
        before = other.cpu_seconds()
        other.flow()
        return other.cpu_seconds() - before


def test_the_server_s_cpu_counts_and_the_driver_s_does_not(tmp_path):
    assert 20 * cpu_of_a_flow(tmp_path, work=10) < cpu_of_a_flow(tmp_path, work=10_000_000)


def test_a_driver_that_answers_something_else_ends_the_comparison(tmp_path):
    wanted = "the driver answered 'start' by 'no docker here' instead of 'ready'"
    with pytest.raises(ValueError, match=wanted), driver(tmp_path, "input(); print('no docker here', flush=True)"):
        pass


def test_a_driver_that_ends_ends_the_comparison(tmp_path):
    with pytest.raises(ValueError, match="'flow' by ''"), driver(tmp_path, "input(); print('ready', flush=True)") as other:
        other.flow()
