"""The mutations that sign in with a password, and out."""

from graphql import GraphQLResolveInfo

from customer_auth import audit
from customer_auth.flows import password_sign_in
from customer_auth.graphql_api import inputs
from customer_auth.graphql_api.context import GraphqlContext
from customer_auth.graphql_api.outcomes import Payload, mutation, tokens_of
from customer_auth.sessions import sessions


@mutation()
def generate_customer_token(context: GraphqlContext, email: str, password: str) -> Payload:
    address = inputs.read(inputs.EMAIL_OR_PHONE, "Email", "email", email)
    entered = inputs.read(inputs.PASSWORD, "Password", "password", password)
    token_pair, device = password_sign_in.sign_in(address, entered, context.client, context.request.issuer())
    return {"message": "Signed in successfully"} | tokens_of(token_pair, device)


def revoke_customer_token(_root: None, info: GraphQLResolveInfo[GraphqlContext]) -> Payload:
    context = info.context
    audit.note(operation=info.field_name)
    caller = context.authenticated(sessions.authenticate)
    sessions.revoke(caller.customer, caller.session.family)
    return {"result": True}
