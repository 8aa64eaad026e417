import json

import pytest

from customer_auth import aws
from customer_auth.aws import secret_keys
from tests.unit.aws_stub import stubbed

SECOND = 1_000_000


@pytest.fixture
def secret(stored_secrets, second):
    """Secrets Manager as a stub: each `holds(…)` is one response, `fails()` a call that fails at every attempt."""
    second(SECOND)
    secret_keys.forget()
    with stubbed() as stub:
        yield Secret(stub)
    secret_keys.forget()


class Secret:
    def __init__(self, stub):
        self.stub = stub

    def holds(self, *versions: int) -> None:
        text = json.dumps({str(version): f"derivation_key {version}" for version in versions})
        self.stub.answers("GetSecretValue", {"SecretId": "derivation_key"}, {"SecretString": text})

    def fails(self) -> None:
        self.stub.fails("GetSecretValue")


def test_a_version_is_the_derivation_key_of_its_second(secret):
    secret.holds(0, 500)

    assert (secret_keys.derivation_key(0), secret_keys.derivation_key(500)) == (b"derivation_key 0", b"derivation_key 500")


def test_the_newest_version_that_is_valid_now_is_used(secret, second):
    secret.holds(0, 500, SECOND + 10)
    assert secret_keys.derivation_key_version() == 500

    second(SECOND + 9)
    assert secret_keys.derivation_key_version() == 500

    second(SECOND + 10)
    assert secret_keys.derivation_key_version() == SECOND + 10


def test_it_is_fetched_once(secret):
    secret.holds(0)

    assert [secret_keys.derivation_key(0) for _ in range(3)] == [b"derivation_key 0"] * 3
    assert [secret_keys.derivation_key_version() for _ in range(3)] == [0] * 3


def test_a_version_written_meanwhile_is_fetched_when_it_is_needed(secret, second):
    secret.holds(0)
    secret_keys.derivation_key_version()
    second(SECOND + 60)
    secret.holds(0, SECOND + 30)

    assert secret_keys.derivation_key(SECOND + 30) == b"derivation_key 1000030"
    assert secret_keys.derivation_key_version() == SECOND + 30


def test_unknown_versions_of_the_past_and_the_future_are_not_fetched(secret, second):
    secret.holds(0)
    secret_keys.derivation_key_version()
    second(SECOND + 60)

    assert [secret_keys.derivation_key(version) for version in (1, SECOND - 1, SECOND, SECOND + 61, 10**12)] == [None] * 5


def test_invented_versions_cost_at_most_one_fetch_a_second(secret, second):
    secret.holds(0)
    secret_keys.derivation_key_version()
    for later in (60, 61):
        second(SECOND + later)
        secret.holds(0)
        assert [secret_keys.derivation_key(SECOND + version) for version in range(later + 1)] == [None] * (later + 1)


def test_a_removed_version_is_gone_after_the_next_fetch(secret, second):
    secret.holds(0, 500)
    secret_keys.derivation_key_version()
    second(SECOND + 60)
    secret.holds(500)
    secret_keys.derivation_key(SECOND + 30)

    assert (secret_keys.derivation_key(0), secret_keys.derivation_key(500)) == (None, b"derivation_key 500")


@pytest.mark.parametrize(
    "fetch", [lambda: secret_keys.derivation_key(0), secret_keys.derivation_key_version], ids=["a version", "the newest"]
)
def test_a_failed_fetch_raises_and_is_repeated_by_the_next_call(secret, fetch):
    secret.fails()
    with pytest.raises(aws.Failed):
        fetch()
    secret.holds(0)

    assert fetch() in {0, b"derivation_key 0"}


def test_a_failed_fetch_forgets_nothing(secret, second):
    secret.holds(0)
    secret_keys.derivation_key_version()
    second(SECOND + 60)
    secret.fails()
    with pytest.raises(aws.Failed):
        secret_keys.derivation_key(SECOND + 30)

    assert secret_keys.derivation_key(0) == b"derivation_key 0"
    secret.holds(0, SECOND + 30)
    assert secret_keys.derivation_key(SECOND + 30) == b"derivation_key 1000030"


def test_the_index_key_is_read_once(secret):
    secret.stub.answers("GetSecretValue", {"SecretId": "index-key"}, {"SecretString": "index"})

    assert [secret_keys.index_key() for _ in range(3)] == [b"index"] * 3
