"""Consents to commercial messages: as a sign-up states them, and the mutation that withdraws one."""

from typing import Any

from customer_auth.base.errors import BadRequest
from customer_auth.consents.consents import ConsentType, GivenConsent, parse
from customer_auth.flows import consent_withdrawal
from customer_auth.graphql_api.context import GraphqlContext
from customer_auth.graphql_api.outcomes import Payload, mutation
from customer_auth.sessions import sessions

_INPUT = "iys_consent"


def read_consents(fields: dict[str, Any]) -> tuple[GivenConsent, ...]:
    """The consents in a sign-up's input. Raises: BadRequest."""
    try:
        return tuple(parse(**consent) for consent in fields.get(_INPUT) or ())
    except BadRequest as refused:
        refused.message = f"{_INPUT}: {refused.message}"
        raise


@mutation()
def withdraw_iys_consent(context: GraphqlContext, type: str) -> Payload:  # noqa: A002 (the schema's name)
    consent_withdrawal.withdraw(context.authenticated(sessions.authenticate), ConsentType(type))
    return {"message": "Consent withdrawn successfully"}
