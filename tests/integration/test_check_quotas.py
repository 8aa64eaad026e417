"""`make check-quotas`: what an account of AWS allows, held against the stack's parameters."""

from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError

from tools import check_quotas, stack_parameters

GROWN = {
    "GetAccountSettings": {"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}},
    "GetSMSSandboxAccountStatus": {"IsInSandbox": False},
    "GetSMSAttributes": {"attributes": {"MonthlySpendLimit": "50"}},
    "DescribeSpendLimits": {
        "SpendLimits": [
            {"Name": "VOICE_MESSAGE_MONTHLY_SPEND_LIMIT", "EnforcedLimit": 1, "MaxLimit": 1, "Overridden": False},
            {"Name": "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT", "EnforcedLimit": 50, "MaxLimit": 100, "Overridden": True},
        ]
    },
    "GetAccount": {"ProductionAccessEnabled": True, "SendingEnabled": True, "SendQuota": {"MaxSendRate": 14.0, "Max24HourSend": 50000.0}},
}
NEW = {
    "GetAccountSettings": {"AccountLimit": {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}},
    "GetSMSSandboxAccountStatus": {"IsInSandbox": True},
    "GetSMSAttributes": {"attributes": {}},
    "DescribeSpendLimits": {
        "SpendLimits": [{"Name": "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT", "EnforcedLimit": 1, "MaxLimit": 1, "Overridden": False}]
    },
    "GetAccount": {"ProductionAccessEnabled": False, "SendingEnabled": True, "SendQuota": {"MaxSendRate": 1.0, "Max24HourSend": 200.0}},
}


class Account:
    """An account whose services answer as a test needs it; `calls` are its operations, each with its region."""

    def __init__(self, answers: dict):
        self.answers, self.calls = dict(answers), []
        self.session = boto3.Session(region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="a")
        self.session.events.register("before-call", self._answer)

    def _answer(self, model, request_signer, **_):
        self.calls.append((model.name, request_signer.region_name))
        answer = self.answers[model.name]
        if isinstance(answer, str):
            raise ClientError({"Error": {"Code": answer, "Message": "no"}}, model.name)
        return SimpleNamespace(status_code=200), answer


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """The result for an account with these parameters: the status, and the lines on what does not fit."""

    def run(answers: dict, *overrides: str) -> tuple[int | str, list[str], list]:
        account = Account(answers)
        listed = ", ".join(f'"{each}"' for each in ("StorefrontUrl=https://shop.example.com", *overrides))
        text = f'[prod.deploy.parameters]\nstack_name = "s"\nparameter_overrides = [{listed}]\n'
        (tmp_path / "samconfig.toml").write_text(text, encoding="utf-8")
        (tmp_path / "template.yaml").write_bytes((ROOT / "template.yaml").read_bytes())
        monkeypatch.setattr(stack_parameters, "ROOT", tmp_path)
        status = check_quotas.main("prod", account.session)
        lines = capsys.readouterr().out.splitlines()
        return status, [line.removeprefix("does not fit: ") for line in lines if not line.startswith("fits: ")], account.calls

    return run


ROOT = stack_parameters.ROOT


def test_a_grown_account_fits(check):
    status, unfit, calls = check(GROWN)

    assert (status, unfit) == (0, [])
    assert {name for name, _ in calls} == set(GROWN)


def test_a_new_account_fits_nowhere_and_learns_what_to_do(check):
    status, unfit, _ = check(NEW)

    assert status == 1
    assert [line.partition(":")[0] for line in unfit] == [
        "Lambda runs 10 functions at once, of which senders may take 10, which leaves 0 for the API",
        "SNS is in its sandbox and sends to verified numbers alone",
        "the spend alarm goes off at 40 USD, and SNS stops sending at 1",
        "SES sends 1 emails a second and 200 a day, in its sandbox and to verified identities alone",
    ]
    assert all(line.partition(": ")[2] for line in unfit)


@pytest.mark.parametrize(
    ("limit", "quota", "alarm", "fits"),
    [(50, 100, "49.9", True), (50, 100, "50", False), (100, 50, "40", False), (50, 50, "40", True), (1, 1, "0.8", True)],
)
def test_the_spend_alarm_comes_before_sns_stops_and_the_limit_is_no_higher_than_the_quota(check, limit, quota, alarm, fits):
    spend_limit = {"Name": "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT", "EnforcedLimit": 1, "MaxLimit": quota, "Overridden": False}
    answers = GROWN | {
        "GetSMSAttributes": {"attributes": {"MonthlySpendLimit": str(limit)}},
        "DescribeSpendLimits": {"SpendLimits": [spend_limit]},
    }

    assert check(answers, f"SmsMonthlySpendAlarmUsd={alarm}")[0] == (0 if fits else 1)


@pytest.mark.parametrize(
    ("at_once", "parallelism", "fits"), [(20, 2, True), (19, 2, False), (16, 1, True), (15, 1, False), (59, 10, False)]
)
def test_senders_leave_the_api_room(check, at_once, parallelism, fits):
    answers = GROWN | {"GetAccountSettings": {"AccountLimit": {"UnreservedConcurrentExecutions": at_once}}}

    assert check(answers, f"SenderParallelism={parallelism}")[0] == (0 if fits else 1)


def test_the_sms_quota_is_read_in_the_region_that_sends_them(check):
    _, _, calls = check(GROWN, "SmsRegion=eu-west-1")

    assert dict(calls) == {
        "GetAccountSettings": "eu-central-1",
        "GetSMSSandboxAccountStatus": "eu-west-1",
        "GetSMSAttributes": "eu-west-1",
        "DescribeSpendLimits": "eu-west-1",
        "GetAccount": "eu-central-1",
    }


def test_a_quota_that_cannot_be_read_does_not_fit_and_the_others_are_still_reported(check):
    status, unfit, calls = check(GROWN | {"DescribeSpendLimits": "AccessDeniedException"})

    assert status == 1
    assert len(unfit) == 1
    assert unfit[0].startswith("pinpoint-sms-voice-v2 in eu-central-1 did not answer: ")
    assert calls[-1][0] == "GetAccount"


def test_an_account_that_ses_has_paused_does_not_fit(check):
    assert check(GROWN | {"GetAccount": GROWN["GetAccount"] | {"SendingEnabled": False}})[1][0].startswith("SES has paused the account")


def test_files_that_cannot_be_deployed_are_reported(check):
    assert check(GROWN, "SmsRegion=nowhere")[0] == "samconfig.toml, prod: SmsRegion: must be a region like eu-central-1"
