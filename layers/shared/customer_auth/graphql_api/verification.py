"""The mutations that send and verify codes."""

from customer_auth.flows import contact_change, phone_verification
from customer_auth.graphql_api import inputs
from customer_auth.graphql_api.context import GraphqlContext
from customer_auth.graphql_api.outcomes import Payload, mutation, tokens_of
from customer_auth.otp.proofs import CodeAttempt
from customer_auth.sessions import sessions


@mutation()
def send_phone_otp(context: GraphqlContext, input: dict[str, str]) -> Payload:  # noqa: A002 (the schema's name)
    number = inputs.phone_number(input["phone_number"])
    caller = context.authenticated(sessions.authenticate) if context.request.has_access_token else None
    session = phone_verification.request_code(number, context.client, caller, context.find_session())
    context.set_session(session)
    return {"message": "OTP sent successfully"}


@mutation(phone_verified=False, customer_updated=False)
def verify_phone_otp(context: GraphqlContext, input: dict[str, str]) -> Payload:  # noqa: A002 (the schema's name)
    code = inputs.read(inputs.CODE, "OTP code", "otp_code", input["otp_code"])
    owner = context.authenticated(sessions.identify) if context.request.has_access_token else None
    session = context.find_session()
    challenge = session.challenge if session else None
    attempt = CodeAttempt(code, challenge, context.idempotency_key, context.client)
    verified = {"message": "Phone number verified successfully", "phone_verified": True}
    if owner is not None:
        changed = contact_change.verify(owner, attempt, context.request.issuer())
        return verified | tokens_of(changed.token_pair, changed.device) | {"customer_updated": True}
    phone_verification.verify(session, attempt)
    return verified | {"customer_updated": False}
