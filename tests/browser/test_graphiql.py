"""GraphiQL on the local stack, as a developer uses it."""

import pytest
from playwright.sync_api import expect

from local import graphiql


def test_an_operation_is_sent_and_its_session_kept_and_the_schema_can_be_read(page, stack):
    if graphiql.answer("").status != 200:
        pytest.skip("GraphiQL is missing: make graphiql")
    page.goto(f"{stack.url}/_local/graphiql")
    page.get_by_role("button", name="Execute query (Ctrl-Enter)").click()
    expect(page.locator(".graphiql-response")).to_contain_text("OTP sent successfully")
    page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(page.locator(".graphiql-doc-explorer")).to_contain_text("SendPhoneOtpInput")

    assert [cookie["name"] for cookie in page.context.cookies()] == ["__Host-phone-otp"]
