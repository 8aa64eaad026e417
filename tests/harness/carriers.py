"""A carrier's address with many people behind it, who ask for codes and enter them after a while, and whose used codes are recorded."""

import heapq
import itertools
import math
import random
from collections.abc import Callable

from tests.harness.people import new_ip, new_number

SEND, VERIFY = "/login/mobile/send", "/login/mobile/verify"
MEDIAN_SECONDS, SPREAD = 25, 0.8  # until a code is entered: a lognormal time
LAST_SECONDS = 290  # a code lives five minutes
RECORDED_SECONDS = (1, 21)  # after the code was used: the stream's window, and the call


class Carrier:
    """One address; what happens behind it happens in the order of its time, by the service's clock."""

    def __init__(self, api, inbox, seed: int):
        self.api, self.inbox, self.ip = api, inbox, new_ip()
        self.random = random.Random(seed)
        self.refused = 0
        self._numbers = itertools.count()
        self._ahead: list[tuple[float, int, Callable]] = []
        self._began = api.clock.now()

    def at(self, seconds: float, act: Callable) -> None:
        """Do this so many seconds after the beginning."""
        heapq.heappush(self._ahead, (seconds, next(self._numbers), act))

    def run(self) -> None:
        while self._ahead:
            seconds, _, act = heapq.heappop(self._ahead)
            self.api.clock.advance(max(0, self._began + seconds - self.api.clock.now()))
            act(seconds)

    def arrive(self, people: int, seconds: float, never: float) -> None:
        """So many people ask for a code within this time; this share of them never enters theirs."""
        of_them = [int(nth * never) != int((nth + 1) * never) for nth in range(people)]
        self.random.shuffle(of_them)
        for leaves in of_them:
            self.at(self.random.uniform(0, seconds), lambda now, leaves=leaves: self._ask(now, leaves=leaves))

    def _ask(self, now: float, *, leaves: bool) -> None:
        phone = new_number()
        response = self.api.post(SEND, ip=self.ip, phone=phone)
        if response.status == 429:
            self.refused += 1  # and gives up
        elif not leaves:
            code, after = self.inbox.code(phone), math.exp(self.random.gauss(math.log(MEDIAN_SECONDS), SPREAD))
            body = {"phone": phone, "code": code, "challenge": response["challenge"]}
            self.at(now + min(after, LAST_SECONDS), lambda then: self._enter(then, body))

    def _enter(self, now: float, body: dict) -> None:
        assert self.api.post(VERIFY, ip=self.ip, **body).status == 200
        self.at(now + self.random.uniform(*RECORDED_SECONDS), lambda _: self.api.convert())
