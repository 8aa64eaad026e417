"""How a mutation ends: with its payload, or refused in the payload. What nobody can help ends the whole request."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from graphql import GraphQLResolveInfo

from customer_auth import audit
from customer_auth.base.account_errors import ContactTaken
from customer_auth.base.errors import Internal, Refusal, Unavailable, WrongCode
from customer_auth.graphql_api.context import GraphqlContext
from customer_auth.sessions.issuance import TokenPair

type Payload = dict[str, Any]
type Resolver = Callable[..., Payload]

# What this API calls them.
_MESSAGES: dict[type[Refusal], str] = {
    WrongCode: "Invalid or expired OTP code",
    ContactTaken: "Phone number already verified by another user",
}
FAILURES = (Internal, Unavailable)


def mutation(**refused: bool | None) -> Callable[[Callable[..., Payload]], Resolver]:
    """A resolver of a mutation, whose refusals have these members besides `success` and `message`."""

    def decorate(rule: Callable[..., Payload]) -> Resolver:
        @wraps(rule)
        def resolve(_root: None, info: GraphQLResolveInfo[GraphqlContext], **arguments: Any) -> Payload:
            context = info.context
            audit.note(operation=info.field_name)
            try:
                return {"success": True} | rule(context, **arguments)
            except FAILURES:
                raise
            except Refusal as refusal:
                context.refuse(refusal)
                return {"success": False, "message": message(refusal)} | refused

        return resolve

    return decorate


def tokens_of(token_pair: TokenPair, device: str | None) -> Payload:
    """The members of a payload that starts or renews a session."""
    token, refresh_token, expires_in = token_pair
    return {"token": token, "refresh_token": refresh_token, "expires_in": expires_in, "device": device}


def message(refusal: Refusal) -> str:
    """A refusal in this API's words."""
    return _MESSAGES.get(type(refusal), refusal.message)
