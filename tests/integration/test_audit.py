"""One line an attempt, of facts that may be known: nothing of a person in any of them, whatever went wrong."""

import base64
import hashlib
import json
import logging
import re
import time

import pytest

from customer_auth import audit
from tests.harness.forgery import claims_of
from tests.harness.people import LOGIN, REGISTER, other_code

ALWAYS = {"level", "message", "timestamp", "service"}
FACTS = {
    *("outcome", "reason", "purpose", "lane", "address", "channel", "country", "ip", "sid", "request_id", "registered"),
    *("delivery", "refund", "crash", "provider"),
}
METRICS = {"requested", "sent", "failed", "verified", "refused", "throttled", "crashed", "undeleted"}
KEY = "canary-idempotency-key-0001"
NAME = "Canaryetta"


class Crash(Exception):
    """An error of ours whose message contains what the caller sent."""


def crashing(wire, operation: str, *holding: str):
    def crash():
        raise Crash(*holding)

    return wire.before(operation, crash)


# ── what a line says ──


def test_a_code_request_s_line_has_its_purpose_and_a_hash_of_its_address(ada, log):
    ada.request_code(REGISTER)
    line = log.last

    assert line["message"] == "request_register_code"
    assert (line["outcome"], line["purpose"], line["lane"]) == ("ok", "register", "untrusted")
    assert (line["channel"], line["country"]) == ("phone", "US")
    assert re.fullmatch(r"[\w-]{16}", line["address"])
    assert re.fullmatch(r"[\w-]{16}", line["ip"])
    assert line["level"] == "INFO"


def test_an_email_has_no_country(api, ada, log):
    api.post("/login/email/send", email=ada.email)

    assert (log.last["channel"], "country" in log.last) == ("email", False)


def test_a_sign_in_names_its_session(customer, log):
    answer = customer.sign_in()
    [line] = [line for line in log.lines if line["message"] == "verify_login_code"]

    assert (line["outcome"], line["registered"]) == ("ok", False)
    assert line["sid"] == claims_of(answer["token"])["sid"]


def test_whatever_is_done_to_a_session_names_it(customer, doors, log):
    sid = claims_of(customer.session["token"])["sid"]
    doors.me(customer.session["token"])
    doors.validate(customer.session["token"])
    doors.refresh(customer.session["refresh_token"])
    doors.log_out(customer.session["refresh_token"])
    doors.me(customer.session["token"])

    assert [line["message"] for line in log.lines] == [
        *("get_customer", "validate_session", "refresh_session", "end_session", "get_customer"),
    ]
    assert {line["sid"] for line in log.lines} == {sid}
    assert [line["outcome"] for line in log.lines] == ["ok", "ok", "ok", "ok", "not_authenticated"]


def test_a_forged_token_puts_no_session_into_the_log(forge, doors, log):
    doors.me(forge.claiming(sid="ses_planted", exp=1))
    doors.refresh("cus_planted.ses_planted.0.0.AAAA.AAAA")
    doors.log_out("cus_planted.ses_planted.0.0.AAAA.AAAA")

    assert not [line for line in log.lines if "sid" in line]
    assert "planted" not in log.everything


def test_one_address_has_one_hash_in_every_spelling_and_every_line(api, ada, bob, log):
    ada.request_code()
    spelled = f"{ada.phone[:2]} ({ada.phone[2:5]}) {ada.phone[5:8]}-{ada.phone[8:]}"
    api.post(f"{REGISTER}/request-otp", phone=spelled)
    ada.verify("000000")
    bob.request_code()
    ada.inbox.of(ada.phone)
    hashes = [line["address"] for line in log.lines]

    assert len(set(hashes[:3])) == 1
    assert hashes[3] != hashes[0]
    assert set(hashes[4:]) <= set(hashes[:4])
    for digest in (hashlib.sha256(ada.phone.encode()).digest(), hashlib.sha256(f"phone:{ada.phone}".encode()).digest()):
        assert base64.urlsafe_b64encode(digest).decode()[:16] not in hashes


