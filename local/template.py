"""What `template.yaml` declares: functions, tables and settings. The local stack and the tests read them nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from local import intrinsics, parameters, triggers
from local.intrinsics import Node, Properties, Resolver, Unresolved
from local.parameters import ParameterError
from local.triggers import QueueTrigger, Route, ScheduleTrigger, StreamTrigger

__all__ = [
    "Cors",
    "Function",
    "Handler",
    "ParameterError",
    "QueueTrigger",
    "Route",
    "ScheduleTrigger",
    "StreamTrigger",
    "Template",
    "Unresolved",
]

FUNCTION = "AWS::Serverless::Function"
LAYER = "AWS::Serverless::LayerVersion"
HTTP_API = "AWS::Serverless::HttpApi"
CUSTOM_RESOURCE = ("Custom::", "AWS::CloudFormation::CustomResource")
DEFAULT_TIMEOUT_SECONDS = 3  # Lambda's own
DEFAULT_MEMORY_MB = 128


# Invented values for what only the operator can know: for tools, tests and benchmarks.
INVENTED = {"STOREFRONT_URL": "https://shop.example.com"}


class Handler(NamedTuple):
    """`module.attribute`, Lambda's setting for the handler."""

    module: str
    attribute: str


class Cors(NamedTuple):
    """The HTTP API's CORS configuration; empty members allow nothing."""

    allow_origins: tuple[str, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    max_age_seconds: int | None = None
    allow_credentials: bool = False


@dataclass(frozen=True)
class Function:
    """One function, the Globals merged in. `properties` are as written, with parameters resolved."""

    logical_id: str
    code: Path
    handler: Handler
    timeout_seconds: int
    memory_mb: int
    triggers: tuple[triggers.Trigger, ...]
    properties: Properties
    _template: "Template"

    def environment(self, physical_ids: Mapping[str, str]) -> dict[str, str]:
        """The variables that the template gives the function; what resolves to `AWS::NoValue` is left out.

        `physical_ids` answers `Ref` by logical id and `Fn::GetAtt` by `LogicalId.Attribute`.

        Raises: Unresolved.
        """
        variables = self.properties.get("Environment", {}).get("Variables", {})
        return {name: _text(value) for name, value in self._template.resolve(variables, physical_ids).items()}

    @property
    def routes(self) -> list[Route]:
        return [trigger for trigger in self.triggers if isinstance(trigger, Route)]

    @property
    def streams(self) -> list[StreamTrigger]:
        return [trigger for trigger in self.triggers if isinstance(trigger, StreamTrigger)]

    @property
    def queues(self) -> list[QueueTrigger]:
        return [trigger for trigger in self.triggers if isinstance(trigger, QueueTrigger)]

    @property
    def schedules(self) -> list[ScheduleTrigger]:
        return [trigger for trigger in self.triggers if isinstance(trigger, ScheduleTrigger)]


class Template:
    """A template with a value for each of its parameters."""

    def __init__(self, document: Properties, folder: Path, values: Mapping[str, Node]) -> None:
        self.document = document
        self.folder = folder
        self.parameters = dict(values)

    @classmethod
    def load(cls, path: Path, overrides: Mapping[str, str] | None = None, *, defaults: Mapping[str, str] | None = None) -> "Template":
        """The template at `path`; `overrides` sets parameters by setting name (`DEFAULT_REGION`) or by their own.

        `defaults` take the place of the template's own, by setting name; those of parameters that it does not have are passed over.

        Raises: ParameterError, in one line, for a name it does not have or a value outside the parameter's bounds.
        """
        document = intrinsics.load(path)
        declared = document.get("Parameters", {})
        known = {name: value for name, value in (defaults or {}).items() if name in map(parameters.setting_name, declared)}
        return cls(document, path.resolve().parent, parameters.values(declared, known | dict(overrides or {})))

    @classmethod
    def of_service(cls, overrides: Mapping[str, str] | None = None) -> "Template":
        """The service's own, with invented values for what has no default: for tools, tests and benchmarks."""
        return cls.load(Path(__file__).resolve().parent.parent / "template.yaml", overrides, defaults=INVENTED)

    @property
    def settings(self) -> dict[str, Node]:
        """The parameters' values by setting name."""
        return {parameters.setting_name(name): value for name, value in self.parameters.items()}

    def resolve(self, node: Node, physical_ids: Mapping[str, str] | None = None) -> Node:
        """The node with its functions replaced by their values. Without `physical_ids`, references to resources stay as written."""
        resolver = Resolver({**self.parameters, **(physical_ids or {})}, self.document.get("Conditions", {}))
        return resolver.resolve(node, strict=physical_ids is not None)

    @cached_property
    def resources(self) -> dict[str, Properties]:
        """Every resource whose condition is met: `Type` and `Properties`, parameters resolved."""
        resolver = Resolver(self.parameters, self.document.get("Conditions", {}))
        present = {
            name: resource
            for name, resource in self.document["Resources"].items()
            if "Condition" not in resource or resolver.holds(resource["Condition"])
        }
        return {name: resolver.resolve(resource, strict=False) for name, resource in present.items()}

    def resources_of(self, resource_type: str) -> dict[str, Properties]:
        """The properties of each resource of a type, by logical id; references to other resources stay as written."""
        return {name: each.get("Properties", {}) for name, each in self.resources.items() if each["Type"] == resource_type}

    @property
    def custom_resources(self) -> dict[str, Properties]:
        """The properties of each custom resource, by logical id, with `ServiceToken`."""
        return {name: each["Properties"] for name, each in self.resources.items() if each["Type"].startswith(CUSTOM_RESOURCE)}

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Every function by logical id, in the template's order."""
        shared = self.resolve(self.document.get("Globals", {}).get("Function", {}))
        return {name: self._function(name, _merged(shared, own)) for name, own in self.resources_of(FUNCTION).items()}

    @cached_property
    def cors(self) -> Cors:
        """The HTTP API's CORS configuration."""
        for api in self.resources_of(HTTP_API).values():
            configured = api.get("CorsConfiguration") or {}
            return Cors(
                allow_origins=tuple(configured.get("AllowOrigins", ())),
                allow_methods=tuple(configured.get("AllowMethods", ())),
                allow_headers=tuple(configured.get("AllowHeaders", ())),
                expose_headers=tuple(configured.get("ExposeHeaders", ())),
                max_age_seconds=int(configured["MaxAge"]) if "MaxAge" in configured else None,
                allow_credentials=bool(configured.get("AllowCredentials", False)),
            )
        return Cors()

    def _function(self, logical_id: str, properties: Properties) -> Function:
        module, attribute = properties["Handler"].rsplit(".", 1)
        return Function(
            logical_id=logical_id,
            code=self.folder / properties["CodeUri"],
            handler=Handler(module, attribute),
            timeout_seconds=int(properties.get("Timeout", DEFAULT_TIMEOUT_SECONDS)),
            memory_mb=int(properties.get("MemorySize", DEFAULT_MEMORY_MB)),
            triggers=tuple(triggers.of(properties.get("Events", {}))),
            properties=properties,
            _template=self,
        )


def _merged(shared: Node, own: Node) -> Node:
    """SAM's merging of Globals: maps by key, lists one after the other, everything else the function's own."""
    if isinstance(shared, dict) and isinstance(own, dict):
        return {**shared, **own, **{key: _merged(shared[key], own[key]) for key in shared.keys() & own.keys()}}
    if isinstance(shared, list) and isinstance(own, list):
        return [*shared, *own]
    return own


def _text(value: Node) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
