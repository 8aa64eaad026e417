"""What a deployment gives to each of the template's parameters: the value that `samconfig.toml` has for the environment, else the default.

CloudFormation leaves a parameter that is not named as it was, and what a command line names takes the place of all that the file names. So
all of them are named, and the files alone say what is deployed.
"""

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from customer_auth.base import settings
from customer_auth.base.settings import SettingsError
from customer_auth.messaging import template_lint
from local.parameters import ParameterError
from local.template import Template

ROOT = Path(__file__).resolve().parents[1]
CHECKED = "FirstSigningKey"  # the resource that has the settings checked on AWS
# SAM takes quotes around a value off, and the backslash before a quote or a space; it knows no backslash for a backslash.
UNSPEAKABLE = re.compile(r"""\\(?=["' ]|$)|ParameterKey=""")


class Wrong(Exception):
    """The files cannot be deployed as they are; the text is one line."""


class Deployment(NamedTuple):
    """A stack's name, and the template with the value that each parameter is to have."""

    stack: str
    template: Template

    @property
    def values(self) -> dict[str, str]:
        """Each parameter's value, as CloudFormation takes it."""
        values = self.template.parameters.items()
        return {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in values}


def read(environment: str) -> Deployment:
    """What the files say of this environment. Raises: Wrong."""
    try:
        sections = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))[environment]
    except KeyError:
        raise Wrong(f"samconfig.toml has no environment {environment}") from None
    given = {**sections.get("global", {}).get("parameters", {}), **sections["deploy"]["parameters"]}
    try:
        template = Template.load(ROOT / "template.yaml", dict(_overrides(given.get("parameter_overrides", []))))
    except ParameterError as wrong:
        raise Wrong(f"samconfig.toml, {environment}: {wrong}") from None
    return Deployment(str(given["stack_name"]), template)


def check(deployment: Deployment) -> None:
    """What would be refused on AWS is refused here: two settings that do not fit, a rule of the template's, templates with a fault.

    Raises: Wrong.
    """
    template = deployment.template
    for rule in template.document.get("Rules", {}).values():
        for asserted in rule["Assertions"]:
            if template.resolve(rule["RuleCondition"]) and not template.resolve(asserted["Assert"]):
                raise Wrong(asserted["AssertDescription"])
    checked = template.resolve(template.document["Resources"][CHECKED]["Properties"]["Settings"], {"RetryQueue": "the queue"})
    try:
        settings.check(checked)
        template_lint.check_folder(checked["TEMPLATES_DIR"])
    except SettingsError as wrong:
        raise Wrong(str(wrong)) from None


def spelled(values: Mapping[str, str]) -> list[str]:
    """Each as SAM reads it back whole, also where it is empty or has spaces and quotes in it. Raises: Wrong, for what SAM cannot read."""
    for name, value in values.items():
        if UNSPEAKABLE.search(value):
            raise Wrong(f"{name}: SAM would read another value than {value}")
    return [f'{name}="{value.replace('"', r"\"")}"' for name, value in values.items()]


def _overrides(given: Any) -> Iterator[tuple[str, str]]:
    """What `parameter_overrides` may be: a list of `Name=value`, those in one line, or a table. Raises: Wrong."""
    if isinstance(given, Mapping):
        for name, value in given.items():
            yield name, ",".join(map(str, value)) if isinstance(value, list) else str(value)
        return
    for entry in shlex.split(given) if isinstance(given, str) else given:
        name, equals, value = str(entry).partition("=")
        if not equals:
            raise Wrong(f"samconfig.toml: {entry} is not of the form Name=value")
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        yield name.strip(), value[1:-1].replace(r"\"", '"') if quoted else value
