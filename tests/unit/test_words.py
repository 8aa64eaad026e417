"""One idea has one word (CONTRIBUTING, "Words"): the names that the field's own terms have replaced do not come back."""

import io
import re
import subprocess
import tokenize

import pytest

from tests.harness.engines import ROOT

FORMER = {
    # codes
    "Place", "STRANGERS", "place_of", "Asked", "ask_nobody", "by_owner", "Try", "TryCode", "spend", "spending", "give_back", "try_items",
    "try_code", "try_challenge", "take_out", "is_guess", "guess_items", "count_guess",
    # redemption
    "proofs_use", "settle", "Stale", "Opened", "Outcome", "outcome_items", "insists",
    # keys, AWS
    "pepper", "peppers", "Pepper", "PEPPER_SECRET", "PepperSecret", "ReadPepper", "vault", "keyed",
    # customers, sessions
    "Standing", "Owned", "end_claim", "claimant", "Pair", "genuine", "go_on", "renewals",
    # messages
    "NotSent", "notice_items", "NOTICE", "CLAIM_SECONDS",
    # schemas
    "CustomerShown", "UserShown", "DeletionShown", "ClaimsShown", "CodeAsked", "AskByPhone", "TryByPhone", "SessionStarted",
}  # fmt: skip
# In sentences these are plain English; as names in Python they are former ones.
ENGLISH = {"spend", "spending", "settle", "insists", "genuine", "keyed", "claimant", "vault"}
CODE = (".py", ".yaml", ".toml", ".json")
ITSELF = "tests/unit/test_words.py"


def tracked():
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S607
    return [
        name
        for name in sorted(set(names))
        if name.endswith(CODE) and name != ITSELF and "package-lock" not in name and (ROOT / name).exists()
    ]


def identifiers(name):
    """The names in a file: the NAME tokens in Python; elsewhere every word, because any of them may be a key."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if name.endswith(".py"):
        return {token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.NAME}
    code = re.sub(r"#.*", "", text) if name.endswith((".yaml", ".toml")) else text
    return set(re.findall(r"\w+", code)) - ENGLISH


@pytest.mark.parametrize("name", tracked())
def test_no_former_name_is_used(name):
    assert identifiers(name) & FORMER == set()


def test_a_former_name_would_be_found(tmp_path, monkeypatch):
    (tmp_path / "rule.py").write_text("def settle(): ...\n")
    (tmp_path / "table.yaml").write_text("PEPPER_SECRET: !Ref Pepper\n")
    monkeypatch.setattr("tests.unit.test_words.ROOT", tmp_path)

    assert identifiers("rule.py") & FORMER == {"settle"}
    assert identifiers("table.yaml") & FORMER
