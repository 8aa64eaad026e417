"""Secrets are compared in constant time on every line of the code: with many attempts, time reveals how much of a guess was right."""

import ast
import copy

import pytest

from tests.harness.comparisons import in_constant_time, leaking, of_hashes
from tests.harness.engines import ROOT

SOURCES = {str(path.relative_to(ROOT)): path for folder in ("layers", "functions") for path in sorted((ROOT / folder).rglob("*.py"))}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in SOURCES.items()}
# A caller knows both values that it sent itself.
CALLER_S_OWN = {("functions/passwords/change_password.py", "call.body.confirm_password != call.body.new_password")}


def test_every_secret_is_compared_in_constant_time():
    leaks = {(name, each.text): each.line for name, tree in TREES.items() for each in leaking(tree)}

    assert leaks.keys() == CALLER_S_OWN, leaks


@pytest.mark.parametrize(
    "text",
    [
        "code == expected",
        "given.code != made(purpose)",
        "tag == _tag(body)",
        "sessions.token == text",
        "outcome['key_hash'] == presented",
        "item.get('secret_hash') != presented",
        "raw[16:] == digest[:8]",
        "derive_code(nonce).encode() == attempt.encode()",
        "str(attempt) == nonce.hex()",
        "attempt in (first, device_token)",
        "(purpose, tag) == (asked_for, made)",
        "(found := item.get('code')) == text",
        "(derivation_key or b'') == raw",
    ],
)
def test_a_secret_is_known_by_its_name_however_it_is_spelled(text):
    assert leaking(ast.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "code == 'ConditionalCheckFailedException'",
        "len(token) == 87",
        "session.secret_hash == token.secret_hash",
        "ids.sha256(challenge_id) == used.get('challenge_hash')",
        "customer.id == token.customer_id",
        "token.derivation_key_version == code_length",
        "token in known",
    ],
)
def test_what_reveals_nothing_may_be_compared_normally(text):
    assert not leaking(ast.parse(text))


CONSTANT_TIME = [(name, nth) for name, tree in TREES.items() for nth, _ in enumerate(in_constant_time(tree))]


@pytest.mark.parametrize(("name", "nth"), CONSTANT_TIME, ids=[f"{name}-{nth}" for name, nth in CONSTANT_TIME])
def test_replacing_a_constant_time_comparison_would_be_noticed(name, nth):
    tree = copy.deepcopy(TREES[name])
    call = list(in_constant_time(tree))[nth]

    replaced = ast.Compare(call.args[0], [ast.Eq()], [call.args[1]])
    ast.copy_location(replaced, call)

    assert leaking(ast.fix_missing_locations(replaced)) or of_hashes(*call.args)  # which needs no constant time


def test_codes_devices_challenges_providers_demands_and_each_kind_of_token_are_compared_in_constant_time():
    modules = {name.rpartition("/")[2].removesuffix(".py") for name, _ in CONSTANT_TIME}

    assert modules >= {"attempts", "lanes", "devices", "keyed_tokens", "refresh_tokens", "registration_tokens", "facebook_requests"}
