"""Requests to AWS are signed as the SDK signs them."""

from datetime import UTC, datetime
from unittest.mock import patch

import botocore.auth
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from customer_auth.aws import signature

AT = datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    """The credentials that Lambda gives a function."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret/with+signs")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token==")


def by_the_sdk(headers: dict[str, str], body: bytes, service: str, region: str, *, lasting: bool = False) -> str:
    request = AWSRequest("POST", f"https://{headers['host']}/", headers=headers, data=body)
    with patch.object(botocore.auth, "get_current_datetime", lambda: AT.replace(tzinfo=None)):
        SigV4Auth(Credentials("ASIAEXAMPLE", "secret/with+signs", None if lasting else "token=="), service, region).add_auth(request)
    return request.headers["Authorization"]


words = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-._", min_size=1, max_size=30)


@given(body=st.binary(max_size=300), target=words, service=st.sampled_from(["dynamodb", "kms", "sqs"]), region=words)
def test_every_request_is_signed_as_the_sdk_signs_it(body, target, service, region):
    headers = {"host": f"{service}.example.com", "content-type": "application/x-amz-json-1.0", "x-amz-target": target}

    signed = signature.sign(headers, body, service=service, region=region, at=AT.timestamp())

    assert signed["authorization"] == by_the_sdk(headers, body, service, region)
    assert signed["x-amz-security-token"] == "token=="
    assert signed["x-amz-date"] == "20260228T235959Z"


def test_lasting_credentials_have_no_session_token(monkeypatch):
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    headers = {"host": "kms.example.com"}

    signed = signature.sign(headers, b"{}", service="kms", region="eu-central-1", at=AT.timestamp())

    assert "x-amz-security-token" not in signed
    assert signed["authorization"] == by_the_sdk(headers, b"{}", "kms", "eu-central-1", lasting=True)


def test_new_credentials_sign_at_once(monkeypatch):
    def signed() -> str:
        return signature.sign({"host": "h"}, b"", service="kms", region="r", at=AT.timestamp())["authorization"]

    before = signed()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")

    assert signed() != before
