"""Which messages there are; apart from how they are written, for who only puts them."""

from enum import StrEnum


class Kind(StrEnum):
    """What the message says; the value names its files."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    ACCOUNT_EXISTS = "account_exists"
    VERIFY = "verify"
    CONTACT = "contact"
    RESET = "reset"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (a file's name)
    CONTACT_CHANGED = "contact_changed"
    METHOD_ADDED = "method_added"
    DELETION = "deletion"
    DELETION_CONFIRMED = "deletion_confirmed"
    DELETION_REMINDER = "deletion_reminder"
    CANCELLATION = "cancellation"
    DELETION_CANCELLED = "deletion_cancelled"
    DELETION_COMPLETED = "deletion_completed"
