"""POST /login/mobile/send: sends a code by SMS, to sign in or up."""

from customer_auth import codes
from customer_auth.challenges import Purpose
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import Throttled
from customer_auth.models.asking import AskByPhone, MobileSent


@endpoint(body=AskByPhone, answer=MobileSent, refusals=(Throttled,))
def handler(call: Call[AskByPhone, None]) -> MobileSent:
    return MobileSent.of(codes.ask(Purpose.SIGN_IN, call.body.phone, call.client))