def test_a_refusal_says_why_to_the_operator_and_not_to_the_caller(ada, log):
    challenge, code = ada.request_and_read_code(REGISTER)
    wrong = ada.verify(other_code(code), REGISTER, challenge=challenge)

    assert (log.last["outcome"], log.last["reason"]) == ("wrong_proof", "wrong")
    assert "reason" not in wrong.body


def test_the_reason_of_an_attempt_that_is_not_compared_is_what_its_code_lacks(api, ada, log):
    challenge, code = ada.request_and_read_code(REGISTER)
    reasons = []
    for _ in range(6):
        ada.verify(other_code(code), REGISTER, challenge=challenge)
        reasons.append(log.last["reason"])
    api.clock.advance(300)
    ada.verify(code, REGISTER, challenge=challenge)
    reasons.append(log.last["reason"])
    ada.request_code(REGISTER)
    ada.verify(code, REGISTER, challenge=challenge)
    reasons.append(log.last["reason"])

    assert reasons == ["wrong"] * 5 + ["no_attempts_left", "expired", "unknown_challenge"]


def test_every_request_is_one_line_with_its_id(api, customer, doors, log, wire):
    code_request = customer.request_code()
    answers = [
        customer.request_code(),  # throttled
        customer.verify("000000", challenge=code_request["challenge"]),
        api.post(f"{LOGIN}/request-otp", phone="nonsense"),
        api.post(f"{LOGIN}/request-otp", raw=b"{", headers={"content-type": "application/json"}),
        api.post(f"{LOGIN}/request-otp", raw=b"x" * 20_000),
        api.post("/login/refresh", headers={"content-type": "text/plain"}),
        doors.me("token"),
    ]
    with wire.broken("UpdateItem", "error"):
        answers.append(customer.request_code())
    with crashing(wire, "BatchGetItem"):
        answers.append(doors.me(customer.session["token"]))
    types = ["throttled", "wrong_proof", "bad_request", "bad_request", "too_large", "unsupported_media_type", "not_authenticated"]

    assert [answer["type"] for answer in answers] == [*types, "unavailable", "internal"]
    for answer in answers:
        [line] = log.of(answer["request_id"])
        assert line["outcome"] == answer["type"]
    assert len(log.lines) == 1 + len(answers)


def test_requests_by_machines_all_day_leave_no_lines(api, log):
    for path in ("/health", "/.well-known/jwks.json", "/.well-known/openid-configuration", "/openapi.json"):
        api.get(path)

    assert log.lines == []


def test_a_message_sent_is_one_line_too(customer, log):
    customer.request_code()
    customer.inbox.of(customer.phone)
    line = log.last

    assert (line["message"], line["outcome"], line["purpose"], line["sent"]) == ("send_message", "sent", "login", [1.0])


# ── metrics ──


def test_the_counts_are_in_the_embedded_metric_format(ada, log):
    ada.request_code(REGISTER)
    line = log.last
    directive = {"Namespace": "CustomerAuth", "Dimensions": [["service"]], "Metrics": [{"Name": "requested", "Unit": "Count"}]}

    assert line["_aws"]["CloudWatchMetrics"] == [directive]
    assert abs(line["_aws"]["Timestamp"] / 1000 - time.time()) < 60
    assert line["requested"] == [1.0]
    assert isinstance(line["service"], str)


def test_each_result_is_counted_as_what_it_is(api, wire, customer, doors, log):
    def counted(act) -> set[str]:
        act()
        line = log.last
        names = {metric["Name"] for each in line.get("_aws", {}).get("CloudWatchMetrics", []) for metric in each["Metrics"]}
        assert all(line[name] == [1.0] for name in names)
        return names

    challenge = []
    assert counted(lambda: challenge.append(customer.request_code()["challenge"])) == {"requested"}
    assert counted(customer.request_code) == {"throttled"}
    code = customer.inbox.code(customer.phone)
    assert counted(lambda: None) == {"sent"}
    assert counted(lambda: customer.verify(other_code(code), challenge=challenge[0])) == {"refused"}
    assert counted(lambda: customer.verify(code, challenge=challenge[0])) == {"verified"}
    assert counted(lambda: doors.me("token")) == {"refused"}
    assert counted(lambda: doors.refresh("token")) == {"refused"}
    assert counted(lambda: doors.me(customer.session["token"])) == set()
    assert counted(lambda: api.post("/login/refresh")) == set()
    with crashing(wire, "BatchGetItem"):
        assert counted(lambda: doors.me(customer.session["token"])) == {"crashed"}
    api.clock.advance(90)
    customer.request_code()
    with wire.broken("Publish", "reject", service="sns"):
        assert counted(api.deliver) == {"failed"}


