"""Which sender an SMS goes by, and what becomes of it then. One attempt goes by one sender.

The route is the one of the number's region, without those who cannot carry the message. It begins behind the sender of the address's last
code if nothing says that it arrived. Within a message, a sender is given up for the next one after a refusal that will not pass and is not
about the number, after two transient ones, and after a lost response. A sender whose circuit is open is passed over.

The message remembers that in one number, its `step`: two for each sender that was given up, and one for a transient refusal of the next.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from customer_auth.base import sender_settings
from customer_auth.base.sender_settings import EUM, NETGSM, SMSIR, SNS, WEBHOOK
from customer_auth.messaging import circuits, segments
from customer_auth.messaging.outgoing_message import OutgoingMessage
from customer_auth.messaging.senders import Sender, eum, netgsm, smsir, sns, webhook
from customer_auth.messaging.senders.results import Accepted, RefusalKind, SendRefused, SendResult

SENDERS: Final[Mapping[str, Sender]] = {SNS: sns, EUM: eum, SMSIR: smsir, NETGSM: netgsm, WEBHOOK: webhook}
TRIES = 2
_FAILURES = frozenset({RefusalKind.PERMANENT, RefusalKind.TRANSIENT, RefusalKind.UNKNOWN})


class Attempt(NamedTuple):
    """The sender of one attempt, and its place in the route. `step`: as the message had it before."""

    sender: str
    route: tuple[str, ...]
    place: int
    step: int
    is_trial: bool = False

    @property
    def has_next(self) -> bool:
        """Whether another sender comes after this one."""
        return self.place + 1 < len(self.route)

    @property
    def keeps_history(self) -> bool:
        """Whether it matters who sends: with one sender there is no other to take over."""
        return len(self.route) > 1

    def step_after(self, kind: RefusalKind) -> int:
        """The message's step after a refusal; at the last sender it stays, to be tried for as long as the message may be."""
        begun = max(self.step, self.place * TRIES)
        step = begun + 1 if kind is RefusalKind.TRANSIENT else (self.place + 1) * TRIES
        return min(step, len(self.route) * TRIES - 1)


def choose(message: OutgoingMessage, step: int, unproven: str) -> Attempt:
    """The sender of the next attempt. `unproven` sent the address's last code, which may not have arrived. Raises: aws.Failed."""
    route = _route(message, unproven)
    first = min(step // TRIES, len(route) - 1)
    for place in range(first, len(route) if len(route) > 1 else 0):
        is_trial = circuits.may_try(route[place])
        if is_trial is not False:
            return Attempt(route[place], route, place, step, is_trial=bool(is_trial))
    return Attempt(route[first], route, first, step)  # all are broken, as far as anybody knows: one of them must be tried


def _route(message: OutgoingMessage, unproven: str) -> tuple[str, ...]:
    senders = sender_settings.senders().route(message.region)
    route: Sequence[str] = [name for name in senders if name != SMSIR or smsir.carries(message)]
    start = (route.index(unproven) + 1) % len(route) if unproven in route else 0
    return (*route[start:], *route[:start])


def send(message: OutgoingMessage, attempt: Attempt) -> SendResult:
    """Hand the message over to the attempt's sender; its segments are counted here, unless the provider says them. Raises: aws.Failed."""
    result = SENDERS[attempt.sender].send(message)
    if isinstance(result, Accepted) and result.segments is None:
        return result._replace(segments=segments.count(message.content.text).segments)
    return result


def note_health(attempt: Attempt, result: SendResult) -> None:
    """Tell the sender's circuit how the attempt ended. Raises: aws.Failed."""
    if not attempt.keeps_history:
        return
    if isinstance(result, SendRefused) and result.kind in _FAILURES:
        circuits.count_failure(attempt.sender)
    elif attempt.is_trial:
        circuits.close(attempt.sender)
