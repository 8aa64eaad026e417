"""POST /store/customers/account-deletion/confirm: confirms the deletion by its code; it can be cancelled until its erasure begins."""

from customer_auth.base.errors import Throttled, WrongCode
from customer_auth.flows import account_deletion
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.deletion import DeletionResponse
from customer_auth.http.schemas.sign_in import TokenCodeRequest, attempt


class ConfirmDeletionResponse(Model):
    """The confirmed request, with the time of the erasure; every session has ended."""

    request: DeletionResponse


@endpoint(body=TokenCodeRequest, answer=ConfirmDeletionResponse, refusals=(WrongCode, Throttled), takes_key=True)
def handler(call: Call[TokenCodeRequest, None]) -> ConfirmDeletionResponse:
    return ConfirmDeletionResponse(request=DeletionResponse.of(account_deletion.confirm(attempt(call), call.at)))
