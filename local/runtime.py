"""The environment that Lambda itself gives a function, in addition to the template's variables."""

import os
from collections.abc import Mapping
from pathlib import Path

from local.cloud import CREDENTIALS, REGION
from local.template import Function, Template
from local.triggers import referred
from local.worker import Spec

TASKS = Path(__file__).with_name("tasks")
LAYER = "AWS::Serverless::LayerVersion"


def spec_of(function: Function, template: Template, ids: Mapping[str, str], endpoints: Mapping[str, str], *, verbose: bool) -> Spec:
    """The specification of a function's workers; `endpoints` are the variables that direct the SDK to the embedded AWS."""
    name = ids[function.logical_id]
    return Spec(
        name=name,
        arn=ids[f"{function.logical_id}.Arn"],
        module=function.handler.module,
        attribute=function.handler.attribute,
        path=(str(function.code), *map(str, layers_of(function, template))),
        hidden=str(template.folder),
        environment={**function.environment(ids), **_lambda_environment(function, name), **endpoints},
        timeout_seconds=function.timeout_seconds,
        memory_mb=function.memory_mb,
        verbose=verbose,
    )


def task_spec(module: str, template: Template, ids: Mapping[str, str], endpoints: Mapping[str, str], *, verbose: bool) -> Spec:
    """The specification of the workers of a task of the stack itself, which has every setting and every layer."""
    specs = [spec_of(function, template, ids, endpoints, verbose=verbose) for function in template.functions.values()]
    settings = {name: value for spec in specs for name, value in spec.environment.items()}
    layers = dict.fromkeys(layer for spec in specs for layer in spec.path[1:])
    name = f"local-{module}"
    return specs[0]._replace(
        name=name,
        module=module,
        attribute="handler",
        path=(str(TASKS), *layers),
        environment=settings | {"AWS_LAMBDA_FUNCTION_NAME": name, "LAMBDA_TASK_ROOT": str(TASKS), "_HANDLER": f"{module}.handler"},
    )


def layers_of(function: Function, template: Template) -> list[Path]:
    """The folders of the function's layers."""
    layers = template.resources_of(LAYER)
    return [template.folder / layers[referred(layer)]["ContentUri"] for layer in function.properties.get("Layers", [])]


def code_folders(template: Template) -> list[Path]:
    """Every folder that contains code of the service."""
    functions = template.functions.values()
    return list(dict.fromkeys(folder for each in functions for folder in (each.code, *layers_of(each, template))))


def _lambda_environment(function: Function, name: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        "AWS_SESSION_TOKEN": CREDENTIALS["aws_session_token"],
        "AWS_CONFIG_FILE": os.devnull,  # a function must not see the developer's own files
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "LAMBDA_TASK_ROOT": str(function.code),
        "LANG": "en_US.UTF-8",
        "PATH": os.defpath,
        "TZ": ":UTC",
        "_HANDLER": f"{function.handler.module}.{function.handler.attribute}",
    }
