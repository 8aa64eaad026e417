"""POST /store/customers/me/contact/verify: replaces the customer's email or phone with a new one, by the code that was sent to it."""

from customer_auth.base.account_errors import ContactTaken
from customer_auth.base.errors import Throttled, WrongCode
from customer_auth.flows import contact_change
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.customers import CustomerResponse
from customer_auth.http.schemas.sign_in import TokenCodeRequest, attempt
from customer_auth.http.schemas.tokens import TokensResponse, members
from customer_auth.sessions import sessions

REFUSALS = (WrongCode, Throttled, ContactTaken)


class ContactChangeResponse(TokensResponse):
    """The customer with the new address, and the caller's new tokens; every other session has ended."""

    customer: CustomerResponse


@endpoint(
    body=TokenCodeRequest,
    answer=ContactChangeResponse,
    caller=sessions.identify,
    refusals=REFUSALS,
    takes_key=True,
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[TokenCodeRequest, sessions.TokenOwner]) -> ContactChangeResponse:
    changed = contact_change.verify(call.caller, attempt(call), call.issuer)
    return ContactChangeResponse(customer=CustomerResponse.of(changed.customer), **members(changed.token_pair, changed.device))
