"""CloudFormation's YAML and its intrinsic functions, as far as the template uses them (AWS CloudFormation, Template Reference)."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

type Node = Any  # whatever YAML may hold
type Properties = dict[str, Any]

ACCOUNT_ID = "123456789012"
PSEUDO_PARAMETERS: Mapping[str, str] = {
    "AWS::AccountId": ACCOUNT_ID,
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackId": f"arn:aws:cloudformation:us-east-1:{ACCOUNT_ID}:stack/customer-auth/local",
    "AWS::StackName": "customer-auth",
    "AWS::URLSuffix": "amazonaws.com",
}
NO_VALUE = object()  # what `AWS::NoValue` resolves to; the member that has it is left out
PLACEHOLDER = re.compile(r"\$\{(!?)([^}]+)\}")


class Unresolved(Exception):
    """A reference to something that has no value yet."""


class _Loader(yaml.CSafeLoader):
    """YAML with CloudFormation's short forms: `!Ref X` is `{"Ref": "X"}`, `!GetAtt A.B` is `{"Fn::GetAtt": ["A", "B"]}`."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> Node:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: str(text).split(".", 1) if suffix == "GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    if isinstance(node, yaml.MappingNode):
        return {name: loader.construct_mapping(node, deep=True)}
    raise TypeError(node)


_Loader.add_multi_constructor("!", _short_form)


def load(path: Path) -> Properties:
    """The template at `path`, its short forms written out."""
    document: Properties = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 - a safe loader, see above
    return document


class Resolver:
    """Gives intrinsic functions their values.

    `values` answers `Ref` by name and `Fn::GetAtt` by `Name.Attribute`. `conditions` are the template's own.
    """

    def __init__(self, values: Mapping[str, Node], conditions: Mapping[str, Node]) -> None:
        self._values = {**PSEUDO_PARAMETERS, "AWS::NoValue": NO_VALUE, **values}
        self._conditions = conditions

    def resolve(self, node: Node, *, strict: bool = True) -> Node:
        """The node with its functions replaced by their values.

        A function that needs what has no value raises Unresolved if `strict`, and stays as it is written if not.
        """
        if isinstance(node, list):
            items = (self.resolve(item, strict=strict) for item in node)
            return [item for item in items if item is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        name = next(iter(node)) if len(node) == 1 else ""
        function = self._functions.get(name)
        if function is None:
            members = ((key, self.resolve(value, strict=strict)) for key, value in node.items())
            return {key: value for key, value in members if value is not NO_VALUE}
        try:
            return function(self, node[name])
        except Unresolved:
            if strict:
                raise
            return node

    def holds(self, condition: str) -> bool:
        """Whether the template's condition of that name is met."""
        return bool(self.resolve(self._conditions[condition]))

    def _value(self, name: str) -> Node:
        if name not in self._values:
            raise Unresolved(name)
        return self._values[name]

    def _sub(self, argument: Node) -> str:
        text, own = argument if isinstance(argument, list) else (argument, {})
        own_values = self.resolve(own)

        def replacement(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return "${" + name + "}"
            return str(own_values[name] if name in own_values else self._value(name))

        return PLACEHOLDER.sub(replacement, text)

    def _if(self, argument: list[Node]) -> Node:
        condition, then, otherwise = argument
        return self.resolve(then if self.holds(condition) else otherwise)

    def _equals(self, argument: list[Node]) -> bool:
        left, right = (self.resolve(side) for side in argument)
        return bool(str(left) == str(right))

    def _join(self, argument: list[Node]) -> str:
        separator, items = argument
        return str(separator).join(str(item) for item in self.resolve(items))

    _functions: Mapping[str, Callable[["Resolver", Node], Node]] = {
        "Ref": _value,
        "Condition": holds,
        "Fn::GetAtt": lambda self, argument: self._value(".".join(argument)),
        "Fn::Sub": _sub,
        "Fn::If": _if,
        "Fn::Equals": _equals,
        "Fn::Not": lambda self, argument: not self.resolve(argument[0]),
        "Fn::And": lambda self, argument: all(self.resolve(part) for part in argument),
        "Fn::Or": lambda self, argument: any(self.resolve(part) for part in argument),
        "Fn::Join": _join,
    }
