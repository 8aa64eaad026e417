"""The schema, as `schema.graphql` writes it, with its resolvers. A container builds it while it starts."""

from pathlib import Path
from typing import cast

from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from customer_auth.graphql_api import consents, queries, registration, tokens, verification

SDL = Path(__file__).with_name("schema.graphql").read_text("utf-8")
_RESOLVERS = {
    "Query": {"phoneOtpStatus": queries.phone_otp_status, "customer": queries.customer},
    "Mutation": {
        "sendPhoneOtp": verification.send_phone_otp,
        "verifyPhoneOtp": verification.verify_phone_otp,
        "createCustomerWithPhone": registration.create_customer_with_phone,
        "createCustomer": registration.create_customer,
        "generateCustomerToken": tokens.generate_customer_token,
        "revokeCustomerToken": tokens.revoke_customer_token,
        "withdrawIysConsent": consents.withdraw_iys_consent,
    },
}


def _built() -> GraphQLSchema:
    schema = build_schema(SDL)
    for type_name, resolvers in _RESOLVERS.items():
        fields = cast("GraphQLObjectType", schema.type_map[type_name]).fields
        for name, field in fields.items():
            field.resolve = resolvers[name]
    return schema


SCHEMA = _built()
