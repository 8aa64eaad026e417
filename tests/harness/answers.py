"""What the service answered a test."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """An answer over HTTP, and what it took."""

    status: int
    headers: dict
    text: str
    aws_calls: tuple[str, ...]

    @property
    def body(self) -> dict:
        return json.loads(self.text or "{}")

    def __getitem__(self, name):
        return self.body[name]

    @property
    def shape(self):
        """What a stranger could tell two answers apart by, but for random and personal values."""
        return self.status, {name: value for name, value in self.headers.items() if name != "retry-after"}, _shape(self.body)

    @property
    def retry_after(self) -> int:
        return int(self.headers["retry-after"])


def _shape(value):
    if isinstance(value, dict):
        return {name: _shape(each) for name, each in value.items()}
    return type(value).__name__ if not isinstance(value, list) else [_shape(each) for each in value]
