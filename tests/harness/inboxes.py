"""The messages to a phone or an email address."""

import re


class Inbox:
    """What was sent, once the outbox has run."""

    def __init__(self, api):
        self.api = api

    def of(self, to: str) -> list:
        self.api.deliver()
        return [message for message in self.api.wire.sent if message.to == to]

    def code(self, to: str) -> str:
        return re.search(r"(?<!\w)\d{6}(?!\w)", self.of(to)[-1].body)[0]
