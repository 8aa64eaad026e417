"""Reading inputs: by the rules of the REST API's own fields, with this API's names for them."""

from typing import Any

from customer_auth.addresses import cleaning, phone
from customer_auth.addresses.address import Address
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.http import fields
from customer_auth.http.fields import Rule

_NOT_A_NUMBER = ("must be a phone number", "must be a valid phone number")


def rule_of(field: Any) -> Rule:
    """The rule of a field type of `http/fields.py`."""
    rule: Rule = field.__value__.__metadata__[0]
    return rule


PHONE, EMAIL, CODE = rule_of(fields.Phone), rule_of(fields.Email), rule_of(fields.Code)
EMAIL_OR_PHONE, NAME, REFERRAL_CODE = rule_of(fields.EmailOrPhone), rule_of(fields.Name), rule_of(fields.ReferralCode)
PASSWORD, NEW_PASSWORD = rule_of(fields.Password), rule_of(fields.NewPassword)


def read(rule: Rule, title: str, name: str, text: str | None) -> Any:
    """What an input means. Raises: BadRequest, about the field of this name."""
    value = require(title, name, text, counts_spaces=rule in (PASSWORD, NEW_PASSWORD))
    try:
        return rule.read(value)
    except ValueError as wrong:
        raise BadRequest(f"{title} {wrong}", FieldError(name, str(wrong))) from None


def find(rule: Rule, title: str, name: str, text: str | None) -> Any:
    """The same for an input that may be left out, or empty."""
    return None if text is None or cleaning.is_blank(text) else read(rule, title, name, text)


def require(title: str, name: str, text: str | None, *, counts_spaces: bool = False) -> str:
    """The text of an input that is needed. Raises: BadRequest."""
    if not text or (cleaning.is_blank(text) and not counts_spaces):
        raise BadRequest(f"{title} is required", FieldError(name, "is required", missing=True))
    return text


def phone_number(text: str) -> Address:
    """The number that is meant. Raises: BadRequest."""
    try:
        number: Address = read(PHONE, "Phone number", "phone_number", text)
    except BadRequest as refused:
        if refused.errors[0].message in _NOT_A_NUMBER:
            refused.message = "Invalid phone number format"
        raise
    return number


def display_number(number: Address) -> str:
    """A number as this API shows it."""
    return phone.national(number)
