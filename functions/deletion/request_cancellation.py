"""POST /store/customers/account-deletion/cancel-request: sends the code by which the deletion is cancelled, if there is one."""

from customer_auth import codes
from customer_auth.challenges import Purpose
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import Throttled
from customer_auth.models.asking import CodeSent
from customer_auth.models.identified import WhoAsks


@endpoint(body=WhoAsks, answer=CodeSent, refusals=(Throttled,))
def handler(call: Call[WhoAsks, None]) -> CodeSent:
    return CodeSent.of(codes.ask(Purpose.CANCELLATION, call.body.address, call.client))
