"""Posting consents: in exactly the register's form, once, again as long as it may help, and without a trace in logs or tables."""

import contextlib
import json
from datetime import datetime, timedelta, timezone

import pytest

from customer_auth.base import ids
from local import events
from local.server import Response
from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.faults import Killed
from tests.harness.people import LOGIN, Person
from tests.harness.register import CREDENTIALS, Consenter, running

AGAIN_SECONDS = 60  # when the retry queue brings a message again, by its VisibilityTimeout
DAY = 86_400


class Poster:
    """The outbox, fed with the postings of people alone."""

    def __init__(self, api):
        self.api = api

    def leave(self, ada, *types: str) -> list[dict]:
        """Verify the email of somebody who consents; the stream's records of what is to be posted."""
        ada.sign_up_with(*(types or ("EMAIL",)))
        ada.prove(ada.customer_id, "email")
        return self.api.new_records()

    def take(self, records: list[dict]) -> list[str]:
        """Those of the stream's records that are to come again."""
        return self._failed(events.stream_event(records, self.api.engine.ids["CodesTable.StreamArn"]))

    def messages(self, records: list[dict]) -> list[dict]:
        """What the queue holds once the stream has brought these."""
        assert self.take(records) == []
        return self.api.queued()

    def post_messages(self, messages: list[dict]) -> list[str]:
        """Those of the queue's messages that stay in it."""
        return self._failed(events.queue_event(messages, self.api.engine.ids["RetryQueue.Arn"]))

    def post(self, records: list[dict]) -> list[str]:
        """Let the stream's records go to the queue, and from there to the register; those of the messages that stay."""
        return self.post_messages(self.messages(records))

    def post_again(self, tables) -> list[str]:
        """Post the one posting there is, as the queue brings it again a minute later."""
        self.api.clock.advance(AGAIN_SECONDS)
        [item] = tables.look().kinds("message")
        posting_id = ids.base64url(item["consent"]["M"]["id"]["B"])
        return self.post_messages([{"Body": json.dumps({"pk": item["pk"]["S"], "purpose": "consent", "challenge_id": posting_id})}])

    def _failed(self, event: dict) -> list[str]:
        return [failure["itemIdentifier"] for failure in self.api.invoke("SendMessages", event)["batchItemFailures"]]


@pytest.fixture
def poster(api):
    return Poster(api)


def answer(status: int, **body) -> Response:
    return Response(status, (("content-type", "application/json"),), json.dumps(body).encode())


# ── the request ──


def test_the_request_is_exactly_the_registers(api, ada, poster, register):
    poster.post(poster.leave(ada, "EMAIL"))
    given_at = datetime.fromtimestamp(api.clock.frozen_at, timezone(timedelta(hours=3))).strftime("%Y-%m-%d %H:%M:%S")

    [request] = register.requests
    assert (request.method, request.path, request.query) == ("POST", "/_local/iys/add", "")
    assert {request.header("content-type"), request.header("accept")} == {"application/json"}
    assert not request.header("authorization")
    assert json.loads(request.body) == {
        "header": {"username": "shop", "password": "canary-password", "brandCode": "600123"},
        "body": {
            "data": [
                {
                    "type": "EPOSTA",
                    "source": "HS_WEB",
                    "recipient": ada.email,
                    "recipientType": "BIREYSEL",
                    "status": "ONAY",
                    "consentDate": given_at,
                }
            ]
        },
    }


def test_a_time_that_the_caller_stated_is_posted_in_turkish_time(api, ada, poster, register):
    ada.sign_up_with("EMAIL", given_at="2026-01-31T22:30:05Z")
    ada.prove(ada.customer_id, "email")
    poster.post(api.new_records())

    assert register.bodies[0]["body"]["data"][0]["consentDate"] == "2026-02-01 01:30:05"


def test_an_application_key_is_sent_if_there_is_one(ada, configure, poster):
    with running(NETGSM_IYS_APP_KEY="canary-key") as register:
        configure(**CREDENTIALS, NETGSM_IYS_APP_KEY="canary-key", NETGSM_IYS_URL=register.url)
        poster.post(poster.leave(ada))

        assert register.bodies[0]["header"]["appkey"] == "canary-key"
        assert register.posted(ada.email) == ["ONAY EPOSTA"]


# ── what the register answers ──


@pytest.mark.parametrize("code", ["0", 0], ids=["a text", "a number"])
def test_what_the_register_has_taken_is_deleted(ada, poster, register, tables, log, code):
    register.response = answer(200, code=code, error="false", uid="1")

    assert poster.post(poster.leave(ada)) == []

    assert tables.look().kinds("message") == []
    assert (log.last["outcome"], log.last["consents_posted"]) == ("sent", [1.0])