# ── what no line ever says ──


@pytest.fixture
def person(ada):
    """Somebody of whom everything would be known again."""
    ada.sign_up(first_name=NAME, last_name=NAME, device="canary-device")
    return ada


def canaries(person, *more: str) -> set[str]:
    session = person.session
    secrets = {session["token"], session["refresh_token"], session["device"], *session["token"].split("."), *more}
    secrets |= set(session["refresh_token"].split(".")[4:])
    return secrets | {person.phone, person.phone[1:], person.phone[2:], person.email, person.email.partition("@")[0], person.ip, NAME, KEY}


def assert_clean(log, canaries: set[str]) -> None:
    text, lines = log.everything, log.lines
    assert lines
    for line in lines:
        assert set(line) <= ALWAYS | FACTS | METRICS | {"_aws"}, line
    assert {canary for canary in canaries if re.search(rf"(?<!\d){re.escape(canary)}(?!\d)", text)} == set()


def test_a_success_logs_no_personal_data(api, person, doors, log):
    challenge, code = person.request_and_read_code(device=person.device)
    first = person.session
    person.session = person.verify(code, challenge=challenge, key=KEY, device=person.device).body
    person.verify(code, challenge=challenge, key=KEY)
    api.post("/login/email/send", email=person.email)
    email_code = person.inbox.code(person.email)
    by_email = api.post("/login/email/verify", email=person.email, code=email_code)
    doors.me(by_email["sessionToken"])
    renewed = doors.refresh(by_email["refreshToken"])
    doors.validate(renewed["sessionToken"])
    doors.log_out(renewed["refreshToken"], everywhere=True)

    printed = [
        first["token"],
        first["refresh_token"],
        *(answer[name] for answer in (by_email, renewed) for name in ("sessionToken", "refreshToken")),
    ]
    assert_clean(log, canaries(person, challenge, code, email_code, by_email["device"], *printed))


def test_refusals_log_no_personal_data(api, person, doors, log):
    challenge, code = person.request_and_read_code()
    wrong = other_code(code)
    refused = [
        person.verify(wrong, challenge=challenge, key=KEY),
        person.verify(wrong, key=KEY),
        person.verify(code, challenge=challenge + "A"),
        person.verify(code, REGISTER, challenge=challenge),
        person.request_code(),
        doors.refresh(person.session["refresh_token"] + "A"),
        doors.log_out(person.session["refresh_token"][:-1]),
        doors.me(person.session["token"] + "A"),
        doors.me(person.session["refresh_token"]),
        doors.validate(person.session["device"]),
    ]

    assert {answer.status for answer in refused} == {401, 429}
    assert_clean(log, canaries(person, challenge, code, wrong))


def test_bad_input_logs_no_personal_data(api, person, log):
    phone, token = person.phone, person.session["token"]
    path = f"{LOGIN}/verify-otp"
    wrong = [
        api.post(path, phone=f"{phone}{phone}", code="000000"),
        api.post(path, phone=[phone], code={"code": KEY}),
        api.post(path, phone=phone, code=[KEY]),
        api.post(path, phone=phone, code="1", challenge=7, device=[NAME]),
        api.post(path, phone=phone, code="1", locale={NAME: 1}),
        api.post(path, raw=f"{phone}{NAME}{token}".encode()),
        api.post(path, raw=json.dumps([phone, token]).encode()),
        api.post(path, raw=json.dumps({NAME: phone}).encode()),
        api.post(path, raw=(phone * 2_000).encode()),
        api.post(path, raw=phone.encode(), headers={"content-type": f"text/{NAME}"}),
        api.post(f"{REGISTER}/verify-otp", phone=phone, code="1", first_name=NAME * 50),
        api.post("/login/email/send", email=f"{person.email}, {person.email}"),
        api.post("/login/email/send", email=f"{person.email}\r\nBcc: {person.email}"),
        api.post("/login/mobile/verify", phone=phone, code="1", headers={"idempotency-key": "short" + NAME[:3]}),
        api.post("/login/refresh", refreshToken=token * 5),
    ]
    api.get("/store/customers/me", query=f"token={token}", headers={"authorization": f"Basic {token}", "user-agent": NAME, "cookie": token})

    assert {answer.status for answer in wrong} <= {400, 413, 415}
    assert_clean(log, canaries(person))
    assert not [answer.text for answer in wrong if phone in answer.text or NAME in answer.text or token in answer.text]


