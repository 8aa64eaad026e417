import pytest
from botocore.stub import Stubber

from customer_auth.aws import sdk
from customer_auth.base import settings


@pytest.fixture
def environment(monkeypatch):
    """All settings of the sender, which `setenv` can change."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "BRAND_NAME": "My Shop",
        "WEB_OTP_DOMAIN": "shop.example.com",
        "SMS_REGION": "eu-west-1",
        "SMS_SENDER_ID": "MYSHOP",
        "SMS_MAX_PRICE_USD": "0.50",
        "EMAIL_FROM": "no-reply@shop.example.com",
        "EMAIL_CONFIGURATION_SET": "customer-auth",
        "TEMPLATES_DIR": "",
        "RETRY_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/1/retry",
    }.items():
        monkeypatch.setenv(name, value)
    settings.forget()
    sdk.forget()
    yield monkeypatch
    settings.forget()
    sdk.forget()


@pytest.fixture
def sns_stub(environment):
    """SNS as a stub: it expects the requests that a test adds, in that order."""
    with Stubber(sdk.client("sns")) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def ses_stub(environment):
    """SES v2 as the same kind of stub."""
    with Stubber(sdk.client("sesv2")) as stub:
        yield stub
        stub.assert_no_pending_responses()
