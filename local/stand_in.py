"""What the stand-ins of providers have in common: each takes exactly the documented request, feeds the inbox, and breaks on demand."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from local.inbox import Inbox
from local.senders import Senders
from local.server import Request, Response

LONGEST_BODY = 1_000_000


class Taken(NamedTuple):
    """A text that a provider has accepted."""

    to: str
    text: str


type Result = Response | tuple[list[Taken], Response]


class StandIn(ABC):
    """One provider. `settings` are the stack's, with its credentials; `senders` says whether it is broken, and how."""

    name: ClassVar[str]  # by which it is broken
    provider: ClassVar[str]  # as the inbox names it
    channel: ClassVar[str] = "sms"
    # The answers to `error`, `throttle` and `reject`; any other code of the provider's is a mode too.
    modes: ClassVar[Mapping[str, str]]

    def __init__(self, settings: Mapping[str, Any], inbox: Inbox, senders: Senders) -> None:
        self._settings = settings
        self._inbox = inbox
        self._senders = senders

    def answer(self, request: Request) -> Response | None:
        """The response to a request, or None for none. What is accepted is in the inbox."""
        mode = self._senders.mode(self.name)
        if mode == "timeout":
            self._senders.hang()
        if mode in ("timeout", "down"):
            return None
        if mode and mode != "lost":
            return self.refuse(self.modes.get(mode, mode))
        result = self.take(request)
        if isinstance(result, Response):
            return result
        taken, response = result
        for each in taken:
            self._inbox.add(self.channel, each.to, each.text, provider=self.provider)
        return None if mode == "lost" else response

    @abstractmethod
    def take(self, request: Request) -> Result:
        """The response to a request, with the texts that it has sent, if it has sent any."""

    @abstractmethod
    def refuse(self, code: str) -> Response:
        """The response with a code of the provider's."""

    def setting(self, name: str) -> str:
        return str(self._settings.get(name, ""))


def as_json(status: int, value: object) -> Response:
    return Response(status, (("content-type", "application/json"),), json.dumps(value, ensure_ascii=False).encode())


def json_object(request: Request) -> dict[str, Any] | None:
    """The JSON object that a POST carries; None if it carries none."""
    try:
        value = json.loads(request.body)
    except ValueError:
        return None
    is_json = request.header("content-type").partition(";")[0] == "application/json"
    return value if isinstance(value, dict) and is_json and request.method == "POST" else None
