"""`make deploy` and `make diff`, with a `sam` that records its arguments, and CloudFormation in this process."""

import json
import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from local.template import Template
from tests.harness.engines import CREDENTIALS, HERE, ROOT
from tools import deploy, stack_parameters

SAMS_PYTHON = ROOT / ".tools" / "sam" / "bin" / "python"
STACK = "customer-auth-prod"
ELF = {"arm64": 0xB7, "x86_64": 0x3E}
# What stands for `sam`: it notes its arguments, builds a layer with one library, and makes the change set that a test wants.
SAM = f"""#!{sys.executable}
import json, os, pathlib, sys
import boto3
arguments = sys.argv[1:]
with open(os.environ["NOTED"], "a") as noted:
    noted.write(json.dumps(arguments) + "\\n")
if arguments[0] == "build":
    built = pathlib.Path(".aws-sam/build/SharedLayer/python")
    built.mkdir(parents=True, exist_ok=True)
    machine = {ELF}[os.environ.get("BUILDS", os.environ["ARCHITECTURE"])]
    (built / "native.so").write_bytes(bytes(18) + machine.to_bytes(2, "little") + bytes(44))
elif "CHANGES" in os.environ:
    kind = "UPDATE" if os.environ["CHANGES"] == "again" else "CREATE"
    template = json.dumps({{"Resources": {{"IndexKey": {{"Type": "AWS::SQS::Queue", "Properties": {{"DelaySeconds": len(kind)}}}}}}}})
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_change_set(StackName="{STACK}", ChangeSetName="samcli-deploy1", ChangeSetType=kind, TemplateBody=template)
sys.exit(int(os.environ.get("ENDS_WITH", "0")) if arguments[0] == "deploy" else 0)
"""
# SAM's own reading of the option, arguments in and JSON out.
READ_BY_SAM = """
import json, sys
import click
from samcli.commands._utils.options import parameter_override_option
@click.command()
@parameter_override_option
def show(parameter_overrides):
    print(json.dumps(parameter_overrides))
show(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def cloudformation():
    """A client, and where others find the same."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    yield boto3.client("cloudformation", endpoint_url=url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="a")
    server.stop()


