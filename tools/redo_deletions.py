"""After the customers table was restored from a backup, repeats what was deleted, confirmed or cancelled since the backup.

redo_deletions.py STACK OLD_TABLE     OLD_TABLE is the table as it was before, with all the records

Accounts that are due are erased by the next hourly run, or by invoking ProcessAccountDeletions. A second run changes nothing.
"""

import os
import sys
from collections import Counter

from customer_auth.aws import dynamodb
from customer_auth.base import settings
from customer_auth.customers import customer_items
from customer_auth.deletion import deletion_items
from customer_auth.deletion.deletion_items import Deletion, State
from tools import stack_settings

_GOES = (State.CONFIRMED, State.ERASING, State.COMPLETED)


def main(stack: str, old_table: str) -> None:
    """Read the records of the old table, repeat them in the stack's table, and print how many there were."""
    stack_settings.use(stack, "ProcessAccountDeletions")
    restored, os.environ["CUSTOMERS_TABLE"] = os.environ["CUSTOMERS_TABLE"], old_table
    settings.forget()
    recorded = on_record()
    os.environ["CUSTOMERS_TABLE"] = restored
    settings.forget()
    for outcome, count in sorted(Counter(redo(each) for each in recorded).items()):
        print(f"{count} {outcome}")


def on_record() -> list[Deletion]:
    """All requests that were confirmed. Raises: aws.Failed."""
    lists = (deletion_items.listed(state, "created_at", ascending=True) for state in deletion_items.COUNTED)
    return [each for page, _ in lists for _, each in page]


def redo(recorded: Deletion) -> str:
    """Restore the recorded state of a request and its customer; returns what was done. Raises: dynamodb.TransactionFailed, aws.Failed."""
    customer, here = customer_items.find(recorded.customer_id), deletion_items.find(recorded.id)
    state = here.status if here else None
    if customer is None:
        return "gone already"
    if recorded.status in _GOES and state not in _GOES:
        due_at = recorded.deletion_scheduled_at or 0
        confirmed_again = recorded._replace(status=State.CONFIRMED, due_at=due_at, completed_at=None, receipt=None, erased=None, failures=0)
        keeps = (
            deletion_items.confirm(confirmed_again.id, scheduled_at=due_at, due_at=due_at)
            if here
            else deletion_items.put_confirmed(confirmed_again)
        )
        dynamodb.transact(
            [customer_items.confirm_deletion(customer, confirmed_again.id), keeps, deletion_items.count(confirmed_again.id, confirmed=1)]
        )
        return "confirmed again"
    if recorded.status == State.CANCELLED and state == State.CONFIRMED:
        counts = deletion_items.count(recorded.id, confirmed=-1, cancelled=1)
        dynamodb.transact([customer_items.cancel_deletion(customer), deletion_items.cancel(recorded.id), counts])
        return "cancelled again"
    return "as on record"


if __name__ == "__main__":
    main(*sys.argv[1:])
