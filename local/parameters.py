"""The template's parameters: their names as settings, and the constraints that CloudFormation enforces on their values."""

import difflib
import re
from collections.abc import Iterator, Mapping

from local.intrinsics import Node, Properties

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


class ParameterError(Exception):
    """A parameter that the template does not have, or a value that it does not allow; the message is one line."""

    def __init__(self, name: str, what_is_allowed: str) -> None:
        super().__init__(f"{name}: {what_is_allowed}")
        self.name = name
        self.what_is_allowed = what_is_allowed


def setting_name(parameter: str) -> str:
    """`DefaultRegion` is `DEFAULT_REGION` in a function's environment."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", parameter).upper()


def values(parameters: Mapping[str, Properties], overrides: Mapping[str, str]) -> dict[str, Node]:
    """The value of each parameter: an override, by setting or parameter name, else the default.

    A CommaDelimitedList is a list of strings, everything else a string, as in CloudFormation.

    Raises: ParameterError.
    """
    names = {setting_name(parameter): parameter for parameter in parameters}
    texts = {}
    for name, text in overrides.items():
        parameter = names.get(name, name)
        if parameter not in parameters:
            raise ParameterError(name, _unknown(name, names))
        texts[parameter] = (name, text)
    result: dict[str, Node] = {}
    for parameter, declared in parameters.items():
        if parameter not in texts and "Default" not in declared:
            raise ParameterError(setting_name(parameter), "needs a value")
        name, value = texts.get(parameter, (setting_name(parameter), str(declared.get("Default"))))
        result[parameter] = _checked(name, declared, value)
    return result


def _unknown(name: str, names: Mapping[str, str]) -> str:
    close = difflib.get_close_matches(name.upper(), names, n=1)
    return "is no setting of this stack" + (f"; is {close[0]} meant?" if close else "")


def _checked(name: str, declared: Properties, text: str) -> Node:
    fault = next(_faults(declared, text), None)
    if fault:
        raise ParameterError(name, declared.get("ConstraintDescription", fault))
    return _each(declared, text) if declared["Type"] == "CommaDelimitedList" else text


def _each(declared: Properties, text: str) -> list[str]:
    """The members of a list, or the text alone."""
    if declared["Type"] != "CommaDelimitedList":
        return [text]
    return [item.strip() for item in text.split(",")] if text else []


def _faults(declared: Properties, text: str) -> Iterator[str]:
    if declared["Type"] == "Number" and not NUMBER.fullmatch(text):
        yield _range(declared)
        return
    if "AllowedValues" in declared and text not in map(str, declared["AllowedValues"]):
        yield f"must be one of {', '.join(map(str, declared['AllowedValues']))}"
    if "AllowedPattern" in declared and not all(re.fullmatch(declared["AllowedPattern"], each, re.ASCII) for each in _each(declared, text)):
        yield f"must match {declared['AllowedPattern']}"
    if not _within(declared, text):
        yield _range(declared)


def _within(declared: Properties, text: str) -> bool:
    if declared["Type"] == "Number":
        return float(declared.get("MinValue", "-inf")) <= float(text) <= float(declared.get("MaxValue", "inf"))
    return int(declared.get("MinLength", 0)) <= len(text) <= int(declared.get("MaxLength", len(text)))


def _range(declared: Properties) -> str:
    kind = "a number" if declared["Type"] == "Number" else "a text of a length"
    low = declared.get("MinValue", declared.get("MinLength"))
    high = declared.get("MaxValue", declared.get("MaxLength"))
    bounds = [f"{word} {bound}" for word, bound in (("from", low), ("to", high)) if bound is not None]
    return " ".join(["must be", kind, *bounds])
