"""Where a sign-in's CPU goes: the time inside named functions, less that inside those they call which have a name of their own."""

import importlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

# The stage, its module (with a class in it), and the functions that are this stage.
FUNCTIONS = (
    ("event", "customer_auth.http.request:Request", ("__init__", "client")),
    ("body", "customer_auth.http.endpoint", ("parse_body",)),
    ("phone", "customer_auth.addresses.cleaning", ("phone",)),
    ("phone", "customer_auth.addresses.phone", ("_current",)),
    ("phone", "phonenumbers", ("parse", "region_code_for_number", "is_possible_number_with_reason", "format_number")),
    ("HMAC", "customer_auth.base.ids", ("hmac_sha256",)),
    ("AWS write", "customer_auth.aws.dynamodb", ("update", "put", "condition_check")),
    ("AWS write", "customer_auth.aws.json_protocol", ("_encode",)),
    ("AWS write", "customer_auth.aws.connections", ("request",)),
    ("AWS write", "socket:socket", ("sendall",)),
    ("read", "socket:socket", ("recv",)),
    ("parse", "customer_auth.aws.connections", ("_receive",)),
    ("parse", "customer_auth.aws.json_protocol", ("_parse",)),
    ("parse", "customer_auth.aws.dynamodb", ("unmarshal_item",)),
    ("signature", "customer_auth.aws.signature", ("sign",)),
    ("JWT", "customer_auth.tokens.access_tokens", ("issue",)),
    ("audit", "customer_auth.audit", ("begin", "note", "count", "end")),
    ("answer", "customer_auth.http.response", ("succeed",)),
)
REST = "the rest"


class Stages:
    """CPU seconds by stage. One thread alone."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._stack: list[str] = []
        self._since = 0.0

    def around(self, stage: str, act: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with its time counted for this stage."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            self._switch()
            self._stack.append(stage)
            try:
                return act(*args, **kwargs)
            finally:
                self._switch()
                self._stack.pop()

        return timed

    def _switch(self) -> None:
        """Count what has passed for the stage that is on top."""
        now = time.thread_time()
        if self._stack:
            self.seconds[self._stack[-1]] += now - self._since
        self._since = time.thread_time()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Count within; what is not inside of any function is nobody's."""
        with ExitStack() as ends:
            for stage, place, names in FUNCTIONS:
                owner = _owner(place)
                for name in names:
                    ends.enter_context(patch.object(owner, name, self.around(stage, getattr(owner, name))))
            ends.enter_context(patch.object(json, "loads", self._within("event", json.loads)))
            ends.enter_context(patch.object(json, "dumps", self._within("answer", json.dumps)))
            yield

    def _within(self, stage: str, act: Callable[..., Any]) -> Callable[..., Any]:
        """Counted for this stage where it is called by no other: Lambda's own JSON."""
        timed = self.around(stage, act)

        def chosen(*args: Any, **kwargs: Any) -> Any:
            return (timed if self._stack == [REST] else act)(*args, **kwargs)

        return chosen


def _owner(place: str) -> Any:
    module, _, name = place.partition(":")
    owner = importlib.import_module(module)
    return getattr(owner, name) if name else owner
