"""POST /login/apple/callback: takes the form by which Apple answers, and sends the browser on to the page that began the sign-in."""

from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.flows import provider_response
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.provider_response import ProviderForm, RedirectResponse


@endpoint(body=ProviderForm, answer=RedirectResponse, refusals=(WrongProviderProof,))
def handler(call: Call[ProviderForm, None]) -> RedirectResponse:
    form = call.body
    return RedirectResponse(location=provider_response.receive(form.state, form.code, form.error, form.user))
