"""The outbox: who gets which message, once, whatever fails on the way."""

import json
import re

import pytest

from local import events
from tests.harness.crowds import at_once
from tests.harness.engines import ROOT
from tests.harness.faults import Killed
from tests.harness.people import LOGIN, REGISTER, Person, new_number, other_code
from tests.harness.service import template

TEMPLATES = ROOT / "layers" / "shared" / "customer_auth" / "messaging" / "templates"
KEY = "b25lLW1lc3NhZ2UtYXQtbW9zdA"

# When the retry queue brings a message first and again, by its DelaySeconds and VisibilityTimeout.
FIRST_SECONDS, AGAIN_SECONDS = 15, 60


class Outbox:
    """The sender, fed record by record."""

    def __init__(self, api):
        self.api = api
        while api.queued():
            pass

    def records(self) -> list[dict]:
        return self.api.new_records()

    def take(self, records: list[dict]) -> list[str]:
        """Those of the stream's records that are to come again."""
        return self._failed(events.stream_event(records, self.api.engine.ids["CodesTable.StreamArn"]))

    def take_queued(self, messages: list[dict]) -> list[str]:
        """Those of the queue's messages that stay in it."""
        return self._failed(events.queue_event(messages, self.api.engine.ids["RetryQueue.Arn"]))

    def _failed(self, event: dict) -> list[str]:
        return [failure["itemIdentifier"] for failure in self.api.invoke("SendMessages", event)["batchItemFailures"]]

    def sent(self, *people: Person) -> list[str]:
        """The codes that they got, in the order in which they came."""
        addresses = [address for person in people for address in (person.phone, person.email)]
        return [code_in(message) for message in self.api.wire.sent if message.to in addresses]


def code_in(message) -> str:
    return re.search(r"(?<!\w)\d{6}(?!\w)", message.body)[0]


@pytest.fixture
def outbox(api):
    return Outbox(api)


@pytest.fixture
def eve(api, inbox):
    """Somebody else, in the same batch."""
    return Person(api, inbox)


def challenge_of(tables, purpose: str) -> dict:
    [challenge] = [item[purpose]["M"] for item in tables.look().kinds("code") if purpose in item]
    return challenge


def ids_of(records: list[dict]) -> list[str]:
    return [record["dynamodb"]["SequenceNumber"] for record in records]


# ── who gets which message ──


def by_phone(path: str):
    return lambda person, **more: person.api.post(path, phone=person.phone, **more)


def by_email(person: Person, **more):
    return person.api.post("/login/email/send", email=person.email, **more)


def signed_up_by_email(person: Person) -> None:
    code_request = by_email(person)
    code = person.inbox.code(person.email)
    answer = person.api.post("/login/email/verify", email=person.email, code=code, challenge=code_request["challenge"])
    assert answer["registered"]
    person.api.clock.advance(90)


REGISTER_REQUEST, LOGIN_REQUEST, MOBILE_REQUEST = (
    by_phone(path) for path in (f"{REGISTER}/request-otp", f"{LOGIN}/request-otp", "/login/mobile/send")
)


@pytest.mark.parametrize(
    ("request_code", "sign_up", "channel", "kind"),
    [
        pytest.param(REGISTER_REQUEST, None, "sms", "sign_up", id="register, unknown"),
        pytest.param(REGISTER_REQUEST, Person.sign_up, "sms", "account_exists", id="register, known"),
        pytest.param(LOGIN_REQUEST, None, "sms", None, id="login, unknown"),
        pytest.param(LOGIN_REQUEST, Person.sign_up, "sms", "sign_in", id="login, known"),
        pytest.param(MOBILE_REQUEST, None, "sms", "sign_up", id="mobile, unknown"),
        pytest.param(MOBILE_REQUEST, Person.sign_up, "sms", "sign_in", id="mobile, known"),
        pytest.param(by_email, None, "email", "sign_up", id="email, unknown"),
        pytest.param(by_email, signed_up_by_email, "email", "sign_in", id="email, known"),
    ],
)
def test_the_message_depends_on_purpose_account_channel_and_language(ada, inbox, request_code, sign_up, channel, kind):
    if sign_up:
        sign_up(ada)
    address = ada.phone if channel == "sms" else ada.email
    for locale in ("en", "tr", "fa"):
        before = len(inbox.of(address))
        assert request_code(ada, headers={"accept-language": f"{locale};q=0.9, en;q=0.1"}).status == 200
        messages = inbox.of(address)[before:]
        ada.api.clock.advance(90)

        assert [message.channel for message in messages] == ([channel] if kind else [])
        assert all((message.subject, message.body) == words(kind, channel, locale, code_in(message)) for message in messages)


