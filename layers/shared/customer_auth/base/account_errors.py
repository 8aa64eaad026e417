"""Refusals that reveal something about an account. Each is raised only after the caller has proven a credential or the address itself.

The one exception is `IdentityExists`, which registering an address with a password tells anybody (docs/errors.md).
`base/errors.py` draws the whole tree.
"""

from customer_auth.base.errors import Refusal


class AccountDeletionPending(Refusal):
    """The account is being deleted."""

    status = 403
    type = "account_deletion_pending"
    message = "This account is being deleted"


class CancellableDeletionPending(AccountDeletionPending):
    """The account is being deleted, and whoever has just proven to be the customer can cancel that, by the `cancel_token` alone."""


class VerificationRequired(Refusal):
    """The password is right, but the address is not verified yet."""

    status = 403
    type = "verification_required"
    message = "Verify your address first"


class RegistrationIncomplete(Refusal):
    """The password is right, but its registration has no customer yet."""

    status = 403
    type = "registration_incomplete"
    message = "Complete your registration first"


class ReauthenticationRequired(Refusal):
    """The session is valid, but its sign-in is too long ago."""

    status = 403
    type = "reauthentication_required"
    message = "Sign in again first"


class IdentityExists(Refusal):
    """The address can already be signed in with."""

    status = 409
    type = "identity_exists"
    message = "Identity already exists"


class ContactTaken(Refusal):
    """Another account has verified the address."""

    status = 409
    type = "contact_taken"
    message = "This address belongs to another account"


class LastIdentity(Refusal):
    """Without this identity, the customer could not sign in any more."""

    status = 409
    type = "last_identity"
    message = "This is the only way to sign in to the account"
