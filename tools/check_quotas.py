"""Reports which quotas of the AWS account are too low for an environment's stack. Those of a new account are.

check_quotas.py ENV
"""

import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tools import stack_parameters
from tools.stack_parameters import Wrong

# A new table's stream has about this number of shards; docs/scale.md uses the same figure.
SHARDS = 4
# Concurrency that the API needs besides all senders: the least at which the requests of one page do not throttle each other.
LEAST_FOR_THE_API = 10
# SNS's monthly spend limit if nobody has set another (https://docs.aws.amazon.com/sns/latest/dg/channels-sms-awssupport-spend-threshold.html).
UNSET_LIMIT_USD = "1"


class Finding(NamedTuple):
    """One quota as it is, and what to do if it is too low."""

    what: str
    to_do: str = ""

    def line(self) -> str:
        """The line to print."""
        return f"does not fit: {self.what}: {self.to_do}" if self.to_do else f"fits: {self.what}"


def main(environment: str, session: boto3.Session | None = None) -> int | str:
    """Print all findings; returns 1 if a quota is too low, or a message if the files are wrong."""
    try:
        values = stack_parameters.read(environment).values
    except Wrong as wrong:
        return str(wrong)
    findings = list(_findings(session or boto3.Session(), values))
    for finding in findings:
        print(finding.line())
    return int(any(finding.to_do for finding in findings))


def _findings(session: boto3.Session, values: dict[str, str]) -> Iterator[Finding]:
    sms_region = values["SmsRegion"] or session.region_name
    for name, region, look in (
        ("lambda", session.region_name, _of_lambda),
        ("sns", sms_region, _of_sms_sandbox),
        ("pinpoint-sms-voice-v2", sms_region, _of_sms_spend),
        ("sesv2", session.region_name, _of_email),
    ):
        try:
            client: Any = session.client(name, region_name=region)  # type: ignore[call-overload]
            yield from look(client, session.client("sns", region_name=sms_region), values)
        except (BotoCoreError, ClientError) as failed:
            yield Finding(f"{name} in {region} did not answer", str(failed))


def _of_lambda(client: Any, _sns: Any, values: dict[str, str]) -> Iterator[Finding]:
    at_once = client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    parallelism = int(values["SenderParallelism"])
    senders = SHARDS * parallelism + max(2, parallelism)
    remaining = max(at_once - senders, 0)
    what = f"Lambda runs {at_once} functions at once, of which senders may take {senders}, which leaves {remaining} for the API"
    yield Finding(what, "" if remaining >= LEAST_FOR_THE_API else "ask for 1000 (Service Quotas, Lambda, Concurrent executions)")


def _of_sms_sandbox(client: Any, _sns: Any, _values: dict[str, str]) -> Iterator[Finding]:
    if client.get_sms_sandbox_account_status()["IsInSandbox"]:
        yield Finding("SNS is in its sandbox and sends to verified numbers alone", "ask AWS Support to leave it")
    else:
        yield Finding("SNS sends to every number")


def _of_sms_spend(client: Any, sns: Any, values: dict[str, str]) -> Iterator[Finding]:
    """The spend limit, the quota above it, and the alarm, which must go off before either is reached."""
    limit = float(sns.get_sms_attributes(attributes=["MonthlySpendLimit"])["attributes"].get("MonthlySpendLimit", UNSET_LIMIT_USD))
    [quota] = [
        float(each["MaxLimit"])
        for each in client.describe_spend_limits()["SpendLimits"]
        if each["Name"] == "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT"
    ]
    alarm = float(values["SmsMonthlySpendAlarmUsd"])
    what = f"SNS may spend {limit:g} USD a month, AWS allows {quota:g}"
    yield Finding(
        what, "" if limit <= quota else f"SNS stops at {quota:g} already; ask AWS Support for more, or set MonthlySpendLimit lower"
    )
    ends_at = min(limit, quota)
    what = f"the spend alarm goes off at {alarm:g} USD, and SNS stops sending at {ends_at:g}"
    yield Finding(what, "" if alarm < ends_at else f"set SmsMonthlySpendAlarmUsd below {ends_at:g}, or raise the limit")


def _of_email(client: Any, _sns: Any, _values: dict[str, str]) -> Iterator[Finding]:
    account = client.get_account()
    quota = account["SendQuota"]
    what = f"SES sends {quota['MaxSendRate']:g} emails a second and {quota['Max24HourSend']:g} a day"
    if not account["ProductionAccessEnabled"]:
        yield Finding(f"{what}, in its sandbox and to verified identities alone", "ask to leave it")
    elif not account["SendingEnabled"]:
        yield Finding("SES has paused the account", "answer its mail, look at bounces and complaints")
    else:
        yield Finding(what)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
