"""POST /store/customers/me/contact/verify: puts the new email or phone in the old one's place, by the code that came to it."""

from customer_auth import contacts, sessions
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import ContactTaken, WrongCode
from customer_auth.models.changing import ContactVerified
from customer_auth.models.entering import TryByToken, attempt

REFUSALS = (WrongCode, ContactTaken)


@endpoint(
    body=TryByToken,
    answer=ContactVerified,
    caller=sessions.identify,
    refusals=REFUSALS,
    takes_key=True,
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[TryByToken, sessions.Identified]) -> ContactVerified:
    return ContactVerified.of(contacts.verify(call.caller, attempt(call), call.issuer))
