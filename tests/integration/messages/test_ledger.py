"""The ledger's rows: one for each challenge and notification, whatever becomes of its messages and in whatever order they are written."""

import itertools
from types import SimpleNamespace

import pytest

from customer_auth.aws import keys
from customer_auth.base import clock
from customer_auth.ledger import ledger_items
from customer_auth.ledger.ledger_items import MessageState, Report, RowRef
from customer_auth.otp import challenges
from local import events
from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.ledgers import Ledger, message, messages
from tests.harness.people import REGISTER, Person, new_email

FIRST_SECONDS = 15  # when the retry queue brings a message


@pytest.fixture
def ledger(api):
    while api.queued():
        pass
    return Ledger(api)


def retry(api) -> None:
    api.clock.advance(FIRST_SECONDS)
    api.invoke("SendMessages", events.queue_event(api.queued(), api.engine.ids["RetryQueue.Arn"]))


# ── what a row holds ──


@ON_BOTH_ENGINES
def test_an_sms_is_a_row_whose_key_follows_from_its_challenge(api, ledger, ada):
    challenge = ada.request_code(REGISTER)["challenge"]
    api.deliver()
    row, ref = ledger.row(), RowRef(clock.now(), challenges.hash_of(challenges.decode(challenge).id))

    assert {"pk": row["pk"], "sk": row["sk"]} == ref.key[1]
    assert (row["purpose"], row["lane"], row["region"]) == ("register", "untrusted", "US")
    assert messages(row) == [message()]
    assert row["expires_at"] == clock.now() + 90 * clock.DAY


def test_a_known_device_s_message_is_in_the_trusted_lane(api, ledger, customer):
    customer.request_code(device=customer.device)
    api.deliver()

    assert [each["lane"] for each in ledger.rows()] == ["untrusted", "trusted"]


def test_an_email_has_neither_a_region_nor_a_prefix_nor_segments(api, ledger):
    api.post("/login/email/send", email=new_email())
    api.deliver()
    row = ledger.row()

    assert (row["region"], row["prefix"]) == ("", "")
    assert messages(row) == [message("ses", segments=0)]


def test_numbers_that_differ_in_their_last_four_digits_alone_have_one_prefix(api, ledger):
    for number in ("+12125550100", "+12125559999", "+12125560100"):
        api.post("/login/mobile/send", phone=number)
    api.deliver()
    first, second, third = sorted(ledger.rows(), key=lambda row: row["sk"])
    prefixes = sorted([first["prefix"], second["prefix"], third["prefix"]])

    assert len(set(prefixes)) == 2


def test_no_row_contains_an_address_or_a_code(api, ledger, ada, inbox):
    ada.member()
    ada.change_password("another long password")
    ada.request_code(REGISTER)
    code, stored = inbox.code(ada.phone), str(ledger.rows())

    assert len(ledger.rows()) == 3
    for secret in (ada.phone, ada.phone[1:], ada.phone[-7:], ada.email, code):
        assert secret not in stored


def test_a_notification_is_a_row_without_a_lane_and_goes_with_its_item(api, ledger, tables, ada):
    ada.member()
    before = len(ledger.rows())
    ada.change_password("another long password")
    api.deliver()
    [row] = [each for each in ledger.rows() if each["purpose"] == "notification"]

    assert len(ledger.rows()) == before + 1
    assert (row["lane"], messages(row)) == ("", [message("ses", segments=0)])
    assert tables.look().kinds("message") == []


def test_who_is_to_get_no_message_has_no_row(api, ledger, ada):
    ada.request_code()
    api.deliver()

    assert ledger.rows() == []


# ── faults ──


def test_a_refused_message_has_failed_for_the_provider_s_reason(api, wire, ledger, ada):
    ada.request_code(REGISTER)
    with wire.broken("Publish", "reject", service="sns"):
        api.deliver()

    assert messages(ledger.row()) == [message(state="failed", reason="opted_out", segments=0)]
    assert "provider_message" not in ledger.row()


@pytest.mark.parametrize(("mode", "state", "reason"), [("throttle", "failed", "throttled"), ("lost", "queued", "no_answer")])
def test_a_message_that_is_sent_again_is_two_attempts_in_one_row(api, wire, ledger, mode, state, reason):
    ada = Person(api, None)
    ada.request_code(REGISTER)
    with wire.broken("Publish", mode, service="sns"):
        api.deliver()
    retry(api)

    assert messages(ledger.row()) == [message(state=state, reason=reason, segments=0), message()]


