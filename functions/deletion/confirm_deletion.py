"""POST /store/customers/account-deletion/confirm: confirms the deletion by its code; until it is due it may be cancelled."""

from customer_auth import deletions
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import Throttled, WrongCode
from customer_auth.models.base import Model
from customer_auth.models.deleting import DeletionShown
from customer_auth.models.entering import TryByToken, attempt


class Confirmed(Model):
    """When the account goes; every session has ended."""

    request: DeletionShown


@endpoint(body=TryByToken, answer=Confirmed, refusals=(WrongCode, Throttled), takes_key=True)
def handler(call: Call[TryByToken, None]) -> Confirmed:
    return Confirmed(request=DeletionShown.of(deletions.confirm(attempt(call), call.at)))
