"""The part of a document between two marks, which a command writes."""

from pathlib import Path


def main(document: Path, begin: str, end: str, text: str, command: str, *, check: bool) -> int:
    """Write the part, or compare it if `check` is set; returns the exit status of the command."""
    before, _, rest = document.read_text(encoding="utf-8").partition(begin)
    old, marker, after = rest.partition(end)
    if not marker:
        print(f"{document.name} has lost the marks of what `{command}` writes")
        return 1
    if check:
        if old == text:
            return 0
        print(f"{document.name} is not what it is written from: {command}")
        return 1
    document.write_text(before + begin + text + end + after, encoding="utf-8")
    return 0
