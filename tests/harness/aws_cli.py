"""The grammar of the AWS CLI: command lines are checked against the SDK's own models. Nothing is called."""

import json
import re
from functools import cache
from itertools import pairwise

import botocore.session
import jmespath
from botocore import xform_name
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator
from botocore.waiter import WaiterModel

SDK = botocore.session.Session()
OF_EVERY_COMMAND = {"query", "output", "region", "profile"}
OUTPUTS = {"text", "json", "table", "yaml"}
# What the CLI adds to the API's operations: its options with a value, and without one.
OF_ITS_OWN = {("logs", "tail"): ({"since", "format", "filter-pattern"}, {"follow"})}


class WrongCommand(Exception):
    """The CLI would not understand it, or the service would refuse its form."""


def check(arguments: list[str]) -> None:
    """What comes after `aws`. Raises: WrongCommand."""
    service, command, *rest = arguments
    if (service, command) in OF_ITS_OWN:
        _check_own(OF_ITS_OWN[service, command], rest)
    elif command == "wait":
        operation = _waiter_operation(service, rest[0])
        _check_operation(operation, rest[1:])
    else:
        _check_operation(_operation(service, command), rest)


@cache
def _operation(service: str, command: str) -> OperationModel:
    if service not in SDK.get_available_services():
        raise WrongCommand(f"there is no service {service}")
    model = SDK.get_service_model(service)
    named = {xform_name(name, "-"): name for name in model.operation_names}
    if command not in named:
        raise WrongCommand(f"{service} has no {command}")
    return model.operation_model(named[command])


def _waiter_operation(service: str, name: str) -> OperationModel:
    waiters = WaiterModel(SDK.get_component("data_loader").load_service_model(service, "waiters-2"))
    named = {xform_name(each, "-"): each for each in waiters.waiter_names}
    if name not in named:
        raise WrongCommand(f"{service} waits for no {name}")
    return _operation(service, xform_name(waiters.get_waiter(named[name]).operation, "-"))


def _check_own(known: tuple[set[str], set[str]], arguments: list[str]) -> None:
    valued, flags = known
    for option in (each.removeprefix("--") for each in arguments if each.startswith("--")):
        if option not in valued | flags:
            raise WrongCommand(f"--{option}")


def _check_operation(operation: OperationModel, arguments: list[str]) -> None:
    options, files = _options(arguments)
    if bool(files) != operation.has_streaming_output:
        raise WrongCommand(f"{files or 'no file'} where the answer is {'' if operation.has_streaming_output else 'not '}a stream")
    if options.get("output", ["text"])[0] not in OUTPUTS:
        raise WrongCommand(f"--output {options['output']}")
    if "query" in options:
        _check_query(options["query"][0], operation.output_shape)
    members = operation.input_shape.members if operation.input_shape else {}
    named = {xform_name(name, "-"): name for name in members}
    parameters = {}
    for option, values in options.items():
        if option in OF_EVERY_COMMAND - set(named):
            continue
        name = named.get(option) or named.get(option.removeprefix("no-"))
        if name is None:
            raise WrongCommand(f"{operation.name} has no --{option}")
        parameters[name] = _value(members[name], values, option)
    if operation.input_shape:
        report = ParamValidator().validate(parameters, operation.input_shape)
        if report.has_errors():
            raise WrongCommand(report.generate_report())


def _options(arguments: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Each option with its values, and what stands alone at the end: a file for a streamed answer."""
    options: dict[str, list[str]] = {}
    files = []
    for before, argument in pairwise(["", *arguments]):
        if argument.startswith("--"):
            values = options.setdefault(argument.removeprefix("--"), [])
        elif argument.startswith("/dev/") and not before.startswith("--"):
            files.append(argument)
        else:
            values.append(argument)
    return options, files


def _value(shape: Shape, values: list[str], option: str):
    """An option's value: JSON, the shorthand `A=1,B=2`, or plain text."""
    if shape.type_name == "boolean":
        if values:
            raise WrongCommand(f"--{option} takes no value")
        return not option.startswith("no-")
    if not values:
        raise WrongCommand(f"--{option} needs a value")
    if isinstance(shape, ListShape):
        parts = json.loads(values[0]) if values[0].startswith("[") else values
        return [_part(shape.member, part) for part in parts]
    if len(values) > 1:
        raise WrongCommand(f"--{option} takes one value, not {values}")
    return _part(shape, values[0])


NUMBERS = {"integer": int, "long": int, "float": float, "double": float}


def _part(shape: Shape, text):
    if not isinstance(text, str) or shape.type_name in NUMBERS:
        return NUMBERS.get(shape.type_name, lambda value: value)(text)
    if isinstance(shape, StructureShape | MapShape):
        return json.loads(text) if text.startswith("{") else _shorthand(shape, text)
    if text not in (getattr(shape, "enum", None) or [text]):
        raise WrongCommand(f"{text} is none of {shape.enum}")
    return text


def _shorthand(shape: StructureShape | MapShape, text: str) -> dict:
    pairs = dict(pair.split("=", 1) for pair in text.split(","))
    members = shape.members if isinstance(shape, StructureShape) else {}
    return {name: _part(members[name], value) if name in members else value for name, value in pairs.items()}


def _check_query(query: str, shape: Shape) -> None:
    """Each member that the query names is there in an answer of this shape."""
    match = jmespath.search(query, _example(shape))
    if match is None or match == [None] or (isinstance(match, list) and None in match):
        raise WrongCommand(f"{query} finds nothing in an answer")
    unknown = set(re.findall(r"\b[A-Z]\w+", re.sub(r"'[^']*'|`[^`]*`", "", query))) - _names(shape)
    if unknown:
        raise WrongCommand(f"{query} names {unknown}")


def _example(shape: Shape, depth: int = 6):
    if depth == 0:
        return None
    if isinstance(shape, StructureShape):
        return {name: _example(member, depth - 1) for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [_example(shape.member, depth - 1)]
    if isinstance(shape, MapShape):
        return {"name": _example(shape.value, depth - 1)}
    return {"boolean": True, "integer": 1, "long": 1, "float": 1.0, "double": 1.0}.get(shape.type_name, "text")


def _names(shape: Shape, depth: int = 6) -> set[str]:
    if depth == 0:
        return set()
    if isinstance(shape, StructureShape):
        return set(shape.members).union(*(_names(member, depth - 1) for member in shape.members.values()))
    if isinstance(shape, ListShape):
        return _names(shape.member, depth - 1)
    return _names(shape.value, depth - 1) if isinstance(shape, MapShape) else set()
