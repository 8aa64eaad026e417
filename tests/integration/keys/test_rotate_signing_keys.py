import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key

from customer_auth import aws
from customer_auth.base import clock
from customer_auth.base.clock import DAY, HOUR
from customer_auth.base.consent_settings import ConsentRegister
from customer_auth.base.provider_settings import Providers
from customer_auth.base.settings import Messaging, Service
from customer_auth.tokens import keyring
from local import events
from local.template import Template
from tests.harness.faults import answer
from tests.harness.forgery import header_of
from tests.harness.people import REGISTER, Person, new_ip

JWKS = "/.well-known/jwks.json"


def published(api) -> set[str]:
    return {key["kid"] for key in api.get(JWKS)["keys"]}


def rotate(api) -> int:
    return api.invoke("RotateSigningKeys", {})["made"]


def signing(keyring_item, at: int) -> list[dict]:
    return [key for key in keyring_item.keys if key["sign_from"] <= at < key["sign_until"]]


@pytest.fixture
def no_keyring(keyring_item):
    """A stack that was just made."""
    keyring_item.remove()
    keyring.forget()
    return keyring_item


# ── the first key ──


def test_the_first_run_makes_a_key_that_signs_at_once_for_30_days_and_the_next_run_none(api, no_keyring):
    counts = [rotate(api), rotate(api)]

    [key] = no_keyring.keys
    assert counts == [1, 0]
    assert (key["sign_from"], key["sign_until"]) == (clock.now(), clock.now() + 30 * DAY)
    assert published(api) == {key["kid"]}


def test_without_a_key_nobody_is_signed_in_and_the_code_stays_good(api, ada, no_keyring):
    challenge, code = ada.request_and_read_code(REGISTER)
    early = ada.verify(code, REGISTER, challenge=challenge)
    rotate(api)
    later = ada.verify(code, REGISTER, challenge=challenge)

    assert (early.status, early["type"], later.status) == (503, "unavailable", 201)


def test_the_private_key_is_stored_only_encrypted_by_kms(api, engine, no_keyring):
    rotate(api)
    [key] = no_keyring.keys
    sealed = key["sealed"]
    with pytest.raises(ValueError, match=r"."):
        load_der_private_key(sealed, None)

    opened = engine.clients.kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"purpose": "signing-key"})["Plaintext"]
    assert load_der_private_key(opened, None).key_size == 2048
    with pytest.raises(engine.clients.kms.exceptions.ClientError):
        engine.clients.kms.decrypt(CiphertextBlob=sealed)


def test_a_container_opens_a_key_once(api, wire, customer, doors, cold_keyring):
    tokens = customer.session["refresh_token"]
    since = len(wire.calls)
    for _ in range(3):
        tokens = doors.refresh(tokens)["refreshToken"]

    assert wire.count(since)["Decrypt"] == 1


# ── seventy days ──


def test_through_70_days_there_is_always_one_key_to_sign_with_and_its_successor_is_published_two_days_ahead(api, keyring_item):
    first_seen: dict[str, int] = {}
    first_signed: dict[str, int] = {}
    most = 0
    for _ in range(70):
        for hour in (0, 12):  # published before the daily run as well as after it
            api.clock.advance(12 * HOUR)
            now = clock.now()
            kids = published(api)
            most = max(most, len(kids))
            [key] = signing(keyring_item, now)
            assert key["kid"] in kids
            first_signed.setdefault(key["kid"], now)
            for kid in kids:
                first_seen.setdefault(kid, now)
            if hour:
                rotate(api)

    turns = sorted((at, kid) for kid, at in first_signed.items())
    assert len(turns) == 3
    for at, kid in turns[1:]:
        assert at - first_seen[kid] >= 2 * DAY
    assert most <= 3
    assert turns[0][1] not in published(api)


