"""The stand-ins of Netgsm and SMS.ir are like the providers: the providers' own clients get along with them."""

import json
import os
import subprocess
import sys

import pytest

from local.clock import Clock
from tests.harness.engines import ROOT
from tests.harness.nodes import node
from tests.harness.sms_senders import SECRETS, SETTINGS, running

PROGRAMS, PACKAGES = ROOT / "tests" / "sms_clients", ROOT / ".tools" / "sms-clients"
HEADER = {"msgheader": SETTINGS["NETGSM_HEADER"]}
PARAMETERS = [{"name": "CODE", "value": "123456"}, {"name": "BRAND", "value": "My Shop"}]


@pytest.fixture(scope="module")
def providers():
    if not (PACKAGES / ".done").exists():
        pytest.skip("the providers' own clients are missing: make sms-clients")
    with running(Clock()) as providers:
        providers.settings["NETGSM_OTP"] = "true"
        yield providers


@pytest.fixture
def netgsm(providers):
    """Lets Netgsm's client do something; what it returns, or the status and code that it throws."""

    def call(method: str, payload: dict, **environment: str) -> dict:
        command = [node(), str(PROGRAMS / "netgsm.mjs"), str(PACKAGES), providers.url("netgsm"), method, json.dumps(payload)]
        credentials = {"NETGSM_USER": SETTINGS["NETGSM_USER"], "NETGSM_PASSWORD": SECRETS["NETGSM_PASSWORD"]}
        return _printed(command, credentials | environment)

    yield call
    providers.mend("netgsm")


@pytest.fixture
def smsir(providers):
    """Lets SMS.ir's client do something; the members of the answer, and its status as `http`."""

    def call(method: str, key: str = SECRETS["SMSIR_API_KEY"], **arguments) -> dict:
        command = [sys.executable, str(PROGRAMS / "smsir.py"), providers.url("smsir"), method, json.dumps(arguments)]
        return _printed(command, {"SMSIR_API_KEY": key, "PYTHONPATH": str(PACKAGES / "python")})

    yield call
    providers.mend("smsir")


def _printed(command: list[str], environment: dict[str, str]) -> dict:
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_netgsms_client_sends_an_sms_and_reads_its_report(netgsm, providers):
    messages = [{"msg": "Kodunuz: 123456, iyi günler", "no": "5321234567"}]
    sent = netgsm("sendRestSms", HEADER | {"encoding": "TR", "iysfilter": "0", "messages": messages})
    report = netgsm("getReport", {"bulkIds": [sent["jobid"]]})

    assert sent["code"] == "00"
    assert providers.inbox.messages("+905321234567")[0].body == messages[0]["msg"]
    assert (report["code"], report["jobs"][0]["jobid"], report["jobs"][0]["status"]) == ("00", sent["jobid"], 1)


def test_netgsms_client_sends_a_code_by_the_otp_package(netgsm, providers):
    assert netgsm("sendOtpSms", HEADER | {"msg": "123456 is your code", "no": "5321234568"})["code"] == "00"
    assert providers.inbox.messages("+905321234568")[0].code == "123456"


@pytest.mark.parametrize("code", ["20", "30", "40", "50", "60", "70", "100", "101"])
def test_netgsms_client_knows_each_refusal(netgsm, providers, code):
    providers.break_("netgsm", code)
    method = "sendOtpSms" if code == "60" else "sendRestSms"
    payload = {"msg": "123456", "no": "5321234567"} if code == "60" else {"messages": [{"msg": "123456", "no": "5321234567"}]}

    assert netgsm(method, HEADER | payload) == {"status": 406, "code": code}


def test_netgsms_client_with_a_wrong_password_is_refused(netgsm):
    messages = [{"msg": "123456", "no": "5321234567"}]

    assert netgsm("sendRestSms", HEADER | {"messages": messages}, NETGSM_PASSWORD="wrong") == {"status": 406, "code": "30"}


def test_smsirs_client_sends_by_a_template_and_reads_its_report(smsir, providers):
    sent = smsir("send_verify_code", number="09121234567", template_id=100002, parameters=PARAMETERS)
    report = smsir("report_message", message_id=sent["data"]["messageId"])

    assert (sent["http"], sent["status"]) == (200, 1)
    assert providers.inbox.messages("+989121234567")[0].code == "123456"
    assert (report["status"], report["data"]["deliveryState"]) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "http", "status"),
    [
        ({"key": "wrong"}, 401, 10),
        ({"number": "12"}, 400, 104),
        ({"template_id": 1}, 400, 113),
        ({"parameters": [{"name": "CODE", "value": "x" * 26}]}, 400, 114),
    ],
)
def test_smsirs_client_gets_the_documented_refusals(smsir, arguments, http, status):
    answer = smsir("send_verify_code", **{"number": "9121234567", "template_id": 100002, "parameters": PARAMETERS} | arguments)

    assert (answer["http"], answer["status"]) == (http, status)
