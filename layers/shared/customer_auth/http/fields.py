"""The kinds of fields that bodies have: each parses its input into what the rules work with, or says in a few words what is wrong.

Messages complete «<Field> …» and never repeat the value.
"""

import re
from typing import Annotated, Any, ClassVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, StringConstraints, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from customer_auth.addresses import cleaning, email, phone
from customer_auth.addresses.address import Address
from customer_auth.http import examples

_LONGEST_TEXT = 256
_LONGEST_TOKEN = 2048
_LONGEST_NAME = 100
_LONGEST_REASON = 1000
_LINES = {ord(each): " " for each in "\n\r\t"}
_LONGEST_PASSWORD = 512  # far more than is taken; what is longer is no password but a burden
# Unicode's categories Cc and Cs: NUL, line ends and the like, and lone surrogates.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# The same for the document; what is no character stands in no JSON.
_PLAIN = {"type": "string", "pattern": r"^[^\x00-\x1f\x7f-\x9f]*$", "maxLength": _LONGEST_TEXT}


class Model(BaseModel):
    """A body or an answer. Types are strict; members that are not named are ignored, so that they can change nothing.

    An optional member whose text is empty, or has nothing but spaces and marks that nobody sees, is as absent: forms send those. Of a
    password spaces are a part.
    """

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, populate_by_name=True)

    # Every status with which an answer of this model may go out, and the one of this answer: where it says nothing else, the first.
    http_statuses: ClassVar[tuple[int, ...]] = (200,)

    # Members that may stand in the query string instead.
    in_query: ClassVar[tuple[str, ...]] = ()

    @property
    def http_status(self) -> int:
        return self.http_statuses[0]

    @classmethod
    def without_empty(cls, given: dict[str, Any]) -> dict[str, Any]:
        """The members without the optional ones that are empty."""
        optional = [(field, info) for field, info in cls.model_fields.items() if not info.is_required()]
        empty = {name for field, info in optional for name in (field, info.alias) if name in given and _is_empty(given[name], info)}
        return {name: value for name, value in given.items() if name not in empty} if empty else given


def alternatives(*names: str, keyword: str = "oneOf", in_query: bool = False, **example: str) -> ConfigDict:
    """For a body of which exactly one of these members counts (`anyOf`: at least one): the document says so, with one example.

    `in_query`: it may have none of them, for they may stand in the query string.
    """

    def told(schema: dict[str, Any]) -> None:
        text = {"type": "string", "pattern": r"[^ \t\r\n]"}  # null and what is empty are as none
        there: list[dict[str, Any]] = [{"required": [name], "properties": {name: text}} for name in names]
        empty = {"type": ["null", "string"], "pattern": r"^[ \t\r\n]*$"}
        none = {"description": "None: it stands in the query string.", "properties": dict.fromkeys(names, empty)}
        schema |= {keyword: [*there, *([none] if in_query else [])], "examples": [example]}

    return ConfigDict(json_schema_extra=told)


class CamelModel(Model):
    """A body or an answer of the sign-in API, whose names are in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel)


def _is_empty(value: object, info: FieldInfo) -> bool:
    return value == "" or (isinstance(value, str) and Password not in get_args(info.annotation) and cleaning.is_blank(value))


def _sized(value: object, longest: int = _LONGEST_TEXT) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 (pydantic turns ValueError alone into an answer)
    if len(value) > longest:
        raise ValueError(f"must be at most {longest} characters")
    return value


def _text(value: object, longest: int = _LONGEST_TEXT) -> str:
    return _without_controls(_sized(value, longest))


def _without_controls(text: str) -> str:
    if _CONTROLS.search(text):
        raise ValueError("must not contain control characters")
    return text


def _token(value: object) -> str:
    return _text(value, _LONGEST_TOKEN)


def _password(value: object) -> str:
    return _text(value, _LONGEST_PASSWORD)


def _reason(value: object) -> str | None:
    """What people write of their own accord, over several lines too; nothing but spaces is nothing."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 (as above)
    if len(value) > _LONGEST_REASON:
        raise ValueError(f"must be at most {_LONGEST_REASON} characters")
    if _CONTROLS.search(value.translate(_LINES)):
        raise ValueError("must not contain control characters")
    return value.strip() or None


