"""The logs of the functions in this process."""

import io
import json
import logging


class Log:
    """What the functions printed."""

    def __init__(self, capfd, caplog):
        self.stream, self.capfd, self.caplog = io.StringIO(), capfd, caplog

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    @property
    def last(self) -> dict:
        return self.lines[-1]

    def of(self, request_id: str) -> list[dict]:
        return [line for line in self.lines if line.get("request_id") == request_id]

    @property
    def everything(self) -> str:
        printed = self.capfd.readouterr()
        others = [record.getMessage() for record in self.caplog.records if record.levelno >= logging.WARNING]
        return "\n".join([self.stream.getvalue(), printed.out, printed.err, *others])
