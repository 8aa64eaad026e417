"""Notifications: at most 5 an hour and 15 a day to one address, whoever causes them, and each once, whatever fails."""

import contextvars
from concurrent.futures import ThreadPoolExecutor

import pytest

from customer_auth.addresses.address import Channel
from customer_auth.aws import dynamodb
from customer_auth.customers.customers import address_of
from customer_auth.messaging import notification_items
from customer_auth.messaging.kinds import Kind
from local import events
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.faults import Killed
from tests.harness.people import PASSWORD, new_email, new_ip, new_number

HOUR, DAY = 3_600, 86_400
AGAIN_SECONDS = 60  # when the retry queue brings a message again, by its VisibilityTimeout
NEW_PASSWORD = "a better horse and battery"


class Sender:
    """The outbox, and a cause of notifications that nothing else limits."""

    def __init__(self, api):
        self.api = api
        while api.queued():
            pass

    def leave(self, to: str, fallback: str | None = None) -> list[dict]:
        """One notification in the table; answers its record of the stream."""
        other = address_of(channel_of(fallback), fallback) if fallback else None
        dynamodb.write(notification_items.put_new(Kind.PASSWORD_CHANGED, address_of(channel_of(to), to), "en", fallback=other))
        return self.api.new_records()

    def notify(self, to: str, fallback: str | None = None, *, times: int = 1) -> None:
        for _ in range(times):
            self.take(self.leave(to, fallback))

    def take(self, records: list[dict]) -> None:
        self.api.invoke("SendMessages", events.stream_event(records, self.api.engine.ids["CodesTable.StreamArn"]))

    def take_queued(self, messages: list[dict]) -> None:
        if messages:
            self.api.invoke("SendMessages", events.queue_event(messages, self.api.engine.ids["RetryQueue.Arn"]))

    def sent(self, to: str) -> int:
        return sum(message.to == to for message in self.api.wire.sent)


def channel_of(address: str) -> Channel:
    return Channel.EMAIL if "@" in address else Channel.PHONE


def counted(tables) -> int:
    """Over all addresses."""
    return tables.look().events("notify", "notify")


@pytest.fixture
def sender(api):
    return Sender(api)


@pytest.fixture
def email():
    return new_email()


# ── the window ──


@ON_BOTH_ENGINES
def test_a_sixth_notification_within_the_hour_is_dropped_and_one_goes_again_when_the_first_is_an_hour_old(api, sender, tables, email):
    sender.notify(email, times=6)
    assert sender.sent(email) == 5

    api.clock.advance(HOUR - 1)
    sender.notify(email)
    assert sender.sent(email) == 5
    api.clock.advance(1)
    sender.notify(email)

    assert sender.sent(email) == 6
    assert tables.look().kinds("message") == []


def test_a_sixteenth_notification_within_a_day_is_dropped_and_one_goes_again_when_the_first_is_a_day_old(api, sender, email):
    for _ in range(4):
        sender.notify(email, times=5)
        api.clock.advance(HOUR)
    assert sender.sent(email) == 15

    api.clock.advance(DAY - 4 * HOUR - 1)
    sender.notify(email)
    assert sender.sent(email) == 15
    api.clock.advance(1)
    sender.notify(email)

    assert sender.sent(email) == 16


@ON_DYNAMODB
def test_of_32_concurrent_notifications_five_are_sent(sender, email):
    records = [record for _ in range(32) for record in sender.leave(email)]
    contexts = [contextvars.copy_context() for _ in records]

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda context, record: context.run(sender.take, [record]), contexts, records))
    for _ in range(4):  # what met a conflict comes again
        sender.api.clock.advance(AGAIN_SECONDS)
        while queued := sender.api.queued():
            sender.take_queued(queued)

    assert sender.sent(email) == 5


def test_a_dropped_notification_is_counted_and_stored_nowhere(sender, tables, log, email):
    sender.notify(email, times=6)

    assert (log.last["outcome"], log.last["notifications_dropped"], log.last["channel"]) == ("dropped", [1.0], "email")
    assert tables.look().kinds("message") == []
    assert sender.api.queued() == []


