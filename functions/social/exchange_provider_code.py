"""POST /login/{provider}/exchange: signs in, or up, by the code of a provider; with an access token, adds the provider to that customer."""

from customer_auth.base.account_errors import (
    AccountDeletionPending,
    CancellableDeletionPending,
    IdentityExists,
    ReauthenticationRequired,
)
from customer_auth.base.errors import NotFound
from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut, WrongProviderProof
from customer_auth.flows import provider_sign_in
from customer_auth.flows.provider_sign_in import CodeExchange
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.provider_sign_in import ExchangeRequest, ExchangeResponse, binding_of
from customer_auth.sessions import sessions


@endpoint(
    body=ExchangeRequest,
    answer=ExchangeResponse,
    caller=sessions.authenticate,
    caller_optional=True,
    takes_key=True,
    refusals=(
        WrongProviderProof,
        NotFound,
        AccountDeletionPending,
        CancellableDeletionPending,
        IdentityExists,
        ReauthenticationRequired,
        ProviderFailed,
        ProviderTimedOut,
    ),
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[ExchangeRequest, sessions.Caller | None]) -> ExchangeResponse:
    provider, body = call.parameters["provider"], call.body
    request = CodeExchange(body.code, body.state, binding_of(call), call.idempotency_key, call.client, call.caller, body.referral_code)
    return ExchangeResponse.of(provider_sign_in.exchange(provider, request, call.issuer), provider)
