"""What is deployed is what was tested: every handler starts from the built artifacts alone, with its own environment alone."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.engines import ROOT
from tests.harness.service import template

SAM = ROOT / ".tools" / "sam" / "bin" / "sam"
FUNCTIONS = [pytest.param(function, id=function.logical_id) for function in template().functions.values()]
# What the Python runtime of Lambda brings by itself.
RUNTIMES_OWN = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six.py")
START = """
import importlib, json, sys
sys.path[:0] = json.loads(sys.argv[1])
module, attribute = sys.argv[2].split(".")
handler = getattr(importlib.import_module(module), attribute)
assert callable(handler)
import customer_auth
print(customer_auth.__file__)
"""


def make(*target: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {"ARCHITECTURE": "x86_64"}
    made = subprocess.run(["make", "-s", *target], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert made.returncode == 0, made.stdout + made.stderr


@pytest.fixture(scope="module")
def built() -> Path:
    if not SAM.exists():
        pytest.skip("the SAM CLI is missing: make setup")
    make("build")
    return ROOT / ".aws-sam" / "build"


@pytest.fixture(scope="module")
def runtime(tmp_path_factory) -> Path:
    """The libraries of the runtime, and no others."""
    place = tmp_path_factory.mktemp("runtime")
    packages = Path(sys.modules["boto3"].__file__).parents[1]
    for name in RUNTIMES_OWN:
        (place / name).symlink_to(packages / name)
    return place


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_starts_from_the_artifacts_with_its_own_environment(function, built, runtime, moto_engine):
    folders = [built / function.logical_id, built / "SharedLayer" / "python", runtime]
    handler = f"{function.handler.module}.{function.handler.attribute}"
    environment = function.environment(moto_engine.ids) | {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}

    started = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", "-c", START, json.dumps([str(folder) for folder in folders]), handler],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode == 0, started.stderr
    assert started.stdout.strip() == str(built / "SharedLayer" / "python" / "customer_auth" / "__init__.py")


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


def test_the_layer_holds_what_runs_and_is_compiled(built):
    layer = built / "SharedLayer" / "python"
    compiled = list((layer / "customer_auth").rglob("*.pyc"))

    assert len(compiled) == len(list((layer / "customer_auth").rglob("*.py")))
    assert (layer / "customer_auth" / "messaging" / "templates" / "email.html").exists()
    assert not (layer / "boto3").exists()
    assert not (layer / "phonenumbers" / "geodata").exists()


def test_functions_and_layer_are_small(built, tmp_path):
    layer = shutil.make_archive(str(tmp_path / "layer"), "zip", built / "SharedLayer")
    sizes = {name: sum(file.stat().st_size for file in (built / name).rglob("*") if file.is_file()) for name in template().functions}

    assert Path(layer).stat().st_size <= 12 * 2**20
    assert max(sizes.values()) <= 100 * 2**10
