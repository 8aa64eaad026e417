"""What is on record is done again after the customers table was restored from a backup."""

import pytest

from tools import redo_deletions


@pytest.fixture
def restored(tables):
    """Restores the items of an earlier moment, as a backup does; returns what was on record until then."""

    def restore(before):
        recorded = redo_deletions.on_record()
        tables.put_back(before)
        return recorded

    return restore


def test_customers_deleted_since_the_backup_are_deleted_again(tables, customer, api, days, inbox, restored):
    before = tables.look()
    customer.leave(reason="moved")
    inbox.of(customer.phone)
    days.pass_by(7)
    api.process_deletions()
    [recorded] = restored(before)

    assert [redo_deletions.redo(recorded) for _ in range(2)] == ["confirmed again", "as on record"]
    assert customer.sign_in_result() == "account_deletion_pending"
    assert api.process_deletions()["completed"] == 1
    assert redo_deletions.redo(recorded) == "gone already"
    assert tables.look().kinds("customer") == []


def test_customers_who_cancelled_since_the_backup_stay(tables, customer, api, days, inbox, restored):
    customer.leave()
    inbox.of(customer.phone)
    api.clock.advance(90)
    before = tables.look()
    response = customer.request_cancellation()
    customer.cancel_deletion(response["token"], inbox.code(customer.phone))
    [recorded] = restored(before)

    assert redo_deletions.redo(recorded) == "cancelled again"
    days.pass_by(7)
    assert api.process_deletions()["completed"] == 0
    assert customer.sign_in().status == 200


def test_the_backup_s_own_requests_are_left_as_they_are(tables, customer, inbox, restored):
    customer.leave()
    inbox.of(customer.phone)
    [recorded] = restored(tables.look())

    assert redo_deletions.redo(recorded) == "as on record"