@pytest.mark.parametrize(("status", "code"), [(200, "70"), (200, 70), (406, "70")], ids=["a text", "a number", "406"])
def test_what_the_register_will_never_take_is_dropped_counted_and_not_tried_again(ada, poster, register, tables, log, *, status, code):
    register.response = answer(status, code=code, error="x", erroritem=[])

    assert poster.post(poster.leave(ada)) == []

    assert (log.last["outcome"], log.last["consents_rejected"]) == ("rejected", [1.0])
    assert tables.look().kinds("message") == []
    assert len(register.requests) == 1


TEMPORARY = [
    pytest.param(Response(429), "throttled", id="429"),
    pytest.param(answer(406, code="80"), "throttled", id="80"),
    pytest.param(answer(406, code="85"), "throttled", id="85"),
    pytest.param(answer(406, code="100"), "provider_unavailable", id="100"),
    pytest.param(answer(200, code="110"), "provider_unavailable", id="110"),
    pytest.param(answer(406, code="30"), "not_authorized", id="30, which the operator can mend"),
    pytest.param(answer(200, code="51"), "provider_unavailable", id="51, which the operator can mend"),
    pytest.param(Response(500), "provider_unavailable", id="500"),
    pytest.param(Response(503), "provider_unavailable", id="503"),
    pytest.param(Response(302, (("location", "https://evil.example/"),)), "provider_unavailable", id="a redirect"),
    pytest.param(Response(200, (), b"<html>"), "no_answer", id="no JSON"),
    pytest.param(Response(200, (), b'{"code": "0", "code": "70"}'), "no_answer", id="two codes"),
    pytest.param(answer(200), "provider_unavailable", id="no code"),
]


@pytest.mark.parametrize(("response", "reason"), TEMPORARY)
def test_what_may_pass_is_tried_again_until_it_does(ada, poster, register, tables, log, *, response, reason):
    register.response = response
    assert len(poster.post(poster.leave(ada))) == 1  # it stays in the queue
    assert log.last["outcome"] == reason
    assert len(poster.post_again(tables)) == 1

    register.mend()
    assert poster.post_again(tables) == []

    assert register.posted(ada.email) == ["ONAY EPOSTA"]
    assert tables.look().kinds("message") == []


def test_a_register_that_does_not_answer_holds_nothing_up_for_longer_than_the_function_has(ada, poster, register, tables, monkeypatch):
    monkeypatch.setattr("customer_auth.messaging.senders.iys._SECONDS", 0.3)
    register.break_("timeout")

    assert len(poster.post(poster.leave(ada))) == 1
    register.mend()
    assert poster.post_again(tables) == []

    assert register.posted(ada.email) == ["ONAY EPOSTA"]


def test_a_posting_whose_answer_is_lost_is_posted_once_more(ada, poster, register, tables):
    register.break_("lost")
    poster.post(poster.leave(ada))
    register.mend()
    poster.post_again(tables)

    assert register.posted(ada.email) == ["ONAY EPOSTA"] * 2
    assert register.bodies[0] == register.bodies[1]
    assert tables.look().kinds("message") == []


# ── once, whatever fails ──


@ON_BOTH_ENGINES
def test_a_record_that_comes_twice_is_posted_once(ada, poster, register):
    messages = poster.messages(poster.leave(ada) * 2)

    poster.post_messages([*messages, *messages])
    poster.post_messages(messages)

    assert len(messages) == 2
    assert register.posted(ada.email) == ["ONAY EPOSTA"]


def test_a_posting_that_another_sender_works_on_is_left_to_it(ada, poster, register):
    messages, stayed = poster.messages(poster.leave(ada)), []
    register.on_request = lambda: stayed.extend(poster.post_messages(messages) if len(register.requests) == 1 else ())

    poster.post_messages(messages)
    poster.api.clock.advance(AGAIN_SECONDS)
    poster.post_messages(messages)

    assert len(stayed) == 1
    assert register.posted(ada.email) == ["ONAY EPOSTA"]


POSTED_TWICE = {("DeleteItem", mode) for mode in ("error", "throttle", "timeout", "killed_before")}