def _phone(value: object) -> Address:
    return phone.parse(_sized(value))


def _email(value: object) -> Address:
    return email.parse(_sized(value))


def _email_or_phone(value: object) -> Address:
    return _email(value) if "@" in _sized(value) else _phone(value)


def _code(value: object) -> str:
    text = _without_controls(cleaning.code(_sized(value)))
    if not text:
        raise ValueError("must not be empty")
    return text


def _referral_code(value: object) -> str:
    return _without_controls(cleaning.trim(_sized(value)))


def _name(value: object) -> str:
    text = _text(value)
    if len(text) > _LONGEST_NAME:
        raise ValueError(f"must be at most {_LONGEST_NAME} characters")
    return text.strip()


def _secret(shortest: int, longest: int) -> WithJsonSchema:
    told = {"minLength": shortest, "maxLength": longest, "format": "password", "examples": [examples.PASSWORD]}
    return WithJsonSchema(_PLAIN | told)


_NOT_EMPTY = StringConstraints(min_length=1)

type Phone = Annotated[
    Address,
    PlainValidator(_phone),
    WithJsonSchema(
        {
            "type": "string",
            "format": "phone",
            "maxLength": _LONGEST_TEXT,
            "description": "Can receive SMS and is of a country that is served; in any spelling, a national one is of DEFAULT_REGION.",
            "examples": [examples.PHONE],
        }
    ),
]
type Email = Annotated[
    Address,
    PlainValidator(_email),
    WithJsonSchema(
        {
            "type": "string",
            "format": "idn-email",
            "maxLength": _LONGEST_TEXT,
            "description": "ASCII before the @, without quotes or comments; compared in lower case. Spaces around it do not count.",
            "examples": [examples.EMAIL],
        }
    ),
]
type EmailOrPhone = Annotated[
    Address,
    PlainValidator(_email_or_phone),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": _LONGEST_TEXT,
            "anyOf": [{"format": "idn-email"}, {"format": "phone"}],
            "description": "An email where it has an @, else a phone.",
            "examples": [examples.EMAIL],
        }
    ),
]
type Code = Annotated[
    str,
    PlainValidator(_code),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": _LONGEST_TEXT,
            "description": "The code from the message, as people type and paste it: spaces, dashes and case do not count.",
            "examples": [examples.CODE],
        }
    ),
]
type ReferralCode = Annotated[
    str,
    PlainValidator(_referral_code),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": _LONGEST_TEXT,
            "description": "In any case, with spaces and dashes; O is 0, I and L are 1. A customer's id is taken too.",
            "examples": [examples.REFERRAL_CODE],
        }
    ),
]
type Name = Annotated[str, PlainValidator(_name), WithJsonSchema(_PLAIN | {"maxLength": _LONGEST_NAME})]
type Password = Annotated[str, BeforeValidator(_password), _NOT_EMPTY, _secret(1, _LONGEST_PASSWORD)]
type NewPassword = Annotated[str, BeforeValidator(_password), _NOT_EMPTY, _secret(8, 128)]
type Reason = Annotated[
    str | None,
    PlainValidator(_reason),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": _LONGEST_REASON, "pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"},
                {"type": "null"},
            ],
            "examples": ["I have moved to another shop."],
        }
    ),
]
type Text = Annotated[str, BeforeValidator(_text), WithJsonSchema(_PLAIN)]
type Token = Annotated[
    str,
    BeforeValidator(_token),
    _NOT_EMPTY,
    WithJsonSchema(_PLAIN | {"minLength": 1, "maxLength": _LONGEST_TOKEN}),
]


class FromClient(Model):
    """What an asking or trying client may say of itself."""

    device: Text | None = Field(
        default=None,
        title="Device",
        description="Of an answer before: this client has proven this address.",
        examples=[examples.DEVICE],
    )
    locale: Text | None = Field(
        default=None, title="Locale", description="Language of the message (BCP 47): en, tr or fa.", examples=["tr-TR"]
    )
