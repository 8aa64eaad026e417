"""Looks back on every request that any function made in this run: exactly what its policies allow, and nothing that they do not."""

from pathlib import Path

import pytest

from tests.harness import message_makers, permissions
from tests.harness.engines import Engine
from tests.harness.service import template

HERE = Path(__file__).parent

# What Lambda itself does on the sender's behalf: its stream, its queues, its log. The other functions' logs are SAM's own grant.
BY_LAMBDA = "ReadOutbox"


@pytest.fixture
def statements():
    return permissions.statements(template(), [engine.ids for engine in Engine.made])


def test_every_request_that_a_function_made_is_allowed_by_its_policies(wire, statements):
    missing = {
        permission
        for permission in wire.needed
        if not any(statement.allows(permission, action) for statement in statements[permission.function] for action in statement.actions)
    }

    assert not missing


def test_no_function_may_do_what_it_never_does(request, wire, statements):
    ran = {item.path for item in request.session.items}
    if any(path not in ran for path in HERE.rglob("test_*.py") if path.stem != "test_faults"):
        pytest.skip("a part of the suite alone shows no unused permission: make test")
    unused = {
        (function, statement.policy, action)
        for function, allowed in statements.items()
        for statement in allowed
        for action in statement.actions
        if statement.policy != BY_LAMBDA and not any(each.function == function and statement.allows(each, action) for each in wire.needed)
    }

    assert not unused


def test_every_function_that_made_a_message_in_this_run_is_driven_forty_times(wire):
    assert wire.message_makers <= {name.partition(",")[0] for name in message_makers.DRIVERS}


def test_no_policy_names_everything():
    for name, policy in template().resources_of("AWS::IAM::ManagedPolicy").items():
        for statement in policy["PolicyDocument"]["Statement"]:
            assert "*" not in str(statement["Action"]), name
            assert statement.get("Resource") != "*", name
