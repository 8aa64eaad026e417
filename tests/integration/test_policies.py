"""Looks back on every request that any function made in this run: exactly what its policies allow, as IAM decides, and nothing else."""

import fnmatch
from collections import Counter
from pathlib import Path

import pytest

from customer_auth.aws import keys
from tests.harness import iam, message_makers, permissions, recordings
from tests.harness.permissions import Request
from tests.harness.recordings import Recording
from tests.harness.roles import BASIC_EXECUTION, arns, may, roles

HERE = Path(__file__).parent
MOST_MANAGED = 8  # an account's default quota is 10
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/CustomersTable"


@pytest.fixture(scope="module")
def recording(wire) -> Recording:
    return recordings.of_run(wire)


@pytest.fixture(scope="module")
def observed(recording) -> set[Request]:
    return recording.requests


@pytest.fixture(scope="module")
def whole(request) -> None:
    """Of a part of the suite nobody can say what no request needs."""
    ran = {item.path for item in request.session.items} | recordings.files_of_run()
    if not ran.issuperset(HERE.rglob("test_*.py")):
        pytest.skip("a part of the suite alone shows no unused permission: make test")


def allowed(requests: set[Request]) -> set[Request]:
    """Those that IAM allows by the template's policies."""
    return iam.allowed({name: role.policies for name, role in roles().items()}, [*requests])


def test_every_request_that_a_function_made_is_allowed_by_its_policies(observed):
    denied = observed - allowed(observed)

    assert sorted(map(str, denied)) == []


def test_no_function_may_do_what_it_never_does(whole, observed):
    needed = {request._replace(kinds=frozenset(kind)) for request in observed for kind in [[each] for each in request.kinds] or [[]]}
    others = {other for function in roles() for other in conceivable(function, observed)} - needed

    assert sorted(map(str, allowed(others))) == []


def conceivable(function: str, observed: set[Request]) -> set[Request]:
    """What the function's statements might allow: their actions, on the resources and kinds of items that any function requests."""
    statements = may(function)
    return {
        Request(function, action, resource, frozenset(kinds), context)
        for action in {action for statement in statements for action in statement.actions}
        for resource in {request.resource for request in observed if service(request.action) == service(action)}
        if any(statement.allows(action, resource) for statement in statements)
        for kinds in [[kind] for kind in kinds_of(resource, observed) | patterns_of(statements, resource)] or [[]]
        for context in {(), *(request.context for request in observed if (request.action, request.resource) == (action, resource))}
    }


def service(action: str) -> str:
    return action.partition(":")[0]


def kinds_of(resource: str, observed: set[Request]) -> set[str]:
    return {kind for request in observed if request.resource == resource for kind in request.kinds} - {keys.HEALTH_PROBE}


def patterns_of(statements, resource: str) -> set[str]:
    """The kinds that statements on the resource name, whether there are any or not."""
    return {
        pattern.rstrip("*")
        for statement in statements
        if any(statement.allows(action, resource) for action in statement.actions)
        for pattern in statement.key_patterns
    }


def test_no_statement_names_what_its_function_never_requests(whole, observed):
    idle = {
        (function, statement.policy, action, pattern)
        for function in roles()
        for statement in may(function)
        for action in statement.actions
        for pattern in statement.resources
        if not any(
            (each.function, each.action) == (function, action) and fnmatch.fnmatchcase(each.resource, pattern or "*") for each in observed
        )
    }

    assert sorted(idle) == []


def test_a_function_has_one_statement_for_an_action_and_a_table():
    for function, role in roles().items():
        named = Counter((action, resource) for each in role.statements for action in each.actions for resource in each.resources)
        assert [each for each, count in named.items() if count > 1] == [], function


def test_statements_do_not_add_up_to_what_a_request_needs():
    def policy(*statements: list[str]) -> dict:
        condition = [{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": patterns}} for patterns in statements]
        return {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "dynamodb:BatchGetItem", "Resource": TABLE, "Condition": each} for each in condition
            ],
        }

    policies = {"apart": {"": policy(["registration#*"], ["referral#*"])}, "together": {"": policy(["registration#*", "referral#*"])}}
    both = [Request(function, "dynamodb:BatchGetItem", TABLE, frozenset({"registration#", "referral#"})) for function in policies]

    assert {each.function for each in iam.allowed(policies, both)} == {"together"}


def test_the_keys_of_a_transaction_or_a_batch_are_one_question_for_an_action_and_a_table():
    def part(key: str) -> dict:
        return {"TableName": "customers", "Key": {"pk": {"S": key}}}

    checks = [{"ConditionCheck": part("identity#a")}, {"Update": part("customer#b")}, {"ConditionCheck": part("customer#c")}]
    batch = {"customers": {"Keys": [{"pk": {"S": "referral#d"}}, {"pk": {"S": "registration#e"}}]}}

    assert permissions.requests("Any", "dynamodb", "TransactWriteItems", {"TransactItems": checks}) == {
        Request("Any", "dynamodb:ConditionCheckItem", "customers", frozenset({"identity#", "customer#"})),
        Request("Any", "dynamodb:UpdateItem", "customers", frozenset({"customer#"})),
    }
    assert permissions.requests("Any", "dynamodb", "BatchGetItem", {"RequestItems": batch}) == {
        Request("Any", "dynamodb:BatchGetItem", "customers", frozenset({"referral#", "registration#"})),
    }


def test_signing_keys_are_encrypted_and_decrypted_for_their_purpose_alone():
    contexts = {(), *((("kms:EncryptionContext:purpose", purpose),) for purpose in ("signing-key", "another"))}
    actions, key = ("kms:Decrypt", "kms:Encrypt"), arns()["SigningKeysKey.Arn"]
    questions = {Request(function, action, key, context=context) for function in roles() for action in actions for context in contexts}

    assert {each.context for each in allowed(questions)} == {(("kms:EncryptionContext:purpose", "signing-key"),)}


def test_a_role_stays_below_the_quota_of_policies_and_has_one_of_aws_s_own():
    for function, role in roles().items():
        assert role.managed <= MOST_MANAGED, function
        assert {each.rpartition("/")[2] for each in role.aws_policies} <= {BASIC_EXECUTION}, function


def test_no_policy_names_everything():
    for function in roles():
        for statement in roles()[function].statements:
            assert "*" not in str(statement.actions), function
            assert "*" not in statement.resources, function


def test_every_function_that_made_a_message_in_this_run_is_driven_again_and_again(recording):
    assert recording.message_makers <= {name.partition(",")[0] for name in message_makers.DRIVERS}