def test_at_every_second_around_a_change_exactly_one_key_signs(api, days, keyring_item):
    days.pass_by(29)
    [key] = signing(keyring_item, clock.now())
    end = key["sign_until"]

    assert [len(signing(keyring_item, at)) for at in (end - 1, end, end + 1)] == [1, 1, 1]
    assert signing(keyring_item, end)[0]["kid"] != key["kid"]


def test_a_token_signed_just_before_a_change_is_accepted_after_it_in_a_warm_container(api, days, keyring_item, ada, doors):
    [key] = signing(keyring_item, clock.now())
    days.pass_by(29)
    ada.sign_up()
    api.clock.advance(key["sign_until"] - 1 - clock.now())
    before = ada.refresh()
    api.clock.advance(1)
    after = doors.refresh(before["refreshToken"])

    assert header_of(before["sessionToken"])["kid"] == key["kid"]
    assert header_of(after["sessionToken"])["kid"] != key["kid"]
    assert {header_of(answer["sessionToken"])["kid"] for answer in (before, after)} <= published(api)
    api.clock.advance(898)
    assert [doors.me(answer["sessionToken"]).status for answer in (before, after)] == [200, 200]


def test_a_key_is_published_until_its_last_token_has_died_and_not_for_long_after(api, days, keyring_item):
    [key] = signing(keyring_item, clock.now())
    days.pass_by(29)
    api.clock.advance(key["sign_until"] + HOUR - 1 - clock.now())
    assert key["kid"] in published(api)

    days.pass_by(2)
    assert key["kid"] not in published(api)
    assert key["kid"] not in {each["kid"] for each in keyring_item.keys}


def test_a_warm_container_that_never_saw_the_next_key_accepts_its_tokens(api, customer, days, doors, keyring_item):
    old = keyring._keyring
    days.pass_by(13)
    token = customer.refresh()["refreshToken"]
    days.pass_by(13)
    token = doors.refresh(token)["refreshToken"]
    [key] = signing(keyring_item, clock.now())
    seen_so_far = list(old.keys)
    days.pass_by(2)
    api.clock.advance(key["sign_until"] - clock.now())
    signed_by_the_next = doors.refresh(token)["sessionToken"]
    old.keys, old.read_at = seen_so_far, clock.now() - HOUR

    assert header_of(signed_by_the_next)["kid"] not in {key.kid for key in seen_so_far}
    assert doors.me(signed_by_the_next).status == 200


def test_through_90_days_of_failing_runs_the_last_key_signs_on_and_is_published_and_counted_as_overdue(
    api, wire, inbox, keyring_item, doors, log
):
    [key] = signing(keyring_item, clock.now())
    for day in range(90):
        api.clock.advance(DAY)
        if key["sign_until"] - clock.now() < 3 * DAY:
            with wire.broken("Encrypt", "error", service="kms"), pytest.raises(aws.Failed):
                rotate(api)
        if day % 3:
            continue
        person = Person(api, inbox, ip=new_ip())
        person.sign_up()
        [line] = [line for line in log.lines[-20:] if line["message"] == "verify_register_code"][-1:]
        assert header_of(person.session["token"])["kid"] == key["kid"]
        assert ("signing_key_overdue" in line) == (clock.now() - 90 >= key["sign_until"])
        assert doors.open_to(person.session) == {"me", "validate", "refresh"}
        assert published(api) == {key["kid"]}
        assert api.get("/health")["checks"]["keys"] == "ok"


