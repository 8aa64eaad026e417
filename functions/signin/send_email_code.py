"""POST /login/email/send: sends a code by email, to sign in or up."""

from customer_auth import codes
from customer_auth.challenges import Purpose
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import Throttled
from customer_auth.models.asking import AskByEmail, EmailSent


@endpoint(body=AskByEmail, answer=EmailSent, refusals=(Throttled,))
def handler(call: Call[AskByEmail, None]) -> EmailSent:
    return EmailSent.of(codes.ask(Purpose.SIGN_IN, call.body.email, call.client))