def words(kind: str, channel: str, locale: str, code: str) -> tuple[str | None, str]:
    minutes = {"sms": "5", "email": "۱۰" if locale == "fa" else "10"}[channel]
    text = (TEMPLATES / locale / f"{kind}.{channel}.txt").read_text("utf-8").rstrip("\n")
    for name, value in {"brand": "My Shop", "code": code, "minutes": minutes}.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    if channel == "sms":
        return None, text
    subject, _, rest = text.partition("\n\n")
    return subject.removeprefix("Subject: "), rest


def test_a_sign_in_code_for_nobody_is_skipped_and_reaches_no_provider(api, tables, outbox):
    api.post(f"{LOGIN}/request-otp", phone=new_number())
    since = len(api.wire.calls)
    records = outbox.records()

    assert outbox.take(records) == []
    assert outbox.take(records) == []

    assert challenge_of(tables, "login")["delivery"] == {"S": "skipped"}
    assert {call.service for call in api.wire.calls[since:]} == {"dynamodb"}
    assert api.queued() == []


def test_an_email_goes_out_by_the_configuration_set_that_the_stack_names(setting, ada, inbox):
    setting(EMAIL_CONFIGURATION_SET="customer-auth")
    by_email(ada)

    assert [message.request["ConfigurationSetName"] for message in inbox.of(ada.email)] == ["customer-auth"]


def test_the_sender_leaves_a_hint_of_the_customer_for_the_verification(tables, customer, eve):
    customer.request_and_read_code(LOGIN)
    eve.request_and_read_code(REGISTER)

    assert challenge_of(tables, "login")["customer"] == {"S": customer.id}
    assert "customer" not in challenge_of(tables, "register")


# ── what reaches the sender ──


def test_of_all_that_happens_to_a_code_only_its_request_reaches_the_sender(api, wire, outbox, customer):
    challenge, code = customer.request_and_read_code(LOGIN)
    assert outbox.records() == []  # what the sender itself wrote

    customer.verify(other_code(code), challenge=challenge)
    with wire.broken("TransactWriteItems", "error"):
        customer.verify(code, key=KEY)  # refunded
    customer.verify(code, key=KEY)
    api.clock.advance(90)
    customer.request_code(LOGIN)
    customer.verify(other_code(code), challenge=challenge, key=KEY)
    customer.verify(other_code(code), key=KEY)  # ends the idempotency record

    assert len(outbox.records()) == 1


# ── once, though it comes twice ──


def test_a_record_that_comes_twice_is_one_message(outbox, ada):
    ada.request_code(REGISTER)
    [record] = outbox.records()

    assert outbox.take([record, record]) == []
    assert outbox.take([record]) == []

    assert len(outbox.sent(ada)) == 1


def test_two_senders_at_one_record_are_one_message(api, wire, outbox, ada):
    ada.request_code(REGISTER)
    records = outbox.records()

    with wire.before("Publish", lambda: outbox.take(records)):
        assert outbox.take(records) == []

    assert len(outbox.sent(ada)) == 1
    [queued] = api.queued()  # the second could not know that the first would succeed
    assert outbox.take_queued([queued]) == []
    assert len(outbox.sent(ada)) == 1


def test_eight_senders_at_one_record_are_one_message(outbox, ada):
    ada.request_code(REGISTER)
    records = outbox.records()

    assert at_once(8, lambda _: outbox.take(records)) == [[]] * 8

    assert len(outbox.sent(ada)) == 1


def test_a_replaced_code_is_not_sent(api, outbox, ada):
    ada.request_code(REGISTER)
    replaced = outbox.records()
    api.clock.advance(90)
    challenge = ada.request_code(REGISTER)["challenge"]
    newest = outbox.records()

    assert outbox.take([*replaced, *newest]) == []

    [code] = outbox.sent(ada)
    assert ada.verify(code, REGISTER, challenge=challenge).status == 201


