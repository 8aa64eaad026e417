"""What comes beside the code in Apple's form: names, in the field `user`, at a person's first authorization alone."""

from customer_auth.customers.customers import Names
from customer_auth.social import profile_fields
from customer_auth.tokens import strict_jws
from customer_auth.tokens.strict_jws import InvalidToken

_LONGEST_USER = 4096


def names_from_user(text: str) -> Names:
    """The names in the form field `user`, which comes through the browser and may be anything; none if it is not as Apple writes it."""
    try:
        name = strict_jws.json_object(text).get("name") if len(text) <= _LONGEST_USER else None
    except InvalidToken:
        return Names()
    return profile_fields.names(name.get("firstName"), name.get("lastName")) if isinstance(name, dict) else Names()
