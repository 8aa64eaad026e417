import json
import threading
import time
from pathlib import Path

import pytest

from local import pool
from local.pool import MOST_WORKERS, Broken

pytestmark = pytest.mark.enable_socket  # workers are forked over a Unix socket


def invoke(function, event=None, **options):
    return json.loads(function.invoke(event or {}, **options))


def test_a_function_sees_its_own_environment_and_nothing_else(function, monkeypatch):
    monkeypatch.setenv("DEVELOPERS_OWN", "x")
    app = function("import os\ndef handler(event, context): return dict(os.environ)")

    assert invoke(app) == app.spec.environment


def test_a_function_has_its_code_first_then_its_layers_and_not_the_tree(function):
    app = function(
        """
        import os, sys, shared
        def handler(event, context): return {"path": sys.path, "layer": shared.NAME, "at": os.getcwd()}
        """,
        layer="NAME = 'layer'",
    )
    seen = invoke(app)

    assert tuple(seen["path"][:2]) == app.spec.path
    assert app.spec.hidden not in seen["path"]
    assert (seen["layer"], seen["at"]) == ("layer", app.spec.path[0])


def test_a_function_gets_event_and_context(function):
    app = function(
        """
        def handler(event, context):
            left = context.get_remaining_time_in_millis()
            return [event, context.function_name, context.memory_limit_in_mb, context.invoked_function_arn, 3000 < left <= 5000]
        """
    )

    assert invoke(app, {"a": [1, None]}) == [{"a": [1, None]}, "app", "256", app.spec.arn, True]


def test_a_worker_keeps_its_state_for_the_next_event(function):
    app = function("count = 0\ndef handler(event, context):\n    global count\n    count += 1\n    return count")

    assert [invoke(app) for _ in range(3)] == [1, 2, 3]


def test_a_worker_s_clock_is_as_far_ahead_as_the_stack_s(function):
    app = function(
        """
        import time
        from customer_auth.base import clock
        def handler(event, context): return clock.source() - time.time()
        """,
        offset_seconds=3600,
    )
    package = Path(app.spec.path[1], "customer_auth", "base")
    package.mkdir(parents=True)
    (package / "clock.py").write_text("import time\nsource = time.time\n")

    assert invoke(app) == pytest.approx(3600, abs=1)


def test_an_error_is_reported_with_its_trace_and_the_worker_continues(function, failures):
    app = function("calls = []\ndef handler(event, context):\n    calls.append(1)\n    return 1 / event['by'] + len(calls)")

    with pytest.raises(Broken):
        app.invoke({"by": 0})

    assert invoke(app, {"by": 1}) == 3
    [(name, failure)] = failures
    assert (name, failure.kind, failure.message) == ("app", "ZeroDivisionError", "division by zero")
    assert "app.py" in failure.trace


def test_a_result_that_is_no_json_is_an_error(function, failures):
    app = function("def handler(event, context): return {1, 2}")

    with pytest.raises(Broken):
        app.invoke({})
    assert failures[0][1].kind == "TypeError"


def test_a_worker_that_dies_is_replaced(function, failures):
    app = function("import os\ndef handler(event, context):\n    if event.get('die'): os._exit(7)\n    return os.getpid()")
    before = invoke(app)

    with pytest.raises(Broken):
        app.invoke({"die": True})

    assert invoke(app) != before
    assert failures[0][1][:2] == ("Runtime.ExitError", "Runtime exited (exit code 7)")


def test_a_function_that_is_too_slow_is_ended(function, failures):
    app = function("import time\ndef handler(event, context): time.sleep(event.get('seconds', 0)); return 'done'", timeout_seconds=5)
    started = time.monotonic()

    with pytest.raises(Broken):
        app.invoke({"seconds": 60}, within_seconds=0.3)

    assert time.monotonic() - started < 30
    assert failures[0][1][:2] == ("Sandbox.Timedout", "Task timed out after 0.30 seconds")
    assert invoke(app) == "done"


def test_a_handler_that_cannot_be_imported_fails_each_time(function, failures):
    app = function("import nowhere")

    for _ in range(2):
        with pytest.raises(Broken):
            app.invoke({})
    assert [failure.kind for _, failure in failures] == ["ModuleNotFoundError"] * 2


def test_concurrent_events_have_their_own_workers_up_to_the_limit(function):
    app = function("import os, time\ndef handler(event, context): time.sleep(0.3); return os.getpid()")
    pids = []
    threads = [threading.Thread(target=lambda: pids.append(invoke(app))) for _ in range(MOST_WORKERS + 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(pids) == MOST_WORKERS + 2
    assert len(set(pids)) == MOST_WORKERS


def test_the_check_names_what_cannot_start(function):
    good = function("import os\nassert os.environ['COLOUR'] == 'red'\ndef handler(event, context): ...")
    bad = function("class SettingsError(Exception): ...\nraise SettingsError('COLOUR must be blue')", COLOUR="green")

    failures = pool.check([good.spec, bad.spec._replace(name="bad")])

    assert [(name, failure.kind, failure.message) for name, failure in failures.items()] == [
        ("bad", "SettingsError", "COLOUR must be blue")
    ]
