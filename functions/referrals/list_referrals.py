"""GET /store/my-referrals: the customers whom the signed-in one referred, newest first."""

from customer_auth import referral_lists, sessions
from customer_auth.endpoint import Call, endpoint
from customer_auth.models.referring import Page, Referrals


@endpoint(query=Page, answer=Referrals, caller=sessions.check)
def handler(call: Call[None, sessions.Caller]) -> Referrals:
    return Referrals.of(*referral_lists.page(call.caller.customer, call.query.limit, call.query.cursor))