def test_an_expired_code_is_neither_sent_nor_queued_again(api, outbox, ada):
    ada.request_code(REGISTER)
    records = outbox.records()
    api.clock.advance(300)

    assert outbox.take(records) == []

    assert outbox.sent(ada) == []
    assert api.queued() == []


# ── the provider fails ──


@pytest.fixture(params=["sms", "email"])
def provider(request):
    """The channel's provider by its name on the wire, and a code request by that channel."""
    if request.param == "sms":
        return {"operation": "Publish", "service": "sns"}, REGISTER_REQUEST
    return {"operation": "SendEmail", "service": "sesv2"}, by_email


def delivery_of(tables, person: Person) -> tuple[str, str]:
    [challenge] = [
        challenge for challenge in tables.look().challenges() if challenge["address"]["L"][1]["S"] in (person.phone, person.email)
    ]
    return challenge["delivery"]["S"], challenge.get("reason", {"S": ""})["S"]


def test_a_temporary_refusal_is_repeated_from_the_queue_and_holds_up_no_other_message(wire, tables, outbox, ada, eve, provider):
    service, request_code = provider
    request_code(ada)
    request_code(eve)
    records = outbox.records()

    with wire.broken(mode="throttle", times=1, **service):
        assert outbox.take(records) == []
    assert sorted([len(outbox.sent(ada)), len(outbox.sent(eve))]) == [0, 1]
    late = ada if outbox.sent(eve) else eve
    assert delivery_of(tables, late) == ("queued", "throttled")
    outbox.api.clock.advance(FIRST_SECONDS)
    [queued] = outbox.api.queued()
    assert outbox.take_queued([queued]) == []

    assert len(outbox.sent(ada)) == len(outbox.sent(eve)) == 1
    assert delivery_of(tables, late) == ("sent", "")
    assert outbox.api.queued() == []


def test_a_permanent_refusal_is_not_repeated(wire, tables, outbox, ada, eve, provider):
    service, request_code = provider
    request_code(ada)
    request_code(eve)
    records = outbox.records()

    with wire.broken(mode="reject", times=1, **service):
        assert outbox.take(records) == []
    assert outbox.take(records) == []

    [refused] = [person for person in (ada, eve) if not outbox.sent(person)]
    assert delivery_of(tables, refused) == ("failed", "opted_out" if service["service"] == "sns" else "rejected")
    assert len(outbox.sent(ada, eve)) == 1
    assert outbox.api.queued() == []


@pytest.mark.parametrize(("mode", "messages"), [("lost", 2), ("timeout", 1), ("error", 1)])
def test_a_provider_whose_response_was_lost_gets_the_same_code_once_more(wire, outbox, ada, provider, mode, messages):
    service, request_code = provider
    request_code(ada)
    records = outbox.records()
    with wire.broken(mode=mode, **service):
        assert outbox.take(records) == []

    outbox.api.clock.advance(FIRST_SECONDS)
    [queued] = outbox.api.queued()
    assert outbox.take_queued([queued]) == []
    assert outbox.take_queued([queued]) == []
    assert outbox.take(records) == []

    assert len(outbox.sent(ada)) == messages
    assert len(set(outbox.sent(ada))) == 1


def test_a_provider_whose_responses_are_all_lost_gets_two_requests_at_most_and_the_message_has_failed(
    api, wire, tables, outbox, ada, provider
):
    service, request_code = provider
    request_code(ada)
    records = outbox.records()

    with wire.broken(mode="lost", **service):
        outbox.take(records)
        [queued] = api.queued()
        for _ in range(4):
            api.clock.advance(AGAIN_SECONDS)
            outbox.take_queued([queued])

    assert len(outbox.sent(ada)) == 2
    assert len(set(outbox.sent(ada))) == 1
    assert delivery_of(tables, ada) == ("failed", "no_answer")


def test_a_message_with_a_lost_response_is_not_sent_again_once_its_code_was_used(api, wire, outbox, ada):
    challenge = ada.request_code(REGISTER)["challenge"]
    with wire.broken("Publish", "lost", service="sns"):
        outbox.take(outbox.records())
    [code] = outbox.sent(ada)
    assert ada.verify(code, REGISTER, challenge=challenge).status == 201

    api.clock.advance(AGAIN_SECONDS)

    assert outbox.take_queued(api.queued()) == []
    assert len(outbox.sent(ada)) == 1


