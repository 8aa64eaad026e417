"""What the log says about sign-ins by a provider: which one it was and what it came to, and nothing of the person."""

import pytest

from tests.harness import provider_faults


def test_every_line_of_a_sign_in_names_its_provider(provider, browser, log):
    browser.sign_in(provider)

    lines = [line for line in log.lines if line["message"] != "receive_apple_response"]
    assert [(line["message"], line["provider"], line["outcome"]) for line in lines] == [
        ("start_provider_sign_in", provider.kind, "ok"),
        ("exchange_provider_code", provider.kind, "ok"),
    ]


def test_a_provider_that_is_out_of_order_is_named_with_what_is_wrong(google, browser, log):
    google.client_secret = "replaced"
    browser.sign_in(google)

    line = log.last
    assert (line["provider"], line["outcome"], line["reason"]) == ("google", "provider_error", "token_invalid_client")


def test_a_provider_that_nobody_knows_is_not_repeated(api, all_set_up, log):
    assert api.post("/login/planted/start", redirectUrl="https://shop.example.com/auth/callback").status == 404

    assert "planted" not in log.everything


@pytest.mark.parametrize("fault", [None, "token", "jwks", "debug_token", "me"])
def test_nothing_of_a_sign_in_is_logged(api, provider, browser, log, fault):
    if fault:
        provider.faults[fault] = provider_faults.status(500)
    signed_in = browser.visit(provider)
    answer = browser.exchange(provider, signed_in)

    person = provider.person
    secrets = [signed_in.code, signed_in.state, browser.started["binding"], person.get("sub") or person["id"], person["email"]]
    secrets += [answer[name] for name in ("sessionToken", "refreshToken") if name in answer.body]
    assert [each for each in secrets if each in log.everything] == []


def test_a_token_that_could_not_be_revoked_is_counted(tables, api, apple, browser, days, log):
    apple.claims["email_verified"] = "false"
    token = browser.sign_in(apple)["sessionToken"]
    api.post("/store/customers/account-deletion/request", headers={"authorization": f"Bearer {token}"})
    apple.faults["revoke"] = provider_faults.status(500)
    days.pass_by(7)
    api.process_deletions()
    tried = log.last
    days.pass_by(1)
    api.process_deletions()

    assert ("undeleted" in tried, "provider_tokens_not_revoked" in tried) == (True, False)
    assert tried["crash"][0] == "ProviderFailed"
    assert log.last["provider_tokens_not_revoked"] == [1.0]
