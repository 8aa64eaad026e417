import textwrap
import threading

import pytest

from local import pool
from local.pool import Pool
from local.worker import Spec

ENVIRONMENT = {"PATH": "/usr/bin", "TZ": ":UTC", "COLOUR": "red"}


@pytest.fixture(scope="session", autouse=True)
def forks():
    """The process that workers are forked from, while the tests here run."""
    yield
    pool.shut_down()


@pytest.fixture
def failures():
    """The failures that were reported to the stack: (function's name, failure)."""
    return []


@pytest.fixture
def function(tmp_path, failures):
    """Turns source text into a function and returns its pool: `function("def handler(event, context): …")`."""
    pools = []

    def make(source, *, timeout_seconds=5, layer="", offset_seconds=0, **environment):
        code, shared = tmp_path / f"code{len(pools)}", tmp_path / f"layer{len(pools)}"
        for folder, name, text in ((code, "app.py", source), (shared, "shared.py", layer)):
            folder.mkdir()
            (folder / name).write_text(textwrap.dedent(text))
        spec = Spec(
            name="app",
            arn="arn:aws:lambda:us-east-1:123456789012:function:app",
            module="app",
            attribute="handler",
            path=(str(code), str(shared)),
            hidden=str(tmp_path),
            environment=ENVIRONMENT | environment,
            timeout_seconds=timeout_seconds,
            memory_mb=256,
            verbose=False,
        )
        pool = Pool(spec, lambda: offset_seconds, lambda name, failure: failures.append((name, failure)))
        pools.append(pool)
        return pool

    yield make
    for each in pools:
        each.stop()


@pytest.fixture
def stopping():
    event = threading.Event()
    yield event
    event.set()