def test_what_waits_in_the_queue_holds_neither_address_nor_code_and_ends_with_its_code(api, wire, outbox, ada):
    ada.request_code(REGISTER)
    with wire.broken("Publish", "throttle", service="sns"):
        outbox.take(outbox.records())

    [queued] = api.queued()
    api.clock.advance(300)

    assert set(json.loads(queued["Body"])) == {"pk", "purpose", "challenge_id"}
    assert ada.phone not in queued["Body"]
    assert outbox.take_queued([queued]) == []
    assert outbox.sent(ada) == []


def test_a_provider_that_is_down_leaves_its_message_in_the_queue_until_it_is_a_dead_letter(api, wire, outbox, ada, eve):
    sqs, ids = api.engine.clients.sqs, api.engine.ids
    ada.request_code(REGISTER)
    with wire.broken("Publish", "throttle", service="sns"):
        outbox.take(outbox.records())
        sqs.set_queue_attributes(QueueUrl=ids["RetryQueue"], Attributes={"DelaySeconds": "0", "VisibilityTimeout": "0"})
        taken = 0
        while messages := sqs.receive_message(QueueUrl=ids["RetryQueue"], MaxNumberOfMessages=10).get("Messages", []):
            assert outbox.take_queued(messages) == [message["MessageId"] for message in messages]
            taken += 1

    assert taken == 5
    [dead] = sqs.receive_message(QueueUrl=ids["RetryFailures"], MaxNumberOfMessages=10)["Messages"]
    sqs.delete_message(QueueUrl=ids["RetryFailures"], ReceiptHandle=dead["ReceiptHandle"])
    assert outbox.sent(ada) == []


def test_the_last_of_five_receptions_falls_into_the_life_of_a_code_by_sms():
    queue = template().resources["RetryQueue"]["Properties"]
    receptions = queue["RedrivePolicy"]["maxReceiveCount"]

    assert (queue["DelaySeconds"], queue["VisibilityTimeout"], receptions) == (FIRST_SECONDS, AGAIN_SECONDS, 5)
    assert FIRST_SECONDS + (receptions - 1) * AGAIN_SECONDS < int(template().settings["OTP_EXPIRY_MINUTES_SMS"]) * 60


def test_of_a_batch_from_the_queue_only_what_may_still_succeed_stays(api, wire, outbox, ada, eve):
    ada.request_code(REGISTER)
    eve.request_code(REGISTER)
    with wire.broken("Publish", "throttle", service="sns"):
        outbox.take(outbox.records())
    queued = api.queued()

    with wire.broken("Publish", "throttle", service="sns", times=1):
        assert outbox.take_queued(queued) == [queued[0]["MessageId"]]
    assert outbox.take_queued(queued[:1]) == []

    assert len(outbox.sent(ada)) == len(outbox.sent(eve)) == 1


def test_a_message_repeated_after_a_rotation_of_the_derivation_key_has_the_same_code(api, wire, outbox, ada):
    secrets, derivation_key = api.engine.clients.secrets, api.engine.ids["DerivationKey"]
    key = secrets.get_secret_value(SecretId=derivation_key)["SecretString"]
    challenge = ada.request_code(REGISTER)["challenge"]
    with wire.broken("Publish", "lost", service="sns"):
        outbox.take(outbox.records())
    try:
        secrets.put_secret_value(SecretId=derivation_key, SecretString=json.dumps(json.loads(key) | {str(int(api.clock.now())): "x" * 64}))
        api.restart()
        api.clock.advance(AGAIN_SECONDS)
        assert outbox.take_queued(api.queued()) == []
        first, second = outbox.sent(ada)

        assert first == second
        assert ada.verify(first, REGISTER, challenge=challenge).status == 201
    finally:
        secrets.put_secret_value(SecretId=derivation_key, SecretString=key)
        api.restart()


# ── the sender itself fails ──


