"""Parts of expressions that several writes of a customer share: that nothing has changed since it was read, and counting a session."""

from customer_auth.aws.dynamodb import Item
from customer_auth.customers.customers import MAX_SESSIONS, Customer

# No session has been ended with all others · the customer may still sign in, or still may not.
IS_UNCHANGED = "#session_epoch = :epoch AND #status = :status"
COUNTS_SESSION = "#sessions_begun = if_not_exists(#sessions_begun, :none) + :one"
# Fewer sessions have begun since the customer was read than would end this one before it begins.
HAS_ROOM = "(attribute_not_exists(#sessions_begun) OR #sessions_begun < :full)"


def unchanged_values(customer: Customer) -> Item:
    """The values of IS_UNCHANGED."""
    return {":epoch": customer.session_epoch, ":status": customer.status}


def session_values(customer: Customer) -> Item:
    """The values of COUNTS_SESSION and HAS_ROOM."""
    return {":none": 0, ":one": 1, ":full": customer.sessions_begun + MAX_SESSIONS}


def same_password(customer: Customer) -> tuple[str, Item]:
    """The condition that the password is the one that was read, with its values."""
    if customer.password_hash is None:
        return "attribute_not_exists(#password_hash)", {}
    return "#password_hash = :password_hash", {":password_hash": customer.password_hash}
