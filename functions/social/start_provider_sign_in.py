"""POST /login/{provider}/start: begins a sign-in by a provider."""

from customer_auth.base.errors import NotFound
from customer_auth.base.provider_errors import ProviderFailed, ProviderTimedOut
from customer_auth.flows import provider_sign_in
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.provider_sign_in import StartRequest, StartResponse, binding_of_cookie


@endpoint(body=StartRequest, answer=StartResponse, refusals=(NotFound, ProviderFailed, ProviderTimedOut))
def handler(call: Call[StartRequest, None]) -> StartResponse:
    provider = call.parameters["provider"]
    started = provider_sign_in.start(provider, call.body.redirect_url, binding_of_cookie(call), call.issuer)
    return StartResponse.of(started, provider)