@pytest.mark.parametrize(
    ("fault", "messages"),
    [
        pytest.param({"operation": "Publish", "mode": "killed_before", "service": "sns"}, 1, id="between claim and send"),
        pytest.param({"operation": "Publish", "mode": "killed_after", "service": "sns"}, 2, id="while sending"),
        pytest.param({"operation": "TransactWriteItems", "mode": "killed_before"}, 2, id="before it wrote down that it had sent"),
    ],
)
def test_a_killed_sender_s_message_is_sent_once_more(api, wire, outbox, ada, fault, messages):
    challenge = ada.request_code(REGISTER)["challenge"]
    records = outbox.records()
    with wire.broken(**fault), pytest.raises(Killed):
        outbox.take(records)
    api.restart()

    assert outbox.take(records) == []  # the stream brings it immediately: it waits in the queue until the first must have died
    api.clock.advance(FIRST_SECONDS)
    [queued] = api.queued()
    assert outbox.take_queued([queued]) == []
    assert outbox.take(records) == []

    assert len(outbox.sent(ada)) == messages
    assert ada.verify(outbox.sent(ada)[0], REGISTER, challenge=challenge).status == 201


def test_two_senders_killed_one_after_the_other_send_twice_at_most(api, wire, outbox, ada):
    ada.request_code(REGISTER)
    records = outbox.records()

    for _ in range(4):
        with wire.broken("Publish", "killed_after", service="sns"):
            try:
                outbox.take(records)
            except Killed:
                api.restart()
        api.clock.advance(AGAIN_SECONDS)

    assert len(outbox.sent(ada)) == 2


WRITES_DOWN = "that it was sent"
SENT_TWICE = {("Publish", "lost"), ("Publish", "lost once"), ("Publish", "killed_after")} | {
    (WRITES_DOWN, mode) for mode in ("error", "throttle", "timeout", "conflict", "killed_before")
}


@pytest.mark.parametrize("mode", ["error", "throttle", "timeout", "lost", "lost once", "conflict", "killed_before", "killed_after"])
def test_whatever_breaks_in_a_new_sender_the_message_arrives_and_holds_up_no_other(api, outbox, inbox, combinations, mode):
    for step, fault in faults_of_a_new_sender(api, outbox, Person(api, inbox), mode):
        ada, eve = Person(api, inbox), Person(api, inbox)
        records = []
        for person in (ada, eve):
            person.request_code(REGISTER)
            records += outbox.records()
        api.restart()

        with api.wire.broken(**fault):
            try:
                failed = outbox.take(records)
            except Killed:
                failed = ids_of(records)
        assert failed in ([], ids_of(records[:1])) or mode.startswith("killed")
        api.restart()
        assert outbox.take([record for record in records if ids_of([record])[0] in failed]) == []
        api.clock.advance(AGAIN_SECONDS)
        assert outbox.take_queued(api.queued()) == []

        combinations["of the sender"] += 1
        assert len(outbox.sent(eve)) == 1, step
        assert len(outbox.sent(ada)) == (2 if (step, mode) in SENT_TWICE else 1), step
        assert len(set(outbox.sent(ada))) == 1, step


def faults_of_a_new_sender(api, outbox: Outbox, person: Person, mode: str):
    """Each request of a sender that has just started, by its purpose, and how it is permanently broken."""
    person.request_code(REGISTER)
    records = outbox.records()
    api.restart()
    since = len(api.wire.calls)
    outbox.take(records)
    calls = api.wire.calls[since:]
    assert [call.operation for call in calls] == [
        "UpdateItem",
        "GetSecretValue",
        "BatchGetItem",
        "GetSecretValue",
        "Publish",
        "TransactWriteItems",
    ]
    for nth, call in enumerate(calls):
        if mode == "conflict" and call.operation not in ("UpdateItem", "TransactWriteItems"):
            continue
        alike = sum(each.operation == call.operation for each in calls[: nth + 1])
        step = WRITES_DOWN if call.operation == "TransactWriteItems" else call.operation
        once = mode == "lost once" or mode.startswith("killed") or call.service == "sns"
        attempts = 1 if once else {"conflict": 4, "throttle": 4}.get(mode, 2)
        yield step, {"operation": call.operation, "mode": mode.partition(" ")[0], "service": call.service, "nth": alike, "times": attempts}


def test_a_malformed_record_holds_up_no_other(outbox, ada, eve):
    ada.request_code(REGISTER)
    eve.request_code(REGISTER)
    first, second = outbox.records()
    first["dynamodb"]["NewImage"]["event"] = {"S": "requested:nothing"}

    assert outbox.take([first, second]) == ids_of([first])

    assert len(outbox.sent(ada, eve)) == 1
