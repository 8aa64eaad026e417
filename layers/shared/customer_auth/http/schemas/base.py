"""The base of every body and response: strict types, and what counts as absent."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar, get_args
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from customer_auth.addresses import cleaning
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.http import examples
from customer_auth.http.fields import Password, Text

_MAX_FORM_FIELDS = 50


class Model(BaseModel):
    """A body or a response. Types are strict; unknown members are ignored, so that they can change nothing.

    An optional member whose text is empty, or has nothing but spaces and invisible marks, counts as absent, because forms send those.
    In a password, spaces count.

    What pydantic needs to read and write a model is built at its first use, or by `build` while a container starts.
    """

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, populate_by_name=True, defer_build=True)

    # Every status that a response of this model may have; `http_status` is that of this response, by default the first.
    http_statuses: ClassVar[tuple[int, ...]] = (200,)

    # Members that may be in the query string instead.
    in_query: ClassVar[tuple[str, ...]] = ()

    # What a body of this model is sent as.
    media_type: ClassVar[str] = "application/json"

    @property
    def http_status(self) -> int:
        return self.http_statuses[0]

    @property
    def http_headers(self) -> dict[str, str]:
        """The headers of this response, besides those of every response."""
        return {}

    @property
    def cookies(self) -> list[str]:
        """The cookies that this response sets (RFC 6265 §4.1)."""
        return []

    @classmethod
    def as_json(cls, text: str) -> str:
        """The JSON of a body with this text. Raises: BadRequest."""
        return text

    @classmethod
    def described(cls, media: dict[str, Any]) -> dict[str, Any]:
        """How the document describes a body of this model, given its schema and examples as JSON."""
        return media

    @classmethod
    def build(cls) -> None:
        """Make the model ready for use, with the models that its members are."""
        for info in cls.model_fields.values():
            for member in _models_in(info.annotation):
                member.build()
        cls.model_rebuild()

    @classmethod
    def without_empty(cls, members: dict[str, Any]) -> dict[str, Any]:
        """The members without empty optional ones."""
        fields = cls.model_fields.items()
        there = [(name, info) for field, info in fields for name in (field, info.alias) if name in members and not info.is_required()]
        empty = {name for name, info in there if _is_empty(members[name], info)}
        return {name: value for name, value in members.items() if name not in empty} if empty else members


def alternatives(*names: str, keyword: str = "oneOf", in_query: bool = False, **example: str) -> ConfigDict:
    """For a body with exactly one of these members (`anyOf`: at least one), as the document then says, with one example.

    `in_query`: it may have none of them, because they may be in the query string.
    """

    def describe(schema: dict[str, Any]) -> None:
        text = {"type": "string", "pattern": r"[^ \t\r\n]"}  # null and empty text count as none
        there: list[dict[str, Any]] = [{"required": [name], "properties": {name: text}} for name in names]
        empty = {"type": ["null", "string"], "pattern": r"^[ \t\r\n]*$"}
        none = {"description": "None: it is in the query string.", "properties": dict.fromkeys(names, empty)}
        schema |= {keyword: [*there, *([none] if in_query else [])], "examples": [example]}

    return ConfigDict(json_schema_extra=describe)


class CamelModel(Model):
    """A body or a response of the sign-in API, whose names are in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel)


class FormModel(Model):
    """A body as a browser's form sends it; of two fields with one name the first counts."""

    media_type: ClassVar[str] = "application/x-www-form-urlencoded"

    @classmethod
    def as_json(cls, text: str) -> str:
        try:
            fields = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FORM_FIELDS)
        except ValueError:
            message = f"must have at most {_MAX_FORM_FIELDS} fields"
            raise BadRequest(f"The body {message}", FieldError("body", message)) from None
        return json.dumps(dict(reversed(fields)))


class TokenModel(Model):
    """A body that is a token itself, its one member."""

    @classmethod
    def as_json(cls, text: str) -> str:
        return json.dumps({"token": text.strip()})

    @classmethod
    def described(cls, media: dict[str, Any]) -> dict[str, Any]:
        examples = {name: {"value": example["value"]["token"]} for name, example in media["examples"].items()}
        return {"schema": {"type": "string"}, "examples": examples}


def _models_in(annotation: Any) -> Iterator[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _is_empty(value: object, info: FieldInfo) -> bool:
    return value == "" or (isinstance(value, str) and cleaning.is_blank(value) and Password not in get_args(info.annotation))


class FromClient(Model):
    """What a client may say of itself."""

    device: Text | None = Field(
        default=None,
        title="Device",
        description="From an earlier response: this client has proven this address.",
        examples=[examples.DEVICE],
    )
    locale: Text | None = Field(
        default=None, title="Locale", description="Language of the message (BCP 47): en, tr or fa.", examples=["tr-TR"]
    )
