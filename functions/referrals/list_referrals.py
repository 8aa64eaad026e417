"""GET /store/my-referrals: the customers whom the signed-in one has referred, newest first."""

from customer_auth.customers import referral_lists
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.referrals import ReferralsQuery, ReferralsResponse
from customer_auth.sessions import sessions


@endpoint(query=ReferralsQuery, answer=ReferralsResponse, caller=sessions.authenticate)
def handler(call: Call[None, sessions.Caller]) -> ReferralsResponse:
    return ReferralsResponse.of(*referral_lists.page(call.caller.customer, call.query.limit, call.query.cursor))
