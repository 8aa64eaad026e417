"""POST /store/customers/account-deletion/cancel-request: sends the code that cancels the deletion, if there is one to cancel."""

from customer_auth.base.errors import Throttled
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.code_requests import CodeSentResponse
from customer_auth.http.schemas.identifiers import IdentifierRequest
from customer_auth.otp import codes
from customer_auth.otp.purposes import Purpose


@endpoint(body=IdentifierRequest, answer=CodeSentResponse, refusals=(Throttled,))
def handler(call: Call[IdentifierRequest, None]) -> CodeSentResponse:
    return CodeSentResponse.of(codes.request_code(Purpose.CANCELLATION, call.body.address, call.client))
