"""POST /store/customers/me/contact/verify: puts the new email or phone in the old one's place, by the code that came to it."""

from customer_auth import contacts, sessions
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import ContactTaken, Throttled, WrongCode
from customer_auth.models.customers import CustomerShown
from customer_auth.models.entering import TryByToken, attempt
from customer_auth.models.tokens import Tokens, told

REFUSALS = (WrongCode, Throttled, ContactTaken)


class ContactVerified(Tokens):
    """The customer with the new address, and what the caller goes on with; every other session has ended."""

    customer: CustomerShown


@endpoint(
    body=TryByToken,
    answer=ContactVerified,
    caller=sessions.identify,
    refusals=REFUSALS,
    takes_key=True,
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[TryByToken, sessions.Identified]) -> ContactVerified:
    changed = contacts.verify(call.caller, attempt(call), call.issuer)
    return ContactVerified(customer=CustomerShown.of(changed.customer), **told(changed.pair, changed.device))
