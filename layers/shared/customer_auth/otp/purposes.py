"""What one-time codes are for. A code that was requested for one purpose opens no other."""

from enum import StrEnum


class Purpose(StrEnum):
    """What a code opens."""

    REGISTER = "register"  # a new account, or the one that the number has
    LOGIN = "login"  # an account that exists
    SIGN_IN = "sign_in"  # whichever the address has: an account, or a new one
    VERIFY = "verify"  # an address that a customer gave, and that is not verified yet
    RESET = "reset"  # a new password; its code is not for people to type
    CONTACT = "contact"  # another address in the place of the customer's
    NOTIFICATION = "notification"  # nothing: a message without a code
    CONSENT = "consent"  # nothing: a consent that is posted to a register
    DELETION = "deletion"  # the deletion of the account, after a time in which it may be cancelled
    CANCELLATION = "cancellation"  # keeping an account that is to be deleted
    GUEST = "guest"  # a number for the account that its owner is about to create


# What stands for a purpose in a challenge. Challenges outlive a deployment, so a byte is never given to another purpose.
WIRE_BYTES = {
    Purpose.REGISTER: 0,
    Purpose.LOGIN: 1,
    Purpose.SIGN_IN: 2,
    Purpose.VERIFY: 3,
    Purpose.RESET: 4,
    Purpose.CONTACT: 5,
    Purpose.NOTIFICATION: 6,
    Purpose.DELETION: 7,
    Purpose.CANCELLATION: 8,
    Purpose.GUEST: 9,
    Purpose.CONSENT: 10,
}
BY_WIRE_BYTE = {byte: purpose for purpose, byte in WIRE_BYTES.items()}
