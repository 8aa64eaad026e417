"""The types of request fields: each parses its input into what the rules work with, or says in a few words what is wrong.

A field's validation and its schema in the document are made of the same numbers and characters. Messages complete «<Field> …» and never
repeat the value.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from customer_auth.addresses import cleaning, email, phone
from customer_auth.addresses.address import Address
from customer_auth.http import examples
from customer_auth.passwords import password_length

_LONGEST = 256
_LONGEST_TOKEN = 2048
_LONGEST_NAME = 100
_LONGEST_SIGNED_TEXT = 8192  # of a provider, within a body of 10 KB
_LONGEST_REASON = 1000
_LONGEST_PASSWORD = 512  # far more than a password may have; anything longer only costs time
# Unicode's category Cc: NUL, line ends and the like; and the same without line ends and tabs.
_CONTROLS = r"\x00-\x1f\x7f-\x9f"
_CONTROLS_BUT_LINES = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_MONTH = "[0-9]{4}-(0[1-9]|1[0-2])"
_SURROGATES = r"\ud800-\udfff"  # Cs; alone they are no characters, and no JSON document holds them


class Rule:
    """A text field, for `Annotated`: which text it accepts, how it is parsed, and how the document describes it.

    `forbidden` are the characters that it must not have, as in a regular expression's brackets; `counted` turns it into the text whose
    length counts.
    """

    def __init__(
        self,
        *,
        shortest: int = 0,
        longest: int = _LONGEST,
        forbidden: str = _CONTROLS,
        counted: Callable[[str], str] = str,
        parse: Callable[[str], Any] = str,
        **described: Any,
    ) -> None:
        self._shortest, self._longest = shortest, longest
        self._forbidden = forbidden
        self._counted, self._parse = counted, parse
        self._schema = (
            {"type": "string", "maxLength": longest}
            | ({"minLength": shortest} if shortest else {})
            | ({"pattern": f"^[^{forbidden}]*$"} if forbidden else {})
            | described
        )

    def read(self, value: object) -> Any:
        """The parsed text. Raises: ValueError, with what is wrong."""
        if not isinstance(value, str):
            raise ValueError("must be text")  # noqa: TRY004 (pydantic turns ValueError alone into an answer)
        if not self._shortest <= len(self._counted(value)) <= self._longest:
            raise ValueError(self._wrong_length(value))
        return self._parse(_without(self._forbidden, value) if self._forbidden else value)

    def _wrong_length(self, value: str) -> str:
        if self._shortest > 1:
            return f"must be {self._shortest} to {self._longest} characters"
        return f"must be at most {self._longest} characters" if value else "must not be empty"

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return self._schema


class OptionalRule(Rule):
    """The same for a field that may be null."""

    def read(self, value: object) -> Any:
        return None if value is None else super().read(value)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        text = super().__get_pydantic_json_schema__(schema, handler)
        schema_of_text = {name: text[name] for name in text if name != "examples"}
        return {"anyOf": [schema_of_text, {"type": "null"}], "examples": text["examples"]}


def _without(forbidden: str, text: str) -> str:
    """The text, if it has none of these characters. Raises: ValueError."""
    if re.search(f"[{forbidden}{_SURROGATES}]", text):
        raise ValueError("must not contain control characters")
    return text


def _email_or_phone(text: str) -> Address:
    return email.parse(text) if "@" in text else phone.parse(text)


def _code(text: str) -> str:
    code = _without(_CONTROLS, cleaning.code(text))
    if not code:
        raise ValueError("must not be empty")
    return code


def _referral_code(text: str) -> str:
    return _without(_CONTROLS, cleaning.trim(text))


def _month(text: str) -> str:
    if not re.fullmatch(_MONTH, text):
        raise ValueError("must be a month like 2026-11")
    return text


def _reason(text: str) -> str | None:
    """Nothing but spaces counts as none."""
    return text.strip() or None


# Addresses and codes are cleaned before their characters are checked, so the document has no pattern for them.
type Phone = Annotated[
    Address,
    Rule(
        forbidden="",
        parse=phone.parse,
        format="phone",
        description="Can receive SMS, in a country that is served. In any spelling; a national number is of DEFAULT_REGION.",
        examples=[examples.PHONE],
    ),
]
type Email = Annotated[
    Address,
    Rule(
        forbidden="",
        parse=email.parse,
        format="idn-email",
        description="ASCII before the @, without quotes or comments; compared in lower case. Spaces around it do not count.",
        examples=[examples.EMAIL],
    ),
]
type EmailOrPhone = Annotated[
    Address,
    Rule(
        forbidden="",
        parse=_email_or_phone,
        anyOf=[{"format": "idn-email"}, {"format": "phone"}],
        description="An email if it has an @, else a phone number.",
        examples=[examples.EMAIL],
    ),
]
type Code = Annotated[
    str,
    Rule(
        shortest=1,
        forbidden="",
        parse=_code,
        description="The code from the message, as people type and paste it: spaces, dashes and case do not count.",
        examples=[examples.CODE],
    ),
]
type ReferralCode = Annotated[
    str,
    Rule(
        forbidden="",
        parse=_referral_code,
        description="In any case, with spaces and dashes; O is 0, I and L are 1. A customer's id is taken too.",
        examples=[examples.REFERRAL_CODE],
    ),
]
type Text = Annotated[str, Rule()]
type Month = Annotated[str, Rule(shortest=1, longest=7, forbidden="", parse=_month, pattern=f"^{_MONTH}$", examples=["2026-11"])]
type Token = Annotated[str, Rule(shortest=1, longest=_LONGEST_TOKEN)]
type LongText = Annotated[str, Rule(longest=_LONGEST_TOKEN)]
type SignedText = Annotated[str, Rule(shortest=1, longest=_LONGEST_SIGNED_TEXT)]
type Name = Annotated[str, Rule(longest=_LONGEST_NAME, parse=str.strip)]
type Password = Annotated[str, Rule(shortest=1, longest=_LONGEST_PASSWORD, format="password", examples=[examples.PASSWORD])]
type NewPassword = Annotated[
    str,
    Rule(
        shortest=password_length.SHORTEST,
        longest=password_length.LONGEST,
        counted=password_length.normalized,
        format="password",
        description="Its characters are counted after normalisation (Unicode NFKC).",
        examples=[examples.PASSWORD],
    ),
]
# Free text, over several lines too.
type Reason = Annotated[
    str | None,
    OptionalRule(longest=_LONGEST_REASON, forbidden=_CONTROLS_BUT_LINES, parse=_reason, examples=["I have moved to another shop."]),
]
