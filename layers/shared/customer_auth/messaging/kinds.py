"""The kinds of messages. Rendering them is a separate module, so that functions that only queue a message do not load it."""

from enum import StrEnum


class Kind(StrEnum):
    """What a message is about; the value is the name of its template files."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    ACCOUNT_EXISTS = "account_exists"
    VERIFY = "verify"
    CONTACT = "contact"
    RESET = "reset"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (the name of a file)
    CONTACT_CHANGED = "contact_changed"
    METHOD_ADDED = "method_added"
    PROVIDER_ADDED = "provider_added"
    PROVIDER_REMOVED = "provider_removed"
    DELETION = "deletion"
    DELETION_CONFIRMED = "deletion_confirmed"
    DELETION_REMINDER = "deletion_reminder"
    CANCELLATION = "cancellation"
    DELETION_CANCELLED = "deletion_cancelled"
    DELETION_COMPLETED = "deletion_completed"
