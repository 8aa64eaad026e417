"""What is deployed is what was tested: every handler starts from the built artifacts alone, with its own environment alone."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.engines import ROOT
from tests.harness.roles import may
from tests.harness.service import template
from tools.emulator import ARCHITECTURE, RUNTIMES_OWN, lay_runtime

SAM = ROOT / ".tools" / "sam" / "bin" / "sam"
FUNCTIONS = [pytest.param(function, id=function.logical_id) for function in template().functions.values()]
# The functions that call AWS but are no endpoints, and the clients that they always need.
OTHERS = {"SendMessages": ["dynamodb", "secretsmanager", "sns"], "RotateSigningKeys": ["dynamodb"]}
# phonenumbers' data about places, companies and time zones.
DATA = ("carrier", "geocoder", "geodata", "timezone", "tzdata")
LAMBDAS_OWN = {
    "AWS_ACCESS_KEY_ID": "invented",
    "AWS_SECRET_ACCESS_KEY": "invented",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
}
START = """
import importlib, json, sys
sys.path[:0] = json.loads(sys.argv[1])
module, attribute = sys.argv[2].split(".")
handler = getattr(importlib.import_module(module), attribute)
assert callable(handler)
from customer_auth import aws
from customer_auth.aws import connections
sdk = sys.modules.get("customer_auth.aws.sdk")
clients = sdk.client.cache_info().currsize if sdk else 0
assert bool(sdk) == ("boto3.session" in sys.modules) == ("botocore.session" in sys.modules)
contract = getattr(handler, "contract", None)
uses = sorted(contract.uses) if contract else None

def subclasses(model):
    return {model}.union(*map(subclasses, model.__subclasses__()))

if contract:
    from customer_auth.http.schemas.base import Model
    models = subclasses(Model)
    ready = {model.__name__ for model in models if model.__pydantic_complete__}
    own = [model for model in (contract.body, contract.query, contract.answer) if model]
    expected = {name for model in own for name in (model.__name__, *model.model_json_schema().get("$defs", {}))}
    assert ready == expected & {model.__name__ for model in models}, ready ^ expected
print(json.dumps({"from": aws.__file__, "uses": uses, "clients": clients, "trust": connections.ssl_context.cache_info().currsize}))
"""


def make(*target: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {"ARCHITECTURE": ARCHITECTURE}
    result = subprocess.run(["make", "-s", *target], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def built() -> Path:
    if not SAM.exists():
        pytest.skip("the SAM CLI is missing: make setup")
    make("build")
    return ROOT / ".aws-sam" / "build"


@pytest.fixture(scope="module")
def runtime(tmp_path_factory) -> Path:
    """The libraries of the runtime, and no others."""
    return lay_runtime(tmp_path_factory.mktemp("runtime"), *RUNTIMES_OWN)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_starts_from_the_artifacts_with_its_own_environment(function, built, runtime, moto_engine):
    folders = [built / function.logical_id, built / "SharedLayer" / "python", runtime]
    handler = f"{function.handler.module}.{function.handler.attribute}"
    environment = function.environment(moto_engine.ids) | LAMBDAS_OWN

    started = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", "-c", START, json.dumps([str(folder) for folder in folders]), handler],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode == 0, started.stderr
    report = json.loads(started.stdout)
    needed = OTHERS.get(function.logical_id) or services_called_by(function)
    assert report["from"] == str(built / "SharedLayer" / "python" / "customer_auth" / "aws" / "__init__.py")
    assert report["uses"] in (needed, None)
    assert report["clients"] == len({"sns", "sesv2"} & {*needed})  # created at the start; a function that sends no messages loads no SDK
    assert report["trust"] == bool(needed)


def services_called_by(function) -> list[str]:
    """The AWS services that the function's policies allow."""
    return sorted({action.partition(":")[0] for statement in may(function.logical_id) for action in statement.actions})


def test_a_setting_outside_its_bounds_ends_the_start_with_its_name(built, runtime, moto_engine):
    function = template().functions["RequestLoginCode"]
    folders = [built / function.logical_id, built / "SharedLayer" / "python", runtime]
    environment = function.environment(moto_engine.ids) | {"OTP_EXPIRY_MINUTES_SMS": "11"}

    started = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", "-c", START, json.dumps([str(folder) for folder in folders]), "request_login_code.handler"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode != 0
    assert "SettingsError: OTP_EXPIRY_MINUTES_SMS must be a whole number from 1 to 10" in started.stderr


def test_the_layer_contains_what_runs_compiled(built):
    layer = built / "SharedLayer" / "python"
    sources, compiled = ({path.relative_to(layer) for path in layer.rglob(f"*.{kind}")} for kind in ("py", "pyc"))

    assert compiled == {path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc" for path in sources}
    assert (layer / "customer_auth" / "messaging" / "templates" / "email.html").exists()


@pytest.mark.parametrize("name", ["boto3", "botocore", "ariadne", "strawberry", *(f"phonenumbers/{data}" for data in DATA)])
def test_the_layer_leaves_out(built, name):
    assert not list((built / "SharedLayer" / "python").glob(f"{name}*"))


def test_functions_and_layer_are_small(built, tmp_path):
    def zipped(name: str) -> int:
        return Path(shutil.make_archive(str(tmp_path / name), "zip", built / name)).stat().st_size

    assert zipped("SharedLayer") <= 14 * 2**20  # of 50 MB
    assert {name: size for name in template().functions if (size := zipped(name)) > 100 * 2**10} == {}
