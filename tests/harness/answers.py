"""The responses of the service."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """A response over HTTP, with the requests to AWS that it took."""

    status: int
    headers: dict
    text: str
    aws_calls: tuple[str, ...]
    cookies: tuple[str, ...] = ()

    @property
    def body(self) -> dict:
        return json.loads(self.text or "{}")

    def __getitem__(self, name):
        return self.body[name]

    @property
    def shape(self):
        """Everything by which a stranger could distinguish two responses, without random and personal values."""
        return self.status, {name: value for name, value in self.headers.items() if name != "retry-after"}, _shape(self.body)

    @property
    def retry_after(self) -> int:
        return int(self.headers["retry-after"])


def _shape(value):
    if isinstance(value, dict):
        return {name: _shape(each) for name, each in value.items()}
    return type(value).__name__ if not isinstance(value, list) else [_shape(each) for each in value]
