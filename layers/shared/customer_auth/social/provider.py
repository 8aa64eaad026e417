"""What every provider of sign-ins does, whichever it is, and what its answer says about a person.

ProviderFailed        502 provider_error: there was no answer, or one that no provider in order would give
└── CodeAccepted      the same, after the provider accepted the code
ProviderTimedOut      504 provider_timeout: the provider did not answer in time
└── CodeAcceptedLate  the same, after the provider accepted the code
WrongProviderProof    401 wrong_proof: the provider refuses the code, or its answer proves nothing
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from customer_auth.base import ids
from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut
from customer_auth.customers.customers import Names
from customer_auth.outgoing.deadline import Deadline


class ProviderAccount(NamedTuple):
    """Somebody's account at a provider, as the provider has just vouched for it.

    `sub` identifies the account at the provider, for ever. `email` may be anybody's unless `email_verified`: the provider says so, and is
    an authority for this address. `picture` is an https address. `refresh_token` is there only to be revoked later.
    """

    provider: str
    sub: str
    email: str | None = None
    email_verified: bool = False
    names: Names = Names()
    picture: str | None = None
    refresh_token: str | None = None


class PendingSignIn(NamedTuple):
    """What ties the provider's answer to this very sign-in: `verifier` (PKCE, RFC 7636) and `nonce` (OpenID Connect Core §3.1.2.1)."""

    state: str
    verifier: str
    nonce: str


class Provider(Protocol):
    """One provider that is set up."""

    @property
    def name(self) -> str: ...

    @property
    def needs_state(self) -> bool:
        """Whether an exchange must bring the state, because PKCE is not certain to protect it."""

    @property
    def answers_by_form(self) -> bool:
        """Whether the answer is a form_post to this service, which comes without the browser's cookies."""

    def authorization_url(self, pending: PendingSignIn, redirect_uri: str, deadline: Deadline) -> str:
        """Where the browser is sent to sign in. Raises: ProviderFailed, ProviderTimedOut."""

    def exchange(self, code: str, pending: PendingSignIn, redirect_uri: str, deadline: Deadline) -> ProviderAccount:
        """The account that a code of this sign-in opens.

        Raises: WrongProviderProof (the code is refused, or what it opens proves nothing), ProviderFailed, ProviderTimedOut; of the
        latter two CodeAccepted and CodeAcceptedLate if the code is used up.
        """


class CodeAccepted(ProviderFailed):
    """The provider accepted the code, so it is used up, and failed afterwards."""


class CodeAcceptedLate(ProviderTimedOut):
    """The provider accepted the code, so it is used up, and was late afterwards."""


@contextmanager
def accepted_code() -> Iterator[None]:
    """What goes wrong at the provider after it has accepted a code. Raises: CodeAccepted, CodeAcceptedLate."""
    try:
        yield
    except ProviderFailed as failed:
        raise CodeAccepted(failed.reason) from failed
    except ProviderTimedOut as late:
        raise CodeAcceptedLate(late.reason) from late


def code_challenge(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    return ids.base64url(ids.sha256(verifier.encode("ascii")))
