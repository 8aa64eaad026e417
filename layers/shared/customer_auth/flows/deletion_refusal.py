"""How a right proof is refused while the account is being deleted. Until the erasure begins, the refusal itself lets the customer stay."""

from customer_auth.base.account_errors import AccountDeletionPending, CancellableDeletionPending
from customer_auth.customers.customers import Customer, Status
from customer_auth.tokens import cancel_tokens


def deletion_pending(customer: Customer) -> AccountDeletionPending:
    """The refusal for whoever has just proven to be this customer, with a token that cancels the deletion if it still can be cancelled.

    Raises: aws.Failed.
    """
    if customer.status == Status.DELETION_CONFIRMED and customer.deletion:
        return CancellableDeletionPending(cancel_token=cancel_tokens.issue(customer.id, customer.deletion))
    return AccountDeletionPending()