@pytest.mark.parametrize("mode", ["lost", "conflict"])
def test_an_entry_whose_response_is_lost_is_the_same_when_it_is_repeated(api, wire, ledger, ada, mode):
    ada.request_code(REGISTER)
    with wire.broken("TransactWriteItems", mode, times=1):
        api.deliver()

    assert messages(ledger.row()) == [message()]


# ── the code is used or replaced before its sender records it ──


def calls_of_delivery(api) -> list[str]:
    since = len(api.wire.calls)
    api.deliver()
    return [call.operation for call in api.wire.calls[since:] if call.function == "SendMessages"]


def test_a_code_that_was_replaced_before_its_sender_recorded_it_is_in_the_ledger_by_one_request_more(api, wire, ledger, ada):
    ada.request_code(REGISTER)
    api.clock.advance(90)
    with wire.before("Publish", lambda: ada.request_code(REGISTER)):
        calls = calls_of_delivery(api)

    assert calls == ["UpdateItem", "BatchGetItem", "Publish", "TransactWriteItems", "UpdateItem"]
    assert messages(ledger.row()) == [message()]


def test_a_code_that_was_used_before_its_sender_recorded_it_is_in_the_ledger(api, wire, ledger, ada):
    challenge = ada.request_code(REGISTER)["challenge"]

    def use() -> None:
        assert ada.verify(ada.inbox.code(ada.phone), REGISTER, challenge=challenge).status == 201

    with wire.before("TransactWriteItems", use):
        api.deliver()

    assert messages(ledger.row()) == [message()]


# ── reports ──


DELIVERED, FAILED, SENT = Report(MessageState.DELIVERED, "", 6450), Report(MessageState.FAILED, "expired"), Report(MessageState.SENT)


@pytest.fixture
def accepted(api, ledger):
    """A message that its provider has accepted, found by the provider's id."""
    Person(api, None).request_code(REGISTER)
    api.deliver()
    sender, _, provider_id = ledger.row()["provider_message"].partition("#")
    return SimpleNamespace(sender=sender, id=provider_id, found=ledger_items.find_message(sender, provider_id))


def report_of(row: dict) -> dict:
    [report] = [each for name, each in row.items() if name.startswith("report_")]
    return report


@ON_BOTH_ENGINES
def test_a_message_is_found_by_its_provider_s_id_alone(ledger, accepted):
    row = ledger.row()

    assert accepted.found.row_key == {"pk": row["pk"], "sk": row["sk"]}
    assert f"message_{accepted.found.attempt}" in row
    assert ledger_items.find_message("other", accepted.id) is None


def test_reports_in_any_order_and_repeated_come_to_the_same(api, ledger, accepted):
    table, key = api.engine.ids["LedgerTable"], {name: {"S": value} for name, value in accepted.found.row_key.items()}
    for order in itertools.permutations([SENT, FAILED, DELIVERED, FAILED]):
        for report in order:
            ledger_items.record_report(accepted.found, report)

        assert report_of(ledger.row()) == {"state": "delivered", "reason": "", "micro_usd": 6450, "rank": 3}, order
        api.engine.clients.dynamodb.update_item(
            TableName=table, Key=key, UpdateExpression="REMOVE #r", ExpressionAttributeNames={"#r": f"report_{accepted.found.attempt}"}
        )


def test_a_report_changes_nothing_that_its_sender_recorded_and_makes_no_row(ledger, accepted):
    before = ledger.row()
    ledger_items.record_report(accepted.found, FAILED)
    ledger_items.record_report(accepted.found._replace(row_key={"pk": "sent#2026-01-01#0", "sk": "1#none"}), FAILED)
    after = ledger.row()

    assert report_of(after)["reason"] == "expired"
    assert {name: value for name, value in after.items() if not name.startswith("report_")} == before


def test_rows_of_one_day_are_spread_and_a_request_at_midnight_belongs_to_the_day_that_begins():
    midnight = 1_800_057_600
    shards = {keys.ledger_shard(bytes([first])) for first in range(256)}

    assert len(shards) == keys.LEDGER_SHARDS
    assert keys.ledger_partition(midnight - 1, 3) == "sent#2027-01-15#3"
    assert keys.ledger_partition(midnight, 3) == "sent#2027-01-16#3"
