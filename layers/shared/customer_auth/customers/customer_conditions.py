"""Parts of expressions that several writes of a customer share: what must be as it was read, and counting a session."""

from customer_auth.aws.dynamodb import Item
from customer_auth.customers.customers import MAX_SESSIONS, Customer

# No call has ended all sessions since the read · the status is the very one that was read.
SAME_EPOCH_AND_STATUS = "#session_epoch = :epoch AND #status = :status"
COUNTS_SESSION = "#sessions_begun = if_not_exists(#sessions_begun, :none) + :one"
# Fewer sessions have begun since the customer was read than would end this one before it begins.
HAS_ROOM = "(attribute_not_exists(#sessions_begun) OR #sessions_begun < :full)"


def epoch_and_status(customer: Customer) -> Item:
    """The values of SAME_EPOCH_AND_STATUS."""
    return {":epoch": customer.session_epoch, ":status": customer.status}


def session_values(customer: Customer) -> Item:
    """The values of COUNTS_SESSION and HAS_ROOM."""
    return {":none": 0, ":one": 1, ":full": customer.sessions_begun + MAX_SESSIONS}


def same_ways_in(customer: Customer) -> tuple[str, Item]:
    """The condition that the customer can sign in by what was read, and by nothing else, with its values."""
    flags = ("email_verified", "phone_verified")
    has_same_accounts = "#provider_accounts = :accounts" if customer.provider_accounts else "attribute_not_exists(#provider_accounts)"
    values: Item = {":accounts": customer.provider_accounts} if customer.provider_accounts else {}
    where = " AND ".join([has_same_accounts, *(f"#{flag} = :{flag}" for flag in flags)])
    return where, values | {f":{flag}": getattr(customer, flag) for flag in flags}


def same_consents(customer: Customer) -> tuple[str, Item]:
    """The condition that what was read still says which consents hold, and which of them are posted, with its values."""
    if not customer.consents:
        return "attribute_not_exists(#consents)", {}
    # the list only grows, so its length says that it is the same · the same addresses are verified
    where = "size(#consents) = :consents AND #email_verified = :has_email AND #phone_verified = :has_phone"
    return where, {":consents": len(customer.consents), ":has_email": customer.email_verified, ":has_phone": customer.phone_verified}


def same_password(customer: Customer) -> tuple[str, Item]:
    """The condition that the password is the one that was read, with its values."""
    if customer.password_hash is None:
        return "attribute_not_exists(#password_hash)", {}
    return "#password_hash = :password_hash", {":password_hash": customer.password_hash}
