"""Writes whose response may be lost, and decisions whose data may change before they commit."""

from collections.abc import Callable

from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base.errors import Unavailable

# A decision that three writers in a row have overtaken is under attack, or broken: the caller is told to try again later.
MAX_CONFLICT_RETRIES = 2


class WriteConflict(Exception):
    """Something that a decision was based on has changed: `items` has, by the position of each write, what is there now, or None."""

    def __init__(self, items: list[Item | None]) -> None:
        super().__init__()
        self.items = items


def retry_on_conflict[T](decide: Callable[[WriteConflict | None], T]) -> T:
    """Run `decide`, which reads, decides and commits; if its data changed meanwhile, run it again with what is there now.

    Raises: Unavailable (it changed every time), and whatever else `decide` raises.
    """
    conflict = None
    for _ in range(1 + MAX_CONFLICT_RETRIES):
        try:
            return decide(conflict)
        except WriteConflict as changed:
            conflict = changed
    raise Unavailable("changed_too_often")


def write_once(write: Write, is_own: Callable[[Item], bool]) -> Item | None:
    """Write if the condition holds. None if it is written; else the item that refused it, empty where there is none.

    A write that is repeated because its response was lost is refused by what it wrote itself: `is_own` recognises that.
    Raises: aws.Failed (it may be written).
    """
    try:
        dynamodb.write(write)
    except dynamodb.ConditionFailed as failed:
        return None if is_own(failed.item) else failed.item
    return None