def test_the_next_run_repairs_it_with_a_key_that_is_published_a_day_before_it_signs(api, inbox, keyring_item, doors, log):
    [old] = signing(keyring_item, clock.now())
    api.clock.advance(90 * DAY)
    person = Person(api, inbox)
    person.sign_up()

    assert rotate(api) == 1
    [new] = [key for key in keyring_item.keys if key["kid"] != old["kid"]]
    api.clock.advance(HOUR)
    assert published(api) == {old["kid"], new["kid"]}
    during = person.refresh()
    assert header_of(during["sessionToken"])["kid"] == old["kid"]
    assert "signing_key_overdue" not in log.last
    assert rotate(api) == 0

    api.clock.advance(DAY - HOUR)
    after = doors.refresh(during["refreshToken"])
    assert header_of(after["sessionToken"])["kid"] == new["kid"]
    api.clock.advance(60)
    assert doors.me(doors.refresh(after["refreshToken"])["sessionToken"]).status == 200
    assert published(api) == {old["kid"], new["kid"]}
    api.clock.advance(DAY + HOUR)
    rotate(api)
    assert published(api) == {new["kid"]}
    assert [key["kid"] for key in keyring_item.keys] == [new["kid"]]


def test_a_token_that_an_overdue_key_has_just_signed_is_accepted_when_the_next_one_signs(api, inbox, keyring_item, doors):
    api.clock.advance(90 * DAY)
    rotate(api)
    person = Person(api, inbox)
    api.clock.advance(DAY - 1)
    person.sign_up()
    api.clock.advance(-89)  # a sign-up takes a minute and a half of a person's time

    assert doors.me(person.session["token"]).status == 200


def test_a_day_without_a_run_leaves_time_to_publish(api, days, keyring_item):
    [key] = signing(keyring_item, clock.now())
    days.pass_by(26)
    api.clock.advance(2 * DAY)  # the runs of two days failed
    rotate(api)

    [following] = signing(keyring_item, key["sign_until"])
    assert following["sign_from"] == key["sign_until"]


# ── concurrent and broken runs ──


def test_two_concurrent_runs_have_one_result(api, wire, no_keyring):
    with wire.before("PutItem", lambda: rotate(api)):
        late = rotate(api)

    assert late == 0
    assert len(no_keyring.keys) == 1
    assert len(published(api)) == 1


def test_a_run_that_was_overtaken_drops_no_key_of_the_other(api, wire, days, keyring_item):
    days.pass_by(26)
    api.clock.advance(DAY)
    with wire.before("PutItem", lambda: rotate(api)):
        rotate(api)

    starts = [key["sign_from"] for key in keyring_item.keys]
    assert len(starts) == len(set(starts)) == 2


def test_a_run_whose_response_was_lost_makes_no_second_key(api, wire, no_keyring):
    with wire.broken("PutItem", "lost", times=1):
        rotate(api)

    assert len(no_keyring.keys) == 1


@pytest.mark.parametrize(("service", "operation"), [("kms", "Encrypt"), ("dynamodb", "PutItem"), ("dynamodb", "GetItem")])
def test_a_run_that_fails_says_so_and_the_next_one_repairs_it(api, wire, no_keyring, service, operation):
    with wire.broken(operation, "error", service=service), pytest.raises(aws.Failed):
        rotate(api)
    assert no_keyring.read() is None

    assert rotate(api) == 1


# ── while the stack is made ──