def test_a_notification_over_its_window_goes_to_the_other_verified_address_and_over_both_to_nobody(sender, email, number):
    sender.notify(email, number, times=11)

    assert (sender.sent(email), sender.sent(number)) == (5, 5)


def test_codes_and_notifications_are_counted_apart(api, sender, inbox, email):
    sender.notify(email, times=6)

    assert api.post("/login/email/send", ip=new_ip(), email=email).status == 200
    assert len(inbox.of(email)) == 6


# ── where each of them goes instead ──


def both_verified(person):
    """With a verified email and phone, and a password."""
    person.member()
    person.api.clock.advance(90)
    response = person.request_contact_change(phone=person.phone)
    changed = person.change_contact(response["token"], person.inbox.code(person.phone))
    person.session |= changed.body
    person.api.clock.advance(90)
    return person


def changes_password(person):
    person.change_password(NEW_PASSWORD)


def resets(person):
    person.forget_password()
    person.reset(person.reset_token(), NEW_PASSWORD)


def changes_contact(person):
    new = new_email()
    person.change_contact(person.request_contact_change(email=new)["token"], person.inbox.code(new))


def confirms_deletion(person):
    assert person.leave().status == 200


def cancels_deletion(person):
    confirms_deletion(person)
    person.api.clock.advance(90)
    assert person.cancel_deletion(person.request_cancellation(email=person.email)["token"], person.inbox.code(person.email)).status == 200


def is_reminded(person):
    confirms_deletion(person)
    person.api.clock.advance(6 * DAY)
    person.api.process_deletions()


def is_gone(person):
    is_reminded(person)
    person.api.clock.advance(DAY)
    person.api.process_deletions()


CAUSES = [changes_password, resets, changes_contact, confirms_deletion, cancels_deletion, is_reminded, is_gone]


@pytest.mark.parametrize("cause", CAUSES)
def test_a_notification_of_any_cause_has_the_customer_s_other_verified_address(ada, tables, sender, cause):
    both_verified(ada)
    sender.api.deliver()

    [*_, last] = notifications_of(ada, cause, tables)

    assert last["address"]["L"][1]["S"] == ada.email
    assert last["fallback"]["L"][1]["S"] == ada.phone


@pytest.mark.parametrize("cause", CAUSES)
def test_a_customer_with_one_verified_address_is_notified_there_or_nowhere(ada, tables, setting, cause):
    setting(REQUIRE_VERIFICATION="false", REGISTRATION_IDENTIFIER="both", LOGIN_IDENTIFIER="email")
    ada.member(phone=ada.phone)  # unverified

    notifications = notifications_of(ada, cause, tables)

    assert notifications
    assert not any("fallback" in each for each in notifications)


def notifications_of(person, cause, tables) -> list[dict]:
    """What the cause has left for the sender, oldest first."""
    seen = {}
    deliver, api = person.api.deliver, person.api

    def look_first():
        seen.update({item["pk"]["S"]: item["notification"]["M"] for item in tables.look().kinds("message")})
        return deliver()

    api.deliver = look_first
    cause(person)
    api.deliver()
    return sorted(seen.values(), key=lambda each: int(each["requested_at"]["N"]))


def test_a_reset_of_a_registration_without_a_customer_notifies_its_address(ada, inbox):
    assert ada.register().status == 201
    ada.forget_password()

    assert ada.reset(ada.reset_token(), NEW_PASSWORD).status == 200

    assert [message.subject for message in inbox.of(ada.email)][1:] == ["Your My Shop password was changed"]


# ── once, whatever fails ──


@ON_BOTH_ENGINES
def test_a_record_that_comes_twice_is_one_message_and_counts_once(sender, tables, email):
    tables.empty()
    [record] = sender.leave(email)

    sender.take([record, record])
    sender.take([record])

    assert (sender.sent(email), counted(tables)) == (1, 1)


@ON_DYNAMODB
def test_eight_senders_at_one_record_are_one_message_and_count_once(sender, tables, email):
    tables.empty()
    records = sender.leave(email)
    contexts = [contextvars.copy_context() for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda context: context.run(sender.take, records), contexts))

    assert (sender.sent(email), counted(tables)) == (1, 1)