class Checkout:
    """A copy of the tree, with a `samconfig.toml` of its own."""

    def __init__(self, folder: Path, url: str):
        self.folder, self.noted = folder, folder / "noted"
        for name in ("tools", "local"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("Makefile", "template.yaml", "samconfig.toml", "stack-policy.json", ".python-version"):
            shutil.copy(ROOT / name, folder / name)
        for name in (".venv", "layers"):
            (folder / name).symlink_to(ROOT / name)
        (folder / "bin").mkdir()
        (folder / "bin" / "sam").write_text(SAM, encoding="utf-8")
        (folder / "bin" / "sam").chmod(0o755)
        self.environment = os.environ | HERE | CREDENTIALS | {"NOTED": str(self.noted), "AWS_ENDPOINT_URL": url}
        self.environment["PATH"] = f"{folder / 'bin'}:{os.environ['PATH']}"

    def config(self, *overrides: str, form: str = "") -> None:
        parameters = form or f"parameter_overrides = {json.dumps(['StorefrontUrl=https://shop.example.com', *overrides])}"
        text = f'version = 0.1\n[prod.deploy.parameters]\nstack_name = "{STACK}"\n{parameters}\n'
        (self.folder / "samconfig.toml").write_text(text, encoding="utf-8")

    def make(self, target: str, **environment: str) -> subprocess.CompletedProcess:
        ready = [option for file in (".venv/.done", ".tools/sam/.done") for option in ("-o", file)]
        variables = [f"{name}={environment.pop(name)}" for name in ("ARCHITECTURE", "ENV") if name in environment]
        command = ["make", "-s", *ready, target, "SAM=sam", "ENV=prod", *variables]
        all_variables = {name: value for name, value in self.environment.items() if name not in ("ARCHITECTURE", "MAKEFLAGS")} | environment
        return subprocess.run(command, cwd=self.folder, env=all_variables, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603

    @property
    def sam_calls(self) -> list[list[str]]:
        return [json.loads(line) for line in self.noted.read_text(encoding="utf-8").splitlines()] if self.noted.exists() else []


@pytest.fixture
def checkout(tmp_path, cloudformation):
    yield Checkout(tmp_path, cloudformation.meta.endpoint_url)
    cloudformation.delete_stack(StackName=STACK)


@pytest.fixture
def files(checkout, monkeypatch):
    """The checkout's files, read in this process."""
    monkeypatch.setattr(stack_parameters, "ROOT", checkout.folder)
    return checkout


@pytest.fixture
def stack(cloudformation):
    """One that is there already, with a policy that lets everything through."""
    template = {"Parameters": {"BrandName": {"Type": "String"}}, "Resources": {"IndexKey": {"Type": "AWS::SQS::Queue"}}}
    parameters = [{"ParameterKey": "BrandName", "ParameterValue": "Old Name"}]
    cloudformation.create_stack(StackName=STACK, TemplateBody=json.dumps(template), Parameters=parameters)
    return STACK


def read_by_sam(arguments: list[str]) -> dict[str, str]:
    if not SAMS_PYTHON.exists():
        pytest.skip("the SAM CLI is missing: make setup")
    overrides = arguments[arguments.index("--parameter-overrides") :]
    done = subprocess.run([SAMS_PYTHON, "-c", READ_BY_SAM, *overrides], capture_output=True, text=True, check=True)  # noqa: S603
    return json.loads(done.stdout)


def test_every_parameter_is_passed_as_the_file_has_it_or_by_its_default_and_sam_reads_each_whole(checkout, stack):
    checkout.config("BrandName=My Shop", 'SmsSenderId=""', "WebOtpDomain=", "AllowedRegions=DE,AT", "DefaultRegion=DE")
    done = checkout.make("deploy")
    assert done.returncode == 0, done.stderr

    build, deployment = checkout.sam_calls
    read = read_by_sam(deployment)
    defaults = {name: str(each.get("Default")) for name, each in Template.of_service().document["Parameters"].items()}
    assert build[0] == "build"
    assert deployment[:4] == ["deploy", "--config-env", "prod", "--no-fail-on-empty-changeset"]
    assert read == defaults | {
        "StorefrontUrl": "https://shop.example.com",
        "BrandName": "My Shop",
        "SmsSenderId": "",
        "WebOtpDomain": "",
        "AllowedRegions": "DE,AT",
        "DefaultRegion": "DE",
    }


def test_a_name_arrives_as_it_is_written_whatever_is_in_it(files):
    names = ["My Shop", "O'Neill's", 'the "best" one', '"quoted"', "a=b c=d", "Mağaza", "50% off; $HOME", r"a\b", "-x", "  two  "]
    spelled = []
    for nth, name in enumerate(names):
        quoted = name.replace('"', r"\"")
        files.config(f'BrandName="{quoted}"')
        spelled += stack_parameters.spelled({f"Name{nth}": stack_parameters.read("prod").values["BrandName"]})

    assert list(read_by_sam(["--parameter-overrides", *spelled]).values()) == names


IN_ONE_LINE = """
parameter_overrides = 'StorefrontUrl=https://a.example BrandName="My Shop" CorsAllowedOrigins=https://a.example,https://b.example'
"""
AS_A_TABLE = """
[prod.deploy.parameters.parameter_overrides]
StorefrontUrl = "https://a.example"
BrandName = "My Shop"
CorsAllowedOrigins = ["https://a.example", "https://b.example"]
"""


@pytest.mark.parametrize("form", [IN_ONE_LINE, AS_A_TABLE])
def test_the_file_may_have_them_in_one_line_or_in_a_table(files, form):
    files.config(form=form)

    read = stack_parameters.read("prod").values
    assert (read["BrandName"], read["CorsAllowedOrigins"]) == ("My Shop", "https://a.example,https://b.example")


@pytest.mark.parametrize(
    ("override", "complaint"),
    [
        ("BrandNmae=x", "BrandNmae: is no setting of this stack; is BRAND_NAME meant?"),
        ("BrandName", "BrandName is not of the form Name=value"),
        ("OtpLength=5", "OtpLength: must be a number from 6 to 10"),
        ("BrandName=ends with \\", "SAM would read another value"),
        ("BrandName=a\\ b", "SAM would read another value"),
        ("SendsPerHour=20", "SENDS_PER_HOUR must be at most SENDS_PER_DAY"),
        ("LoginIdentifier=phone", "LOGIN_IDENTIFIER must include what REGISTRATION_IDENTIFIER collects"),
        ("TemplatesDir=ours", "ours does not exist"),
        ("ExecuteApi=off", "Where ExecuteApi is off, Issuer must name"),
        ("Architecture=x86_64", "Architecture is x86_64 in prod, and make would build arm64: give make ARCHITECTURE=x86_64"),
    ],
)
def test_parameters_that_aws_would_refuse_are_reported(files, override, complaint):
    files.config(override)

    assert complaint in deploy.main("check", "prod", "arm64")


# ── sign-in by providers ──

PAGES = "RedirectUrls=https://shop.example.com/auth/callback"
APPLE = ["AppleClientId=com.example.shop", "AppleTeamId=TEAM012345", "AppleKeyId=KEY0123456"]
PEM = "-----BEGIN PRIVATE KEY-----\nMIGTAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n"
KEYS = {"GOOGLE_CLIENT_SECRET": "GOCSPX-planted", "APPLE_PRIVATE_KEY": PEM, "FACEBOOK_APP_SECRET": "planted"}


@pytest.mark.parametrize(
    ("overrides", "secrets", "complaint"),
    [
        ([PAGES, "GoogleClientId=1-a.apps.googleusercontent.com"], [], "GOOGLE_CLIENT_SECRET is not set, and Google is set up in part"),
        ([PAGES], ["GOOGLE_CLIENT_SECRET"], "GOOGLE_CLIENT_ID is not set, and Google is set up in part"),
        ([PAGES, *APPLE], [], "APPLE_PRIVATE_KEY is not set, and Apple is set up in part"),
        ([PAGES, *APPLE[1:]], ["APPLE_PRIVATE_KEY"], "APPLE_CLIENT_ID is not set, and Apple is set up in part"),
        ([PAGES, *APPLE[:1], *APPLE[2:]], ["APPLE_PRIVATE_KEY"], "APPLE_TEAM_ID is not set, and Apple is set up in part"),
        ([PAGES, *APPLE[:2]], ["APPLE_PRIVATE_KEY"], "APPLE_KEY_ID is not set, and Apple is set up in part"),
        ([PAGES, "FacebookAppId=1234567890"], [], "FACEBOOK_APP_SECRET is not set, and Facebook is set up in part"),
        ([PAGES], ["FACEBOOK_APP_SECRET"], "FACEBOOK_APP_ID is not set, and Facebook is set up in part"),
        (APPLE, ["APPLE_PRIVATE_KEY"], "REDIRECT_URLS is not set, and a provider is set up"),
    ],
)
def test_a_provider_that_is_set_up_in_part_is_reported_by_the_setting_that_is_missing(checkout, overrides, secrets, complaint):
    checkout.config(*overrides)
    done = checkout.make("settings-fit", **{name: KEYS[name] for name in secrets})

    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == complaint
    assert "planted" not in done.stdout + done.stderr


def test_providers_that_are_set_up_whole_fit(checkout):
    checkout.config(PAGES, *APPLE, "GoogleClientId=1-a.apps.googleusercontent.com", "FacebookAppId=1234567890")
    done = checkout.make("settings-fit", **KEYS)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("spelling", ["GoogleClientSecret", "GOOGLE_CLIENT_SECRET"])
def test_a_secret_in_a_file_that_is_committed_is_refused_and_not_repeated(files, spelling):
    files.config(PAGES, "GoogleClientId=1-a.apps.googleusercontent.com", f"{spelling}=GOCSPX-planted")
    complaint = deploy.main("check", "prod", "arm64")

    assert complaint == "samconfig.toml: GoogleClientSecret is a secret; give it to make by the environment variable GOOGLE_CLIENT_SECRET"


def test_secrets_come_from_the_environment_and_arrive_whole(files, monkeypatch):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    files.config(PAGES, *APPLE)
    read = read_by_sam(["--parameter-overrides", *stack_parameters.spelled(stack_parameters.read("prod").values)])

    assert {name: read[name] for name in ("GoogleClientSecret", "ApplePrivateKey", "FacebookAppSecret")} == {
        "GoogleClientSecret": KEYS["GOOGLE_CLIENT_SECRET"],
        "ApplePrivateKey": PEM,
        "FacebookAppSecret": KEYS["FACEBOOK_APP_SECRET"],
    }


def test_a_key_in_one_line_arrives_whole_too(files, monkeypatch):
    in_one_line = PEM.replace("\n", "\\n")
    monkeypatch.setenv("APPLE_PRIVATE_KEY", in_one_line)
    files.config(PAGES, *APPLE)
    deployment = stack_parameters.read("prod")
    stack_parameters.check(deployment)

    assert read_by_sam(["--parameter-overrides", *stack_parameters.spelled(deployment.values)])["ApplePrivateKey"] == in_one_line


@pytest.mark.parametrize("secret", ["ends with \\", "a\\ b"])
def test_a_secret_that_cannot_be_passed_is_not_repeated(secret):
    with pytest.raises(stack_parameters.Wrong) as wrong:
        stack_parameters.spelled({"GoogleClientSecret": secret})

    assert secret not in str(wrong.value)


def test_a_diff_shows_no_secret(checkout, stack):
    checkout.config(PAGES, *APPLE, "GoogleClientId=1-a.apps.googleusercontent.com", "FacebookAppId=1234567890")
    done = checkout.make("diff", CHANGES="again", **KEYS)

    assert done.returncode == 0, done.stderr
    assert "AppleTeamId" in done.stdout
    assert not [each for each in (*KEYS.values(), "MIGTAgEAMBMGByqGSM49", "ClientSecret", "PrivateKey") if each in done.stdout]


@pytest.mark.parametrize("target", ["deploy", "diff"])
def test_parameters_that_aws_would_refuse_stop_the_build(checkout, target):
    checkout.config("SendsPerHour=20")
    done = checkout.make(target)

    assert done.returncode != 0
    assert "SENDS_PER_HOUR must be at most SENDS_PER_DAY" in done.stderr
    assert checkout.sam_calls == []


def test_only_environments_of_the_file_are_deployed_and_parameters_without_a_default_are_required(files):
    assert deploy.main("check", "live", "arm64") == "samconfig.toml has no environment live"
    assert deploy.main("check", "prod", "arm64") == "samconfig.toml, prod: STOREFRONT_URL: needs a value"


def test_the_other_architecture_is_deployed_if_file_and_make_say_so(checkout, stack):
    checkout.config("Architecture=x86_64")
    done = checkout.make("deploy", ARCHITECTURE="x86_64")

    assert done.returncode == 0, done.stderr
    assert read_by_sam(checkout.sam_calls[-1])["Architecture"] == "x86_64"


def test_a_layer_that_was_built_for_another_architecture_is_not_deployed(checkout, stack):
    checkout.config()
    done = checkout.make("deploy", BUILDS="x86_64")

    assert done.returncode != 0
    assert "Architecture is arm64 in prod, and what was built is x86_64" in done.stderr
    assert [call[0] for call in checkout.sam_calls] == ["build"]


@pytest.mark.parametrize("status", ["0", "1"])
def test_the_stack_policy_is_put_back_also_where_nothing_changed_or_the_deployment_failed(checkout, stack, cloudformation, status):
    checkout.config()
    lifted = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}
    cloudformation.set_stack_policy(StackName=stack, StackPolicyBody=json.dumps(lifted))
    done = checkout.make("deploy", ENDS_WITH=status)

    assert (done.returncode == 0) is (status == "0")
    policy = json.loads(cloudformation.get_stack_policy(StackName=stack)["StackPolicyBody"])
    assert policy == json.loads((ROOT / "stack-policy.json").read_text(encoding="utf-8"))


def test_a_first_deployment_that_fails_has_no_stack_to_protect_and_fails_for_its_own_reason(checkout):
    checkout.config()
    done = checkout.make("deploy", ENDS_WITH="1")

    assert done.returncode != 0
    assert "there is no stack to set its policy on" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_diff_names_changed_parameters_and_what_the_policy_refuses_and_leaves_nothing_behind(checkout, stack, cloudformation):
    checkout.config("BrandName=New Name")
    done = checkout.make("diff", CHANGES="again")
    assert done.returncode == 0, done.stderr

    deployment = checkout.sam_calls[-1]
    assert "--no-execute-changeset" in deployment
    assert ("--config-env", "prod") in pairwise(deployment)
    assert read_by_sam(deployment)["BrandName"] == "New Name"
    assert 'BrandName: "Old Name" -> "New Name"' in done.stdout
    assert "IndexKey: the stack policy refuses Update:Modify" in done.stdout
    assert cloudformation.list_change_sets(StackName=stack)["Summaries"] == []
    assert cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"


def test_a_diff_before_the_first_deployment_leaves_no_stack(checkout, cloudformation):
    checkout.config()
    done = checkout.make("diff", CHANGES="first")

    assert done.returncode == 0, done.stderr
    assert STACK not in [each["StackName"] for each in cloudformation.describe_stacks()["Stacks"] if "DELETE" not in each["StackStatus"]]
