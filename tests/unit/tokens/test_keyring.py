import base64

import pytest

from customer_auth import aws
from customer_auth.base.clock import DAY, HOUR
from customer_auth.base.errors import Unavailable
from customer_auth.tokens import keyring
from tests.harness.forgery import unpadded
from tests.unit.aws_stub import stubbed

FIRST = 1_000_000
N = unpadded((2**2047 + 1).to_bytes(256, "big"))


@pytest.fixture
def table(stored_secrets, second):
    """The keyring's table as a stub: each `holds(…)` is one read; keys are named by the day from which they sign."""
    second(FIRST)
    keyring.forget()
    with stubbed() as stub:
        yield Table(stub)
    keyring.forget()


class Table:
    def __init__(self, stub):
        self.stub = stub

    def holds(self, *days: int) -> None:
        keys = {"L": [{"M": self._key(day)} for day in days]}
        answer = {"Item": {"pk": {"S": "keyring#signing"}, "version": {"N": "1"}, "keys": keys}} if days else {}
        parameters = {"TableName": "customers", "Key": {"pk": {"S": "keyring#signing"}}, "ConsistentRead": True}
        self.stub.answers("GetItem", parameters, answer)

    @staticmethod
    def _key(day: int) -> dict:
        start = FIRST + day * DAY
        times = {"sign_from": {"N": str(start)}, "sign_until": {"N": str(start + 30 * DAY)}}
        return {
            "kid": {"S": f"key_{day}"},
            "n": {"S": N},
            "e": {"S": "AQAB"},
            "sealed": {"B": base64.b64encode(b"sealed").decode()},
        } | times


def kids() -> list[str]:
    return [key.kid for key in keyring.published()]


def test_keys_are_published_before_during_and_just_after_their_use(table, second):
    table.holds(0, 30)
    assert kids() == ["key_0", "key_30"]

    second(FIRST + 31 * DAY + HOUR - 1)
    table.holds(0, 30)
    assert kids() == ["key_0", "key_30"]

    second(FIRST + 31 * DAY + HOUR)
    assert kids() == ["key_30"]


def test_it_is_read_again_after_an_hour(table, second):
    table.holds(0)
    assert (kids(), kids()) == (["key_0"], ["key_0"])

    second(FIRST + HOUR - 1)
    assert kids() == ["key_0"]

    second(FIRST + HOUR)
    table.holds(0, 30)
    assert kids() == ["key_0", "key_30"]


def test_without_a_key_that_signs_now_the_keyring_is_read_each_time(table, second):
    table.holds()
    assert kids() == []

    table.holds(0)
    assert kids() == ["key_0"]


def test_a_missing_key_cannot_sign(table):
    table.holds()

    with pytest.raises(Unavailable):
        keyring.signer()


def test_a_key_ahead_of_its_time_does_not_sign(table):
    table.holds(1)
    with pytest.raises(Unavailable):
        keyring.signer()


def test_the_newest_key_whose_time_has_begun_signs_even_if_its_time_is_over(table, second):
    table.holds(0)
    assert kids() == ["key_0"]
    second(FIRST + 90 * DAY)
    table.holds(0, 91)

    assert kids() == ["key_0", "key_91"]
    assert keyring._keyring.signing(FIRST + 91 * DAY - 1).kid == "key_0"
    assert keyring._keyring.signing(FIRST + 91 * DAY).kid == "key_91"


def test_a_key_that_is_over_is_published_until_its_last_token_has_died_and_that_is_by_when_the_next_one_signs(table, second):
    second(FIRST + 90 * DAY)
    table.holds(0, 90)
    assert kids() == ["key_0", "key_90"]

    second(FIRST + 91 * DAY + HOUR - 1)
    table.holds(0, 90)
    assert kids() == ["key_0", "key_90"]

    second(FIRST + 91 * DAY + HOUR)
    assert kids() == ["key_90"]


def test_the_public_key_is_found_by_its_name(table):
    table.holds(0)

    assert keyring.public_key("key_0").public_numbers().n == 2**2047 + 1
    assert keyring.public_key("key_0").public_numbers().e == 65537


def test_an_unknown_name_is_looked_for_once_a_minute(table, second):
    table.holds(0)
    assert [keyring.public_key(f"key_{i}") for i in range(1, 20)] == [None] * 19

    second(FIRST + 59)
    assert keyring.public_key("key_30") is None

    second(FIRST + 60)
    table.holds(0, 30)
    assert keyring.public_key("key_30") is not None


def test_a_key_is_found_until_its_last_token_has_died(table, second):
    table.holds(0, 30)
    assert keyring.public_key("key_0") is not None
    second(FIRST + 31 * DAY + HOUR - 1)
    assert keyring.public_key("key_0") is not None

    second(FIRST + 31 * DAY + HOUR)
    table.holds(0, 30)
    assert keyring.public_key("key_0") is None


def test_a_key_that_is_over_without_a_successor_is_found_and_the_keyring_is_read_again_once_a_minute(table, second):
    table.holds(0)
    assert keyring.public_key("key_0") is not None

    second(FIRST + 90 * DAY)
    table.holds(0)
    assert [keyring.public_key("key_0") is not None for _ in range(5)] == [True] * 5

    second(FIRST + 90 * DAY + 60)
    table.holds(0, 91)
    assert [keyring.public_key("key_0") is not None for _ in range(5)] == [True] * 5


def test_a_table_that_does_not_answer_makes_no_key_unknown(table):
    table.stub.fails("GetItem")
    with pytest.raises(aws.Failed):
        keyring.public_key("key_0")
    table.holds(0)

    assert keyring.public_key("key_0") is not None
