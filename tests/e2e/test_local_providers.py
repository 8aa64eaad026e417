"""Signing in by the real protocol, without a browser: oidc-provider as Google and as Apple, and the stand-in for Facebook."""

import contextlib
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from tests.harness import local_providers
from tests.harness.local_providers import ARGUMENT, Visitor
from tests.harness.local_stack import ROOT, started

RELAY = "ada@privaterelay.appleid.com"


@pytest.fixture(scope="module")
def stack():
    local_providers.skip_if_missing()
    with started(ARGUMENT) as stack:
        yield stack


@pytest.fixture
def visitor(stack):
    with contextlib.closing(Visitor(stack)) as visitor:
        yield visitor


def identities(stack, token):
    listed = stack.request("GET", "/store/customers/me/identities", headers={"authorization": f"Bearer {token}"})
    return {each["provider"]: each["email"] for each in listed.json()["identities"]}


def test_a_person_signs_up_by_google_and_is_the_same_customer_the_next_time(visitor):
    first = visitor.sign_in("google", known="Ada")
    again = visitor.sign_in("google", known="Ada")
    other = visitor.sign_in("google", known="Grace")

    assert [each.json()["registered"] for each in (first, again, other)] == [True, False, True]
    user = first.json()["user"]
    assert (user["email"], user["verifiedEmail"], user["name"]) == ("ada@gmail.com", True, "Ada Lovelace")
    assert again.json()["user"]["userId"] == user["userId"] != other.json()["user"]["userId"]


def test_google_is_asked_with_pkce_state_and_nonce(visitor):
    query = dict(parse_qsl(urlsplit(visitor.start("google")).query))

    assert query.keys() >= {"state", "nonce", "code_challenge"}
    assert (query["response_type"], query["code_challenge_method"], query["redirect_uri"]) == ("code", "S256", visitor.page)


def test_apple_answers_by_a_form_that_the_service_passes_on_without_the_names(visitor):
    response = visitor.sign_in_at(visitor.start("apple"), other="Mary")
    assert 'name="user"' in response.text
    answer = visitor.answer_of(response)

    assert answer.keys() == {"state", "code"}
    user = visitor.exchange("apple", answer).json()["user"]
    assert (user["email"], user["name"]) == ("mary@privaterelay.appleid.com", "Mary")


def test_apple_sends_the_names_at_the_first_sign_in_alone_and_they_stay(visitor):
    first = visitor.sign_in("apple", known="Ada").json()
    response = visitor.sign_in_at(visitor.start("apple"), known="Ada")
    assert 'name="user"' not in response.text
    again = visitor.exchange("apple", visitor.answer_of(response)).json()

    assert again["user"]["userId"] == first["user"]["userId"]
    assert again["user"]["name"] == "Ada Lovelace"


def test_apple_is_added_to_a_customer_of_google(visitor, stack):
    token = visitor.sign_in("google", other="Linus").json()["sessionToken"]
    assert visitor.sign_in("apple", token, other="Linus").status_code == 200

    assert identities(stack, token) == {"google": "linus@gmail.com", "apple": "linus@privaterelay.appleid.com"}
    assert visitor.sign_in("apple", other="Linus").json()["registered"] is False


def test_facebooks_email_is_shown_and_never_the_customers_own(visitor, stack):
    signed_in = visitor.sign_in("facebook", known="Ada").json()

    assert (signed_in["user"]["email"], signed_in["user"]["name"]) == (None, "Ada Lovelace")
    assert identities(stack, signed_in["sessionToken"]) == {"facebook": "ada@gmail.com"}


@pytest.mark.parametrize(
    ("provider", "error"), [("google", "access_denied"), ("apple", "user_cancelled_authorize"), ("facebook", "access_denied")]
)
def test_who_cancels_comes_back_with_an_error(visitor, provider, error):
    answer = visitor.answer_of(visitor.sign_in_at(visitor.start(provider), cancel="yes"))

    assert (answer["error"], "code" in answer) == (error, False)


def test_a_code_works_once(visitor):
    answer = visitor.answer_of(visitor.sign_in_at(visitor.start("google"), known="Ada"))
    assert visitor.exchange("google", answer).status_code == 200
    assert visitor.exchange("google", answer).status_code == 401


def test_another_browser_cannot_use_what_came_back(visitor, stack):
    answer = visitor.answer_of(visitor.sign_in_at(visitor.start("google"), known="Ada"))
    with contextlib.closing(Visitor(stack)) as other:
        other.start("google")
        assert other.exchange("google", answer).json()["type"] == "wrong_proof"


def test_a_sign_in_works_when_the_stacks_clock_is_days_ahead(visitor, stack):
    stack.post("/_local/clock", advance_seconds=2 * 86_400)

    for provider in ("google", "apple", "facebook"):
        assert visitor.sign_in(provider, other="Later").status_code == 200


# ── the process ──


def provider_of(stack):
    """The address of a provider of this stack."""
    url = stack.post("/login/google/start", redirectUrl=f"{stack.url}/_local/demo/").json()["authUrl"]
    return re.match(r"http://localhost:\d+", url)[0]


def answers(url):
    with contextlib.suppress(requests.ConnectionError):
        return requests.get(url, timeout=5).status_code == 200
    return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_providers_end_with_the_stack(how):
    local_providers.skip_if_missing()
    with started(ARGUMENT) as stack:
        url = provider_of(stack)
        assert answers(url)
        stack.end(how)

    ends_at = time.monotonic() + 5
    while answers(url) and time.monotonic() < ends_at:
        time.sleep(0.05)
    assert not answers(url)


def refused(*arguments, **environment):
    """The one line of a stack that does not start."""
    command = [sys.executable, "-m", "local", "--port", "0", ARGUMENT, *arguments]
    completed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env=environment or None)  # noqa: S603
    assert completed.returncode == 2
    [line] = completed.stderr.splitlines()
    return line


def test_a_stack_that_cannot_start_leaves_no_provider_behind():
    local_providers.skip_if_missing()
    before = programs()
    assert refused("--set", "OTP_LENGTH=99") == "OTP_LENGTH: must be a number from 6 to 10"
    assert programs() <= before


def programs():
    """The process ids of all local providers on this machine."""
    found = set()
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if b"local/providers/providers.mjs" in each.read_bytes():
                found.add(each.parent.name)
    return found


def test_a_machine_without_node_is_told_so_in_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    line = refused(PATH=str(tmp_path))
    assert line in {
        "--with-providers needs Node 20 or newer, which is missing: make node",
        "--with-providers needs the package oidc-provider, which is missing: make oidc-provider",  # where `make node` has been run
    }


def test_the_package_is_the_one_of_the_lock():
    folder = ROOT / "local" / "providers"
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]["oidc-provider"]

    assert lock["packages"]["node_modules/oidc-provider"]["version"] == wanted
    assert not any("resolved" in each for each in lock["packages"].values())
