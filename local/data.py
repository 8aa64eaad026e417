"""`--data DIR`: the state that survives the process, even `kill -9`: a journal of the tables' changes, secrets, keys and the clock.

Each line of the journal is one action, so all of its changes are restored or none. A line is passed to the kernel before the action is
answered; an incomplete last line is ignored. The journal is rewritten in a compact form at each start.
"""

import base64
import contextlib
import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import Any

from local.changes import Change, Image

type Write = tuple[str, Image, Image | None]  # table, key, item (None: deleted)


class DataFolderError(Exception):
    """The folder cannot be used; the message is one line."""


class DataFolder:
    """The folder of one stack, locked while the stack runs."""

    def __init__(self, path: Path) -> None:
        self._journal = path / "tables.jsonl"
        self._state = path / "state.json"
        with contextlib.ExitStack() as opened:
            try:
                path.mkdir(parents=True, exist_ok=True)
                fcntl.flock(opened.enter_context((path / "lock").open("w")), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DataFolderError(f"{path} is in use by another local stack") from None
            except OSError as error:
                raise DataFolderError(f"{path} cannot be used: {error.strerror}") from None
            self._opened = opened.pop_all()
        self._appended: FileIO | None = None

    def close(self) -> None:
        """Release the folder for the next run."""
        self._opened.close()

    def state(self) -> dict[str, Any]:
        """The state that `keep` saved last."""
        if not self._state.exists():
            return {}
        state: dict[str, Any] = json.loads(self._state.read_bytes())
        return state

    def keep(self, state: dict[str, Any]) -> None:
        """Save secrets, keys and the like in place of those saved before, readable by the owner only."""
        _replace(self._state, [json.dumps(state, indent=1)])

    def items(self) -> list[tuple[str, Image]]:
        """Every item with its table, after all actions in the journal. Raises: DataFolderError (a line other than the last is damaged)."""
        items: dict[tuple[str, str], tuple[str, Image]] = {}
        for table, key, item in self._writes():
            place = (table, json.dumps(key, sort_keys=True))
            if item is None:
                items.pop(place, None)
            else:
                items[place] = (table, item)
        return list(items.values())

    def begin_journal(self, changes: Iterable[Change]) -> None:
        """Start a new journal with these changes."""
        _replace(self._journal, (_line([change]) for change in changes))
        self._appended = self._opened.enter_context(FileIO(self._journal, "ab"))

    def write(self, changes: Sequence[Change]) -> None:
        """Append one action to the journal."""
        if self._appended:
            self._appended.write(_line(changes).encode() + b"\n")

    def _writes(self) -> Iterator[Write]:
        if not self._journal.exists():
            return
        lines = self._journal.read_bytes().split(b"\n")
        for number, line in enumerate(lines[:-1], 1):  # what follows the last line end is incomplete
            try:
                writes = json.loads(line)
            except ValueError:
                raise DataFolderError(f"{self._journal} is damaged in line {number}") from None
            for table, key, item in writes:
                yield table, key, item and {name: _attribute(value) for name, value in item.items()}


def _line(changes: Sequence[Change]) -> str:
    writes = [(change.table, change.key, change.new) for change in changes]
    return json.dumps(writes, separators=(",", ":"), default=lambda binary: base64.b64encode(binary).decode())


def _attribute(attribute: Image) -> Image:
    """An attribute in the engine's form: with bytes where JSON has base64."""
    [(kind, value)] = attribute.items()
    if kind == "B":
        return {kind: base64.b64decode(value)}
    if kind == "BS":
        return {kind: [base64.b64decode(each) for each in value]}
    if kind == "M":
        return {kind: {name: _attribute(each) for name, each in value.items()}}
    if kind == "L":
        return {kind: [_attribute(each) for each in value]}
    return attribute


def _replace(path: Path, lines: Iterable[str]) -> None:
    new = path.with_suffix(".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123 - a descriptor, for its mode
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