def test_an_outage_logs_no_personal_data(wire, person, doors, log, api):
    challenge, code = person.request_and_read_code()
    session = person.session
    acts = [
        lambda: person.verify(code, challenge=challenge, key=KEY),
        lambda: doors.me(session["token"]),
        lambda: doors.refresh(session["refresh_token"]),
        lambda: doors.log_out(session["refresh_token"]),
        lambda: api.post("/login/email/send", email=person.email),
    ]
    for mode in ("error", "throttle", "timeout"):
        with wire.broken("*", mode):
            assert {act().status for act in acts} == {503}

    assert_clean(log, canaries(person, challenge, code))


def test_a_crash_shows_no_personal_data_to_anybody(wire, person, doors, log, api):
    challenge, code = person.request_and_read_code()
    session = person.session
    secrets = canaries(person, challenge, code)
    acts = {
        "BatchGetItem": lambda: doors.me(session["token"]),
        "UpdateItem": lambda: doors.refresh(session["refresh_token"]),
        "DeleteItem": lambda: doors.log_out(session["refresh_token"]),
        "TransactWriteItems": lambda: person.verify(code, challenge=challenge, key=KEY),
    }
    answers = []
    for operation, act in acts.items():
        with crashing(wire, operation, *secrets):
            answers.append(act())

    assert {(answer.status, answer["type"], answer["message"]) for answer in answers} == {
        (500, "internal", "Something went wrong on our side")
    }
    assert not [answer for answer in answers if "Crash" in answer.text]
    crashes = [line["crash"] for line in log.lines if "crash" in line]
    assert len(crashes) == 4
    assert all(crash[0] == "Crash" and all(re.fullmatch(r"\w+\.py:\d+", place) for place in crash[1:]) for crash in crashes)
    assert_clean(log, secrets)


@pytest.mark.parametrize("operation", ["UpdateItem", "BatchGetItem", "Publish"])
def test_a_crash_of_the_sender_logs_nothing_of_the_recipient(wire, api, person, log, operation):
    person.request_code()
    with crashing(wire, operation, person.phone, NAME):
        answer = api.deliver()

    assert len(answer["batchItemFailures"]) == 1
    assert log.last["crash"][0] == "Crash"
    assert_clean(log, canaries(person))


@pytest.mark.parametrize("mode", ["error", "throttle", "reject", "timeout"])
def test_a_provider_s_refusal_logs_nothing_of_the_recipient(wire, api, person, log, mode):
    person.request_code()
    with wire.broken("Publish", mode, service="sns"):
        api.deliver()
    api.queued()

    assert (log.last["message"], "sent" in log.last, "failed" in log.last) == ("send_message", False, mode == "reject")
    assert_clean(log, canaries(person))


def test_a_line_names_the_trace_of_its_request(ada, log, monkeypatch):
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
    ada.request_code(REGISTER)

    assert log.last["xray_trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"


def test_every_count_has_the_time_of_its_own_line(ada, bob, log):
    ada.request_code(REGISTER)
    time.sleep(0.002)
    bob.request_code(REGISTER)
    first, second = (line["_aws"] for line in log.lines)

    assert first["Timestamp"] < second["Timestamp"]
    assert first["CloudWatchMetrics"] == second["CloudWatchMetrics"]


def test_the_line_of_a_scheduled_function_s_own_logger_keeps_its_facts():
    record = logging.makeLogRecord({"name": "customer-auth", "levelname": "INFO", "msg": "rotate_signing_keys", "made": 1})

    line = json.loads(audit._LineFormatter().format(record))

    assert (line["message"], line["made"]) == ("rotate_signing_keys", 1)
