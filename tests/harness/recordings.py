"""The functions' requests to AWS in the whole run, though several processes share it."""

from pathlib import Path
from typing import NamedTuple

from tests.harness.engines import ROOT, Engine
from tests.harness.permissions import Request
from tests.harness.roles import named
from tests.harness.wire import Wire
from tools import shared_run


class Recording(NamedTuple):
    """The requests with ARNs instead of names, and the functions that requested a message from the sender."""

    requests: set[Request]
    message_makers: set[str]


def save(wire: Wire) -> None:
    """Leave what this process recorded to the one that looks back."""
    requests = [request._replace(kinds=sorted(request.kinds)) for request in _named(wire)]
    shared_run.keep("recording", {"requests": requests, "message_makers": sorted(wire.message_makers)})


def of_run(wire: Wire) -> Recording:
    """What this process and all others recorded."""
    whole = Recording(_named(wire), {*wire.message_makers})
    for each in shared_run.kept("recording"):
        whole.requests.update(_read(*request) for request in each["requests"])
        whole.message_makers.update(each["message_makers"])
    return whole


def files_of_run() -> set[Path]:
    """The files whose tests other processes ran."""
    return {ROOT / test.partition("::")[0] for seconds in shared_run.kept("seconds") for test in seconds}


def _named(wire: Wire) -> set[Request]:
    return named(wire.requests, [engine.ids for engine in Engine.instances])


def _read(function: str, action: str, resource: str, kinds: list[str], context: list[list[str]]) -> Request:
    return Request(function, action, resource, frozenset(kinds), tuple((name, value) for name, value in context))
