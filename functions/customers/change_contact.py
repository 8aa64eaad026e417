"""POST /store/customers/me/contact/verify: puts the new email or phone in the old one's place, by the code that came to it."""

from customer_auth.base.account_errors import ContactTaken
from customer_auth.base.errors import Throttled, WrongCode
from customer_auth.flows import contact_change
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.customers import CustomerResponse
from customer_auth.http.schemas.sign_in import TokenCodeRequest, attempt
from customer_auth.http.schemas.tokens import TokensResponse, members
from customer_auth.sessions import sessions

REFUSALS = (WrongCode, Throttled, ContactTaken)


class ContactVerified(TokensResponse):
    """The customer with the new address, and what the caller goes on with; every other session has ended."""

    customer: CustomerResponse


@endpoint(
    body=TokenCodeRequest,
    answer=ContactVerified,
    caller=sessions.identify,
    refusals=REFUSALS,
    takes_key=True,
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[TokenCodeRequest, sessions.TokenOwner]) -> ContactVerified:
    changed = contact_change.verify(call.caller, attempt(call), call.issuer)
    return ContactVerified(customer=CustomerResponse.of(changed.customer), **members(changed.token_pair, changed.device))
