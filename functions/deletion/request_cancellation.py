"""POST /store/customers/account-deletion/cancel-request: sends the code by which the deletion is cancelled, if there is one."""

from customer_auth.base.errors import Throttled
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.code_requests import CodeSent
from customer_auth.http.schemas.identifiers import WhoAsks
from customer_auth.otp import codes
from customer_auth.otp.challenges import Purpose


@endpoint(body=WhoAsks, answer=CodeSent, refusals=(Throttled,))
def handler(call: Call[WhoAsks, None]) -> CodeSent:
    return CodeSent.of(codes.request_code(Purpose.CANCELLATION, call.body.address, call.client))
