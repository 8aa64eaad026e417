import json

import pytest

from tests.harness.faults import answer as answered

WELL = {"status": "ok", "checks": {"tables": "ok", "keys": "ok"}}


def test_a_healthy_service_says_what_it_checked(api):
    answer = api.get("/health")

    assert (answer.status, answer.body) == (200, WELL)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.aws_calls == ("BatchGetItem",)


@pytest.mark.parametrize("mode", ["error", "throttle", "timeout"])
def test_without_its_tables_the_service_is_503_with_the_time_of_the_next_check(api, wire, mode):
    with wire.broken("BatchGetItem", mode):
        answer = api.get("/health")

    assert answer.status == 503
    assert answer.body == {"status": "unavailable", "checks": {"tables": "unavailable", "keys": "unavailable"}}
    assert answer.retry_after > 0
    assert api.get("/health").status == 200


def test_one_missing_table_makes_the_service_unhealthy(api, wire):
    missing = answered(400, __type="com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", message="no such table")
    with wire.broken("BatchGetItem", missing):
        answer = api.get("/health")

    assert (answer.status, answer["checks"]["tables"]) == (503, "unavailable")


def test_without_a_signing_key_the_service_is_unhealthy(api, keyring_item):
    keyring_item.remove()
    answer = api.get("/health")

    assert (answer.status, answer["status"], answer["checks"]) == (503, "unavailable", {"tables": "ok", "keys": "unavailable"})


def test_a_key_whose_time_is_over_signs_on_and_one_ahead_of_its_time_does_not_yet(api, keyring_item):
    api.clock.advance(31 * 86_400)
    over = api.get("/health")["checks"]["keys"]
    api.clock.advance(-62 * 86_400)
    ahead = api.get("/health")["checks"]["keys"]

    assert (over, ahead) == ("ok", "unavailable")


def test_the_health_check_names_nothing_secret(api, wire, engine):
    with wire.broken("BatchGetItem", "error"):
        answers = [api.get("/health").text]
    answers.append(api.get("/health").text)
    secret = [value for name, value in engine.environment.items() if name.endswith(("_TABLE", "_SECRET", "_KEY", "_ID", "_URL"))]

    for answer in answers:
        assert set(json.loads(answer)) == {"status", "checks"}
        assert not [value for value in secret if value and value in answer]
        assert "arn:" not in answer
        assert "injected" not in answer
