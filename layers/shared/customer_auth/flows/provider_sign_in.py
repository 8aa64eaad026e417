"""Signing in or up by a provider (OAuth 2.0 authorization code with PKCE, RFC 9700 §2.1.1; OpenID Connect Core §3.1).

`start` sends the browser to the provider with a state that only this browser can use; `exchange` takes the state, gives the provider's code
to the provider, and signs in the customer whose account it is (`provider_ownership` decides who that is).
"""

from collections.abc import Callable
from typing import NamedTuple

from customer_auth import audit, aws
from customer_auth.addresses import email
from customer_auth.addresses.address import Address
from customer_auth.aws import secret_keys
from customer_auth.base import clock, ids, provider_settings
from customer_auth.base.account_errors import ReauthenticationRequired
from customer_auth.base.client import Client
from customer_auth.base.errors import BadRequest, FieldError, Unavailable
from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut, WrongProviderProof
from customer_auth.flows import provider_commit
from customer_auth.flows.provider_commit import CommitAttempt, ProviderSignIn
from customer_auth.flows.provider_ownership import ProviderProof
from customer_auth.outgoing.deadline import Deadline
from customer_auth.sessions import sessions
from customer_auth.sessions.sessions import Caller
from customer_auth.social import providers, sign_in_state_items, sign_in_states
from customer_auth.social.exchange_records import REPEAT_SECONDS
from customer_auth.social.provider import CodeAccepted, CodeAcceptedLate, Provider, ProviderAccount
from customer_auth.social.sign_in_state_items import CompletedState, TakenState
from customer_auth.social.sign_in_states import LIFE_SECONDS, PendingState


class Started(NamedTuple):
    """Where to send the browser, and what ties the answer to it."""

    auth_url: str
    state: str
    binding: str


class CodeExchange(NamedTuple):
    """What a caller brings back from a provider.

    `binding` is the browser's secret, from its cookie or from the response to `start`; without `state` the provider's newest is meant. With
    `caller`, the account is added to that customer's. `key` is the caller's Idempotency-Key.
    """

    code: str
    state: str | None
    binding: str
    key: str | None
    client: Client
    caller: Caller | None = None
    referral_code: str | None = None


def start(name: str, redirect_url: str, binding: str | None, issuer: str) -> Started:
    """Begin a sign-in, for the browser with this binding or for a new one. One write; at most five of a browser are pending.

    Raises: NotFound (the provider is not set up), BadRequest (the page is not allowed), ProviderFailed, ProviderTimedOut, aws.Failed.
    """
    provider = providers.find(name)
    audit.note(provider=name)
    if redirect_url not in provider_settings.providers().redirect_urls:
        message = "is not one of the allowed pages"
        raise BadRequest(f"Redirect URL {message}", FieldError("redirect_url", message))
    binding = binding or sign_in_states.new_binding()
    state, version = sign_in_states.new(redirect_url), secret_keys.derivation_key_version()
    pending = PendingState(sign_in_states.hash_of(state), name, redirect_url, version, clock.now() + LIFE_SECONDS)
    sign_in = sign_in_states.pending_sign_in(pending, state)
    auth_url = provider.authorization_url(sign_in, _redirect_uri(provider, pending, issuer), Deadline())
    sign_in_state_items.put_pending(binding, pending)
    return Started(auth_url, state, binding)


def exchange(name: str, request: CodeExchange, issuer: str) -> ProviderSignIn:
    """Sign in the customer whose account at the provider the code opens, or sign up a new one; or add the account to the caller's.

    Of any number of concurrent calls with one state, one starts a session; those with its code and Idempotency-Key get the same session.
    Raises: NotFound, WrongProviderProof, ProviderFailed, ProviderTimedOut (after these two the state can still be used);
    ReauthenticationRequired, BadRequest (no state), AccountDeletionPending, IdentityExists, Unavailable, aws.Failed.
    """
    provider = providers.find(name)
    audit.note(provider=name)
    if request.caller and not sessions.is_recent(request.caller.claims):
        raise ReauthenticationRequired
    if provider.needs_state and request.state is None:
        raise BadRequest("State is required", FieldError("state", "is required", missing=True))
    state_hash = sign_in_states.hash_of(request.state) if request.state else None
    state = sign_in_state_items.take(request.binding, name, state_hash)
    if isinstance(state, CompletedState):
        return _repeated(state, request, issuer)
    try:
        return _commit(provider, state, request, issuer)
    except Exception:
        _end_taking(sign_in_state_items.close, state)
        raise


def _commit(provider: Provider, state: TakenState, request: CodeExchange, issuer: str) -> ProviderSignIn:
    redirect_uri = _redirect_uri(provider, state.pending, issuer)
    account = _account(provider, state, request.code, redirect_uri)
    proof = ProviderProof(account, _proven_address(account), request.caller, request.client, request.referral_code)
    code_hash, key_hash = _code_hash(request), _key_hash(state.pending, request)
    return provider_commit.commit(CommitAttempt(state, proof, code_hash, key_hash, request.key, issuer))


def _end_taking(end: Callable[[TakenState], None], state: TakenState) -> None:
    """The call has failed: its state is closed, or put back. Best effort, for a state that stays taken is the safe side."""
    try:
        end(state)
    except aws.Failed:
        audit.note(refund="failed")


def _account(provider: Provider, state: TakenState, code: str, redirect_uri: str) -> ProviderAccount:
    """The account that the code opens. As long as the provider has not answered the code, its failures and ours leave the state as it was.

    A refused code spends the state, so that nobody tries many. Raises: WrongProviderProof, ProviderFailed, ProviderTimedOut, aws.Failed.
    """
    try:
        return provider.exchange(code, sign_in_states.pending_sign_in(state.pending), redirect_uri, Deadline())
    except (CodeAccepted, CodeAcceptedLate):
        raise
    except (ProviderFailed, ProviderTimedOut, Unavailable, aws.Failed):
        _end_taking(sign_in_state_items.put_back, state)
        raise


def _redirect_uri(provider: Provider, state: PendingState, issuer: str) -> str:
    """Where the provider sends its answer: a form goes to this service, which sends the browser on."""
    return f"{issuer}/login/{provider.name}/callback" if provider.answers_by_form else state.redirect_url


def _proven_address(account: ProviderAccount) -> Address | None:
    """The email address that the account proves, if the provider is an authority for it and it can be one of ours."""
    if not account.email or not account.email_verified:
        return None
    try:
        address = email.parse(account.email)
    except ValueError:
        return None
    # What people type is cleaned; what a provider vouches for is this address or another one.
    is_as_written = address.spelling.partition("@")[0] == account.email.partition("@")[0]
    return address if is_as_written else None


def _repeated(state: CompletedState, request: CodeExchange, issuer: str) -> ProviderSignIn:
    """The same session again, for the call that started it. Raises: WrongProviderProof, Unavailable, aws.Failed."""
    record = state.record
    is_callers = record.key_hash is not None and record.key_hash == _key_hash(state.pending, request)
    if not is_callers or record.at + REPEAT_SECONDS <= clock.now():
        raise WrongProviderProof("state_spent")
    if record.code_hash != _code_hash(request):
        sign_in_state_items.forget_record(state)
        raise WrongProviderProof("code")
    if request.caller and request.caller.customer.id != record.customer_id:
        raise WrongProviderProof("another_customer")
    return provider_commit.repeat(state, request.key, issuer)


def _code_hash(request: CodeExchange) -> bytes:
    return ids.sha256(request.code.encode())


def _key_hash(state: PendingState, request: CodeExchange) -> bytes | None:
    return ids.sha256(state.hash, request.key.encode()) if request.key else None