@ON_BOTH_ENGINES
@pytest.mark.parametrize("mode", ["error", "throttle", "timeout", "lost", "lost once", "conflict", "killed_before", "killed_after"])
def test_whatever_breaks_a_consent_is_posted(api, inbox, poster, register, tables, *, combinations, mode):
    for step, fault in faults_of_a_new_sender(api, inbox, poster, mode):
        person = Consenter(api, inbox)
        messages = poster.messages(poster.leave(person))
        api.restart()

        with contextlib.suppress(Killed), api.wire.broken(**fault):
            poster.post_messages(messages)
        api.restart()
        api.clock.advance(AGAIN_SECONDS)
        poster.post_messages(messages)  # the queue brings it again

        combinations["of the poster"] += 1
        assert register.posted(person.email) == ["ONAY EPOSTA"] * (2 if (step, mode) in POSTED_TWICE else 1), step
        assert tables.look().kinds("message") == [], step


def faults_of_a_new_sender(api, inbox, poster, mode: str):
    """Each request that a sender makes that has just started, and how it is broken for good."""
    messages = poster.messages(poster.leave(Consenter(api, inbox)))
    api.restart()
    since = len(api.wire.calls)
    poster.post_messages(messages)
    calls = api.wire.calls[since:]
    assert [call.operation for call in calls] == ["UpdateItem", "GetSecretValue", "DeleteItem"]
    for call in calls:
        if mode == "conflict" and call.operation != "UpdateItem":
            continue
        once = mode == "lost once" or mode.startswith("killed")
        attempts = 1 if once else {"conflict": 4, "throttle": 4}.get(mode, 2)
        yield call.operation, {"operation": call.operation, "mode": mode.partition(" ")[0], "service": call.service, "times": attempts}


@pytest.mark.parametrize("mode", ["error", "throttle", "timeout", "lost", "killed_before", "killed_after"])
def test_a_consent_that_cannot_be_put_into_the_queue_comes_again_by_the_stream(api, ada, poster, register, mode):
    records = poster.leave(ada)

    with contextlib.suppress(Killed), api.wire.broken("SendMessage", mode, service="sqs"):
        assert poster.take(records) == [record["dynamodb"]["SequenceNumber"] for record in records]
    while messages := poster.messages(records):
        poster.post_messages(messages)
        records = []

    assert register.posted(ada.email) == ["ONAY EPOSTA"]


def test_a_posting_waits_for_two_weeks_for_whoever_moves_it_out_of_the_queue_of_failures(api, ada, poster, register, tables):
    register.break_("error")
    poster.post(poster.leave(ada))
    register.mend()
    api.clock.advance(14 * DAY - 2 * AGAIN_SECONDS)
    poster.post_again(tables)

    assert register.posted(ada.email) == ["ONAY EPOSTA"]


def test_a_posting_that_cannot_be_read_is_held_back_alone(api, inbox, ada, poster, register):
    [broken] = poster.leave(ada)
    other = Consenter(api, inbox)
    [whole] = poster.leave(other)
    key = broken["dynamodb"]["Keys"]
    api.engine.clients.dynamodb.update_item(
        TableName=api.engine.ids["CodesTable"],
        Key=key,
        UpdateExpression="SET #c.#t = :t",
        ExpressionAttributeNames={"#c": "consent", "#t": "type"},
        ExpressionAttributeValues={":t": {"S": "FAX"}},
    )

    messages = poster.messages([broken, whole])
    [unreadable] = [each["MessageId"] for each in messages if json.loads(each["Body"])["pk"] == key["pk"]["S"]]

    assert poster.post_messages(messages) == [unreadable]
    assert register.posted(other.email) == ["ONAY EPOSTA"]


def test_a_register_that_hangs_does_not_hold_up_the_codes_behind_a_consent(api, inbox, ada, poster, register):
    other = Person(api, inbox)
    other.sign_up()
    register.break_("timeout")
    records = poster.leave(ada)
    assert other.request_code(LOGIN).status == 200

    assert poster.take([*records, *api.new_records()]) == []

    assert inbox.code(other.phone)
    assert register.requests == []  # it is called from the queue alone


# ── what is written down ──


def test_no_address_and_no_credential_is_in_the_logs(ada, poster, register, log):
    for response in (None, Response(500), answer(406, code="70", error=ada.email), Response(200, (), ada.email.encode())):
        person = Consenter(ada.api, ada.inbox)
        register.response = response
        poster.post(poster.leave(person))
        everything = log.everything

        assert person.email not in everything
        assert person.phone not in everything
        assert "canary" not in everything
        lines = [line for line in log.lines if line.get("purpose") == "consent"]
        assert lines
        assert not any("address" in line for line in lines)
