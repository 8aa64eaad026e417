"""The ledger, as tests read it."""


class Ledger:
    """The rows that a test leaves behind, as plain values."""

    def __init__(self, api):
        self.api = api
        self._before = {each["sk"]["S"] for each in api.table("LedgerTable")}

    def rows(self) -> list[dict]:
        items = [each for each in self.api.table("LedgerTable") if each["sk"]["S"] not in self._before]
        return sorted((dict(plain(item)) for item in items), key=lambda row: row["sk"])

    def row(self) -> dict:
        [row] = self.rows()
        return row


def plain(item: dict):
    for name, value in item.items():
        [(kind, content)] = value.items()
        yield name, int(content) if kind == "N" else dict(plain(content)) if kind == "M" else content


def messages(row: dict) -> list[dict]:
    """The row's messages in their order, without their times."""
    sent = sorted((each for name, each in row.items() if name.startswith("message_")), key=lambda each: each["at"])
    return [{name: value for name, value in each.items() if name != "at"} for each in sent]


def message(sender: str = "sns", state: str = "sent", reason: str = "", segments: int = 1) -> dict:
    return {"sender": sender, "state": state, "reason": reason, "segments": segments}
