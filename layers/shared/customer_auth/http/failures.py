"""What a failed call is refused with, whichever endpoint it reached, and how that is counted."""

from customer_auth import audit, aws
from customer_auth.base.errors import Internal, NotAuthenticated, Refusal, Throttled, Unavailable, WrongProof


def refusal_of(failure: Exception) -> Refusal:
    """The refusal that a failure is, or comes to; a fault of ours is noted in the audit line."""
    if isinstance(failure, Refusal):
        return failure
    if isinstance(failure, aws.Failed) and failure.code != "ValidationException":
        return Unavailable(failure.code)
    audit.crash(failure)
    return Internal(type(failure).__name__)


def count(refusal: Refusal | None) -> None:
    """Count a refusal that the operator wants to see the number of."""
    match refusal:
        case Throttled():
            audit.count("throttled")
        case WrongProof() | NotAuthenticated():
            audit.count("refused")
