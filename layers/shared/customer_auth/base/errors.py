"""Every way in which a call can be refused. Rules raise these; only `http` and `graphql_api` turn them into responses (`endpoint.py`).

Refusal
├── BadRequest                400 bad_request
│   ├── TooLarge              413 too_large
│   └── UnsupportedMedia      415 unsupported_media_type
├── WrongProof                401 wrong_proof: the same for wrong, expired, used and unknown proofs
│   ├── WrongCode
│   ├── WrongPassword
│   └── WrongSession
│       └── RefreshTokenReused
├── NotAuthenticated          401 not_authenticated
│   └── NoPublishableKey
├── NotAllowed                403 not_allowed
├── NotFound                  404 not_found
├── Throttled                 429 throttled, with Retry-After
├── Internal                  500 internal
├── Unavailable               503 unavailable, with Retry-After
├── in graphql_errors.py:
│   ├── MethodNotAllowed      405 method_not_allowed
│   └── NotAcceptable         406 not_acceptable
├── in provider_errors.py:
│   ├── ProviderFailed        502 provider_error
│   ├── ProviderTimedOut      504 provider_timeout
│   └── WrongProviderProof    401 wrong_proof
└── in account_errors.py, for callers who have proven a credential or the address:
    ├── VerificationRequired      403 verification_required
    ├── RegistrationIncomplete    403 registration_incomplete
    ├── ReauthenticationRequired  403 reauthentication_required
    ├── AccountDeletionPending    403 account_deletion_pending
    │   └── CancellableDeletionPending
    ├── IdentityExists            409 identity_exists
    ├── LastIdentity              409 last_identity
    └── ContactTaken              409 contact_taken

A type never changes once it is released.
"""

from typing import ClassVar, NamedTuple


class FieldError(NamedTuple):
    """What is wrong with one field; never its value."""

    field: str
    message: str
    missing: bool = False


class Refusal(Exception):
    """A call that is refused. `reason` goes to the audit line, never to the caller."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "internal"
    message: str = "Something went wrong on our side"

    def __init__(self, reason: str = "", **members: str) -> None:
        super().__init__(reason or self.type)
        self.reason = reason
        self.members = members  # further members of the response's body


class BadRequest(Refusal):
    """The input does not match what the endpoint accepts."""

    status = 400
    type = "bad_request"

    def __init__(self, message: str, *errors: FieldError) -> None:
        super().__init__(",".join(error.field for error in errors))
        self.message = message
        self.errors = errors


class TooLarge(BadRequest):
    """The body is longer than any legitimate one."""

    status = 413
    type = "too_large"


class UnsupportedMedia(BadRequest):
    """The content type of the body is not JSON."""

    status = 415
    type = "unsupported_media_type"


class WrongProof(Refusal):
    """A proof that is not accepted; the caller does not learn why."""

    status = 401
    type = "wrong_proof"


class WrongCode(WrongProof):
    """A code that is wrong, expired, used or unknown, or has no attempts left.

    `counts`: whether this failure counts against the client. A correct code that was used before does not, for nothing was guessed.
    """

    message = "Invalid or expired OTP"

    def __init__(self, reason: str = "", *, counts: bool = True) -> None:
        super().__init__(reason)
        self.counts = counts


class WrongPassword(WrongProof):
    """A password that is wrong, or for an address that has none."""

    message = "Invalid identifier or password"


class WrongSession(WrongProof):
    """A session token or refresh token that is wrong, expired, used, revoked or unknown."""

    message = "Invalid or expired session"


class RefreshTokenReused(WrongSession):
    """A genuine refresh token that is neither the newest nor its parent, and not known to have been replaced just now: it may be stolen.

    Its session has ended.
    """


class NotAuthenticated(Refusal):
    """The call carries no valid token."""

    status = 401
    type = "not_authenticated"
    message = "Missing, invalid or expired token"  # clients of the sign-in API refresh when they see the word «expired»


class NoPublishableKey(NotAuthenticated):
    """The call needs a publishable key and carries no known one."""

    message = "A publishable key is needed"


class NotAllowed(Refusal):
    """The caller may not do this, or not in this way; the message says why."""

    status = 403
    type = "not_allowed"

    def __init__(self, message: str = "This is not allowed in this way") -> None:
        super().__init__()
        self.message = message


class NotFound(Refusal):
    """There is no such thing, or it no longer exists."""

    status = 404
    type = "not_found"
    message = "Not found"


class Throttled(Refusal):
    """A rate limit is reached; there is room again after `Retry-After` seconds."""

    status = 429
    type = "throttled"
    message = "Too many attempts, try again later"

    def __init__(self, retry_after_seconds: int, reason: str = "") -> None:
        super().__init__(reason)
        self.retry_after_seconds = max(1, retry_after_seconds)


class Internal(Refusal):
    """An error of the service itself; the response reveals no details."""


class Unavailable(Refusal):
    """Something that the service depends on did not respond; the same call may succeed in a moment."""

    status = 503
    type = "unavailable"
    message = "Temporarily unavailable, try again"
    retry_after_seconds = 2  # within `token_families.GRACE_SECONDS`: a repeated refresh gets the same successor


def login_not_enabled(channel: str) -> BadRequest:
    """The refusal for signing in by a channel that LOGIN_IDENTIFIER does not allow."""
    return BadRequest(f"{channel.capitalize()} login is not enabled", FieldError(channel, "is not enabled"))
