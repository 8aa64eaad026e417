"""Every way in which a call can be refused; rules raise these, only `endpoint.py` turns them into HTTP.

Refusal
├── BadRequest            400 bad_request
│   ├── TooLarge          413 too_large
│   └── UnsupportedMedia  415 unsupported_media_type
├── WrongProof            401 wrong_proof: wrong, expired, used, spent and unknown alike
│   ├── WrongCode
│   ├── WrongPassword
│   └── WrongSession
│       └── RefreshTokenReused
├── NotAuthenticated      401 not_authenticated
│   └── NoPublishableKey
├── NotAllowed            403 not_allowed
├── VerificationRequired  403 verification_required: told only once the password was right
├── RegistrationIncomplete 403 registration_incomplete: told only once the password was right
├── ReauthenticationRequired 403 reauthentication_required
├── AccountDeletionPending 403 account_deletion_pending: told only once the credential was proven
│   └── DeletionPendingHere
├── NotFound              404 not_found
├── IdentityExists        409 identity_exists
├── ContactTaken          409 contact_taken: told only to who has just proven the address
├── Throttled             429 throttled, with Retry-After
├── Internal              500 internal
└── Unavailable           503 unavailable, with Retry-After

Types never change once released.
"""

from typing import ClassVar, NamedTuple


class FieldError(NamedTuple):
    """What is wrong with one field; never its value."""

    field: str
    message: str
    missing: bool = False


class Refusal(Exception):
    """A call that ends without what it asked for. `reason` goes to the audit line, never to the caller."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "internal"
    message: str = "Something went wrong on our side"

    def __init__(self, reason: str = "", **members: str) -> None:
        super().__init__(reason or self.type)
        self.reason = reason
        self.members = members  # what the answer tells besides type and message


class BadRequest(Refusal):
    """The input is not what the endpoint takes."""

    status = 400
    type = "bad_request"

    def __init__(self, message: str, *errors: FieldError) -> None:
        super().__init__(",".join(error.field for error in errors))
        self.message = message
        self.errors = errors


class TooLarge(BadRequest):
    """The body is longer than any honest one."""

    status = 413
    type = "too_large"


class UnsupportedMedia(BadRequest):
    """The body is not JSON by its content type."""

    status = 415
    type = "unsupported_media_type"


class WrongProof(Refusal):
    """A proof that opens nothing; the caller is not told why."""

    status = 401
    type = "wrong_proof"


class WrongCode(WrongProof):
    """A code that is wrong, expired, used, spent or unknown.

    `counts`: it counts against its client. A right code that has been used guesses nothing.
    """

    message = "Invalid or expired OTP"

    def __init__(self, reason: str = "", *, counts: bool = True) -> None:
        super().__init__(reason)
        self.counts = counts


class WrongPassword(WrongProof):
    """A password that is wrong, or of an address that has none."""

    message = "Invalid identifier or password"


class WrongSession(WrongProof):
    """A session or refresh token that is wrong, expired, used, revoked or unknown."""

    message = "Invalid or expired session"


class RefreshTokenReused(WrongSession):
    """A genuine refresh token that was replaced a while ago: two hold it, and one of them is a thief. Its session has ended."""


class NotAuthenticated(Refusal):
    """No valid token came with the call."""

    status = 401
    type = "not_authenticated"
    message = "Missing, invalid or expired token"  # clients of the sign-in API refresh by the word «expired»


class NoPublishableKey(NotAuthenticated):
    """No known publishable key came with a call that needs one."""

    message = "A publishable key is needed"


class NotAllowed(Refusal):
    """Not in this way; the message says in which."""

    status = 403
    type = "not_allowed"

    def __init__(self, message: str = "This is not allowed in this way") -> None:
        super().__init__()
        self.message = message


class AccountDeletionPending(Refusal):
    """The customer has asked for the account to be deleted."""

    status = 403
    type = "account_deletion_pending"
    message = "This account is being deleted"


class DeletionPendingHere(AccountDeletionPending):
    """The same, for a customer without a verified address, who cancels it by this."""


class VerificationRequired(Refusal):
    """The password is right; the address is not verified yet."""

    status = 403
    type = "verification_required"
    message = "Verify your address first"


class RegistrationIncomplete(Refusal):
    """The password is right; its registration has no customer yet."""

    status = 403
    type = "registration_incomplete"
    message = "Complete your registration first"


class ReauthenticationRequired(Refusal):
    """The session is genuine and its sign-in too long ago."""

    status = 403
    type = "reauthentication_required"
    message = "Sign in again first"


class IdentityExists(Refusal):
    """The address can be signed in with already."""

    status = 409
    type = "identity_exists"
    message = "Identity already exists"


class ContactTaken(Refusal):
    """Another account has proven the address."""

    status = 409
    type = "contact_taken"
    message = "This address belongs to another account"


class NotFound(Refusal):
    """There is no such thing, or not any more."""

    status = 404
    type = "not_found"
    message = "Not found"


class Throttled(Refusal):
    """A window is full; one more fits in after `Retry-After` seconds."""

    status = 429
    type = "throttled"
    message = "Too many attempts, try again later"

    def __init__(self, retry_after_seconds: int, reason: str = "") -> None:
        super().__init__(reason)
        self.retry_after_seconds = max(1, retry_after_seconds)


class Internal(Refusal):
    """A fault of ours; nothing of the inside is told."""


class Unavailable(Refusal):
    """Something that we stand on did not answer; the same call may succeed in a moment."""

    status = 503
    type = "unavailable"
    message = "Temporarily unavailable, try again"
    retry_after_seconds = 2  # below the 10 s in which a refresh token may be repeated


def login_not_enabled(channel: str) -> BadRequest:
    """Nobody signs in by this channel here (LOGIN_IDENTIFIER)."""
    return BadRequest(f"{channel.capitalize()} login is not enabled", FieldError(channel, "is not enabled"))