def test_a_repeated_notification_goes_where_it_was_counted_first_though_its_own_address_has_room_by_then(api, wire, sender, tables):
    tables.empty()
    email, number = new_email(), new_number()
    sender.notify(email, number, times=5)
    with wire.broken("Publish", "throttle", service="sns"):
        sender.notify(email, number)

    api.clock.advance(HOUR)
    sender.take_queued(api.queued())

    assert (sender.sent(email), sender.sent(number), counted(tables)) == (5, 1, 6)


def test_a_sender_that_was_overtaken_counts_nothing_and_sends_nothing(api, wire, sender, tables, email):
    tables.empty()
    records = sender.leave(email)

    def overtake():
        api.clock.advance(15)
        sender.take(records)

    with wire.before("TransactWriteItems", overtake):
        sender.take(records)
    sender.take_queued(api.queued())

    assert (sender.sent(email), counted(tables)) == (1, 1)


@pytest.mark.parametrize("what", ["a code", "a notification"])
def test_a_message_lost_throttled_lost_and_lost_goes_out_twice_at_most(api, wire, sender, email, what):
    if what == "a code":
        api.post("/login/email/send", email=email)
        records = api.new_records()
    else:
        records = sender.leave(email)

    for first, mode in enumerate(["lost", "throttle", "lost", "lost", "lost"]):
        with wire.broken("SendEmail", mode, service="sesv2"):
            if not first:
                sender.take(records)
                queued = api.queued()
            else:
                sender.take_queued(queued)
        api.clock.advance(AGAIN_SECONDS)

    assert sender.sent(email) == 2


DELETES = "that it was sent"
SENT_TWICE = {("SendEmail", "lost"), ("SendEmail", "lost once"), ("SendEmail", "killed_after")} | {
    (DELETES, mode) for mode in ("error", "throttle", "timeout", "conflict", "killed_before")
}


@ON_BOTH_ENGINES
@pytest.mark.parametrize("mode", ["error", "throttle", "timeout", "lost", "lost once", "conflict", "killed_before", "killed_after"])
def test_whatever_breaks_a_notification_arrives_and_is_counted_once(api, sender, tables, combinations, mode):
    for step, fault in faults_of_a_new_sender(api, sender, mode):
        tables.empty()
        email = new_email()
        records = sender.leave(email)
        api.restart()

        try:
            with api.wire.broken(**fault):
                sender.take(records)
        except Killed:
            sender.take(records)  # the stream brings it again
        api.restart()
        api.clock.advance(AGAIN_SECONDS)
        sender.take_queued(api.queued())

        combinations["of the sender"] += 1
        assert sender.sent(email) == (2 if (step, mode) in SENT_TWICE else 1), step
        assert counted(tables) == 1, step
        assert tables.look().kinds("message") == [], step


def faults_of_a_new_sender(api, sender, mode: str):
    """Each request that a sender makes that has just started, and how it is broken for good."""
    records = sender.leave(new_email())
    api.restart()
    since = len(api.wire.calls)
    sender.take(records)
    calls = api.wire.calls[since:]
    assert [call.operation for call in calls] == ["UpdateItem", "GetSecretValue", "TransactWriteItems", "SendEmail", "TransactWriteItems"]
    for nth, call in enumerate(calls):
        if mode == "conflict" and call.operation not in ("UpdateItem", "TransactWriteItems"):
            continue
        once = mode == "lost once" or mode.startswith("killed") or call.service == "sesv2"
        attempts = 1 if once else {"conflict": 4, "throttle": 4}.get(mode, 2)
        alike = sum(each.operation == call.operation for each in calls[: nth + 1])
        step = DELETES if alike == 2 else call.operation
        mode_name = mode.partition(" ")[0]
        yield step, {"operation": call.operation, "mode": mode_name, "service": call.service, "nth": alike, "times": attempts}


# ── end to end ──


def test_password_changes_in_a_loop_notify_five_times_an_hour(ada, sender):
    ada.member()
    before = len(ada.inbox.of(ada.email))
    old, new = PASSWORD, NEW_PASSWORD
    for _ in range(12):
        changed = ada.change_password(new, old=old)
        if changed.status == 200:
            ada.session |= changed.body
            old, new = new, old
        ada.api.clock.advance(60)

    assert len(ada.inbox.of(ada.email)) - before == 5
