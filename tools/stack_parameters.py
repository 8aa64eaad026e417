"""The value of each template parameter in a deployment: the one in `samconfig.toml` for the environment, else the default.

CloudFormation keeps the previous value of a parameter that is not passed, and parameters on the command line replace all those in the file.
So all parameters are passed explicitly, and the files alone determine what is deployed. Secrets (`NoEcho`) are no part of a file that is
committed: they come from environment variables with the settings' names, and are never printed.
"""

import os
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from customer_auth.base import settings_check
from customer_auth.base.settings import SettingsError
from customer_auth.messaging import template_lint
from local.parameters import ParameterError, setting_name
from local.template import INVENTED, Template

ROOT = Path(__file__).resolve().parents[1]
CHECKED = "FirstSigningKey"  # the resource that checks the settings on AWS
# SAM removes the quotes around a value, and the backslash before a quote or a space; a backslash itself cannot be escaped.
UNSPEAKABLE = re.compile(r"""\\(?=["' ]|$)|ParameterKey=""")


class Wrong(Exception):
    """The files cannot be deployed as they are; the message is one line."""


class Deployment(NamedTuple):
    """The name of a stack, and its template with the values of the parameters."""

    stack: str
    template: Template

    @property
    def values(self) -> dict[str, str]:
        """The value of each parameter, as CloudFormation accepts it."""
        values = self.template.parameters.items()
        return {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in values}

    def is_secret(self, parameter: str) -> bool:
        """Whether the value must not be shown to anybody."""
        return bool(self.template.document["Parameters"][parameter].get("NoEcho"))


def read(environment: str) -> Deployment:
    """The deployment of an environment, as the files describe it. Raises: Wrong."""
    try:
        sections = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))[environment]
    except KeyError:
        raise Wrong(f"samconfig.toml has no environment {environment}") from None
    section = {**sections.get("global", {}).get("parameters", {}), **sections["deploy"]["parameters"]}
    overrides = dict(_overrides(section.get("parameter_overrides", [])))
    try:
        template = Template.load(ROOT / "template.yaml", overrides | _secrets(overrides))
    except ParameterError as wrong:
        raise Wrong(f"samconfig.toml, {environment}: {wrong}") from None
    return Deployment(str(section["stack_name"]), template)


def check(deployment: Deployment) -> None:
    """Refuse what AWS would refuse: settings that contradict each other, a violated rule of the template, faulty message templates.

    Raises: Wrong.
    """
    template = deployment.template
    for rule in template.document.get("Rules", {}).values():
        for asserted in rule["Assertions"]:
            if template.resolve(rule["RuleCondition"]) and not template.resolve(asserted["Assert"]):
                raise Wrong(asserted["AssertDescription"])
    checked = template.resolve(template.document["Resources"][CHECKED]["Properties"]["Settings"], {"RetryQueue": "the queue"})
    try:
        settings_check.check(checked)
        template_lint.check_folder(checked["TEMPLATES_DIR"])
    except SettingsError as wrong:
        raise Wrong(str(wrong)) from None


def _secrets(overrides: Mapping[str, str]) -> dict[str, str]:
    """The secrets that the environment has, by their parameters. Raises: Wrong (the file has one)."""
    declared = Template.load(ROOT / "template.yaml", INVENTED).document["Parameters"]
    names = {parameter: setting_name(parameter) for parameter, each in declared.items() if each.get("NoEcho")}
    for parameter, name in names.items():
        if parameter in overrides or name in overrides:
            raise Wrong(f"samconfig.toml: {parameter} is a secret; give it to make by the environment variable {name}")
    return {parameter: os.environ[name] for parameter, name in names.items() if os.environ.get(name)}


def spelled(values: Mapping[str, str]) -> list[str]:
    """The values in SAM's syntax, including empty ones and ones with spaces and quotes. Raises: Wrong (SAM cannot read a value)."""
    for name, value in values.items():
        if UNSPEAKABLE.search(value):
            raise Wrong(f"{name}: SAM would read another value, because of a backslash or of ParameterKey=")
    return [f'{name}="{value.replace('"', r"\"")}"' for name, value in values.items()]


def _overrides(overrides: Any) -> Iterator[tuple[str, str]]:
    """Parse `parameter_overrides`: a list of `Name=value`, the same in one string, or a table. Raises: Wrong."""
    if isinstance(overrides, Mapping):
        for name, value in overrides.items():
            yield name, ",".join(map(str, value)) if isinstance(value, list) else str(value)
        return
    for entry in shlex.split(overrides) if isinstance(overrides, str) else overrides:
        name, equals, value = str(entry).partition("=")
        if not equals:
            raise Wrong(f"samconfig.toml: {entry} is not of the form Name=value")
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        yield name.strip(), value[1:-1].replace(r"\"", '"') if quoted else value
