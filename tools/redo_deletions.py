"""After a restore of the customers table from a backup: repeats what was deleted, confirmed or cancelled since the backup.

redo_deletions.py STACK OLD_TABLE     OLD_TABLE is the table before the restore, with all requests

Accounts that are due again are erased by the next hourly run, or by invoking ProcessAccountDeletions at once. Done twice, it does nothing
more.
"""

import os
import sys
from collections import Counter

from customer_auth.aws import dynamodb
from customer_auth.base import settings
from customer_auth.customers import customer_deletion_items, customer_items
from customer_auth.deletion import deletion_count_items, deletion_items, deletion_list_items
from customer_auth.deletion.deletion_items import Deletion, DeletionState
from tools import stack_settings

_GOES = (DeletionState.CONFIRMED, DeletionState.ERASING, DeletionState.COMPLETED)


def main(stack: str, old_table: str) -> None:
    """Read the requests in the old table, repeat them in the stack's table, and print the number of each result."""
    stack_settings.use(stack, "ProcessAccountDeletions")
    restored, os.environ["CUSTOMERS_TABLE"] = os.environ["CUSTOMERS_TABLE"], old_table
    settings.forget()
    recorded = on_record()
    os.environ["CUSTOMERS_TABLE"] = restored
    settings.forget()
    for outcome, count in sorted(Counter(redo(each) for each in recorded).items()):
        print(f"{count} {outcome}")


def on_record() -> list[Deletion]:
    """Every request that somebody confirmed. Raises: aws.Failed."""
    lists = (deletion_list_items.find(state, "created_at", ascending=True) for state in deletion_count_items.COUNTED)
    return [each for rows, _ in lists for _, each in rows]


def redo(recorded: Deletion) -> str:
    """Bring one request and its customer to the recorded state; returns what was done. Raises: dynamodb.TransactionFailed, aws.Failed."""
    customer, here = customer_items.find(recorded.customer_id), deletion_items.find(recorded.id)
    state = here.status if here else None
    if customer is None:
        return "gone already"
    if recorded.status in _GOES and state not in _GOES:
        due_at = recorded.deletion_scheduled_at or 0
        redone = recorded._replace(status=DeletionState.CONFIRMED, due_at=due_at, completed_at=None, receipt=None, erased=None, failures=0)
        keeps = deletion_items.confirm(redone.id, scheduled_at=due_at, due_at=due_at) if here else deletion_items.put_confirmed(redone)
        dynamodb.transact([customer_deletion_items.confirm(customer, redone.id), keeps, deletion_count_items.add(redone.id, confirmed=1)])
        return "confirmed again"
    if recorded.status == DeletionState.CANCELLED and state == DeletionState.CONFIRMED:
        counts = deletion_count_items.add(recorded.id, confirmed=-1, cancelled=1)
        dynamodb.transact([customer_deletion_items.cancel(customer), deletion_items.cancel(recorded.id), counts])
        return "cancelled again"
    return "as on record"


if __name__ == "__main__":
    main(*sys.argv[1:])