@contextmanager
def cloudformation():
    """Where CloudFormation waits for a custom resource's answer."""
    responses = []

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            responses.append((self.path, self.headers.get("content-type"), json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/answer?X-Amz-Signature=abc", responses
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def resource_event(url: str, kind: str, **settings: str) -> dict:
    stack = Template.of_service()
    ids = {name: f"its-{name}" for name in stack.resources} | {"RotateSigningKeys.Arn": "arn:aws:lambda:us-east-1:123456789012:function:x"}
    properties = stack.resolve(stack.custom_resources["FirstSigningKey"], ids)
    properties["Settings"] |= settings
    event = events.custom_resource_event("FirstSigningKey", "Custom::FirstSigningKey", properties, url)
    return event | {"RequestType": kind} | ({} if kind == "Create" else {"PhysicalResourceId": "signing-keyring"})


@pytest.mark.parametrize(("kind", "keys"), [("Create", 1), ("Update", 1), ("Delete", 0)])
def test_cloudformation_learns_that_the_first_key_exists(api, no_keyring, kind, keys):
    with cloudformation() as (url, responses):
        event = resource_event(url, kind)
        api.invoke("RotateSigningKeys", event)

    [(path, content_type, answer)] = responses
    assert path == "/answer?X-Amz-Signature=abc"
    assert not content_type
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == "signing-keyring"
    assert {name: answer[name] for name in ("StackId", "RequestId", "LogicalResourceId")} == {
        name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")
    }
    assert len(no_keyring.keys if keys else []) == keys


def test_deleting_the_stack_leaves_the_keyring_with_the_customers(api, keyring_item):
    before = keyring_item.read()
    with cloudformation() as (url, responses):
        api.invoke("RotateSigningKeys", resource_event(url, "Delete"))

    assert responses[0][2]["Status"] == "SUCCESS"
    assert keyring_item.read() == before


def test_cloudformation_learns_that_no_key_could_be_made_and_nothing_secret(api, wire, engine, no_keyring):
    with cloudformation() as (url, responses), wire.broken("Encrypt", "error", service="kms"):
        api.invoke("RotateSigningKeys", resource_event(url, "Create"))

    answer = responses[0][2]
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "signing-keyring")
    assert answer["Reason"]
    assert engine.ids["SigningKeysKey"] not in json.dumps(answer)


WRONG = [
    ({"REFRESH_IDLE_DAYS": "30", "REFRESH_MAX_DAYS": "20"}, "REFRESH_IDLE_DAYS must be at most REFRESH_MAX_DAYS"),
    ({"LOGIN_IDENTIFIER": "phone"}, "LOGIN_IDENTIFIER must include what REGISTRATION_IDENTIFIER collects"),
    ({"ALLOWED_REGIONS": "US,ZZ"}, "ALLOWED_REGIONS must name regions that have phone numbers, not ZZ"),
    ({"BRAND_NAME": ""}, "BRAND_NAME must be 1 to 32 characters on one line"),
    ({"TEMPLATES_DIR": "ours"}, "TEMPLATES_DIR must be a folder beside the package in the layer; ours does not exist"),
]


@pytest.mark.parametrize("kind", ["Create", "Update"])
@pytest.mark.parametrize(("settings", "reason"), WRONG)
def test_invalid_settings_end_a_deployment_and_its_operator_learns_which(api, no_keyring, kind, settings, reason):
    with cloudformation() as (url, responses):
        api.invoke("RotateSigningKeys", resource_event(url, kind, **settings))

    assert (responses[0][2]["Status"], responses[0][2]["Reason"]) == ("FAILED", reason)
    assert no_keyring.read() is None


def test_an_update_is_rolled_back_to_the_earlier_settings_whatever_the_function_had_in_between(api, setting, keyring_item):
    before = keyring_item.read()
    setting(REFRESH_IDLE_DAYS=30, REFRESH_MAX_DAYS=20)
    with cloudformation() as (url, responses):
        api.invoke("RotateSigningKeys", resource_event(url, "Update"))

    assert responses[0][2]["Status"] == "SUCCESS"
    assert keyring_item.read() == before


def test_a_stack_is_deleted_whatever_its_settings_are(api, keyring_item):
    with cloudformation() as (url, responses):
        api.invoke("RotateSigningKeys", resource_event(url, "Delete", **WRONG[0][0]))

    assert responses[0][2]["Status"] == "SUCCESS"


def test_a_hundred_invalid_settings_fit_into_a_cloudformation_response(api, no_keyring):
    many = ",".join(["ZZ"] * 2_000)
    with cloudformation() as (url, responses):
        api.invoke("RotateSigningKeys", resource_event(url, "Update", ALLOWED_REGIONS=many))

    assert responses[0][2]["Status"] == "FAILED"
    assert len(json.dumps(responses[0][2])) < 4_096


def test_every_setting_of_a_function_is_checked_before_the_function_gets_it():
    document = Template.of_service().document
    resources = document["Resources"]
    shared = document["Globals"]["Function"]["Environment"]["Variables"]
    checked = resources["FirstSigningKey"]["Properties"]["Settings"]
    of_sender = resources["SendMessages"]["Properties"]["Environment"]["Variables"]
    of_service = {name: shared[name] for group in (Service, Providers, ConsentRegister) for name in map(str.upper, group.model_fields)}

    assert checked == of_service | of_sender
    assert set(map(str.upper, Messaging.model_fields)) <= set(checked)
    assert resources["FirstSigningKey"]["Properties"]["Code"] == {"Ref": "SharedLayer"}


def test_only_the_function_that_checks_settings_gets_them_unchecked(resources):
    waiting = {
        name: resource["Properties"]["Environment"]["Variables"]["SETTINGS_CHECKED_BY"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Lambda::Function"
    }

    assert waiting.pop("RotateSigningKeys") == ""
    assert waiting
    assert all(each == {"Ref": "FirstSigningKey"} for each in waiting.values())


# ── before IAM has spread ──

REFUSALS = {
    "AccessDeniedException": ("dynamodb", "GetItem"),
    "UnrecognizedClientException": ("dynamodb", "GetItem"),
    "NotFoundException": ("kms", "Encrypt"),
}


def refused(code: str):
    return answer(400, __type=f"com.amazon.coral.service#{code}")


@pytest.mark.parametrize("code", REFUSALS)
def test_a_role_that_is_not_known_everywhere_yet_is_waited_for(api, wire, no_keyring, code):
    service, operation = REFUSALS[code]
    since = len(wire.naps.seconds)
    with cloudformation() as (url, responses), wire.broken(operation, refused(code), service=service, times=20):
        api.invoke("RotateSigningKeys", resource_event(url, "Create"))

    assert responses[0][2]["Status"] == "SUCCESS"
    assert sum(wire.naps.seconds[since:]) == 40
    assert len(no_keyring.keys) == 1


def test_a_role_that_stays_forbidden_is_reported_after_40_seconds(api, wire, no_keyring):
    since = len(wire.naps.seconds)
    with cloudformation() as (url, responses), wire.broken("GetItem", refused("AccessDeniedException")):
        api.invoke("RotateSigningKeys", resource_event(url, "Create"))

    assert (responses[0][2]["Status"], responses[0][2]["Reason"]) == ("FAILED", "AccessDeniedException")
    assert sum(wire.naps.seconds[since:]) == 40


def test_any_other_refusal_is_reported_at_once_and_a_daily_run_does_not_wait(api, wire, no_keyring):
    since = len(wire.naps.seconds)
    with cloudformation() as (url, responses), wire.broken("GetItem", refused("ResourceNotFoundException")):
        api.invoke("RotateSigningKeys", resource_event(url, "Create"))
    with wire.broken("GetItem", refused("AccessDeniedException")), pytest.raises(aws.Failed):
        rotate(api)

    assert responses[0][2]["Status"] == "FAILED"
    assert not wire.naps.seconds[since:]


def test_waiting_and_reporting_fit_into_the_function_s_time_and_that_into_cloudformation_s():
    stack = Template.of_service()
    calls, put = 3 * 2 * 3, 10  # a read, an encryption and a write, each attempted twice for 3 s; the response's PUT

    assert 40 + calls + put < stack.functions["RotateSigningKeys"].timeout_seconds
    assert stack.functions["RotateSigningKeys"].timeout_seconds < stack.custom_resources["FirstSigningKey"]["ServiceTimeout"]


def test_a_crash_is_reported_by_its_type_alone(api, wire, no_keyring):
    def crash():
        raise RuntimeError("with a secret")

    with cloudformation() as (url, responses), wire.before("Encrypt", crash):
        api.invoke("RotateSigningKeys", resource_event(url, "Create"))

    assert (responses[0][2]["Status"], responses[0][2]["Reason"]) == ("FAILED", "RuntimeError")
