"""One idea has one word (CONTRIBUTING, "Words"): the names that the field's own terms have replaced do not come back."""

import ast
import io
import re
import subprocess
import tokenize

import pytest

from tests.harness.engines import ROOT

FORMER = {
    # codes
    "Place", "STRANGERS", "place_of", "Asked", "ask_nobody", "by_owner", "Try", "TryCode", "spend", "spending", "give_back", "try_items",
    "try_code", "try_challenge", "take_out", "is_guess", "guess_items", "count_guess", "AttemptRow",
    # redemption
    "proofs_use", "settle", "Stale", "Opened", "Outcome", "outcome_items", "insists",
    # keys, AWS
    "pepper", "peppers", "Pepper", "PEPPER_SECRET", "PepperSecret", "ReadPepper", "vault", "keyed",
    # customers, sessions
    "Standing", "Owned", "end_claim", "claimant", "Pair", "genuine", "go_on", "renewals", "IS_UNCHANGED", "unchanged_values",
    # messages
    "NotSent", "notice_items", "NOTICE", "CLAIM_SECONDS",
    # schemas
    "CustomerShown", "UserShown", "DeletionShown", "ClaimsShown", "CodeAsked", "AskByPhone", "TryByPhone", "SessionStarted",
}  # fmt: skip
# In sentences these are plain English; as names in Python they are former ones.
ENGLISH = {"spend", "spending", "settle", "insists", "genuine", "keyed", "claimant", "vault"}
CODE = (".py", ".yaml", ".toml", ".json")
ITSELF = "tests/unit/test_words.py"


def tracked(suffixes=CODE):
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S607
    return [
        name
        for name in sorted(set(names))
        if name.endswith(suffixes) and name != ITSELF and "package-lock" not in name and (ROOT / name).exists()
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


# Names that say what happened to a thing, and not what it is.
VAGUE = {"told", "asked", "given", "made", "found", "anew", "wanted", "kept"}
# Members of responses have the names that clients know.
OF_RESPONSES = {"layers/shared/customer_auth/http/schemas/costs.py": {"asked"}}
DEPLOYED = [ROOT / name for name in tracked() if name.startswith(("layers/", "functions/")) and name.endswith(".py")]


@pytest.mark.parametrize("path", DEPLOYED, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_name_is_a_noun_for_a_thing_or_a_verb_for_an_act(path):
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)} | {node.name for node in nodes if isinstance(node, ast.FunctionDef)}

    assert bound & VAGUE == OF_RESPONSES.get(str(path.relative_to(ROOT)), set())


def test_no_two_classes_have_one_name():
    classes = [
        node.name for path in DEPLOYED for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ClassDef)
    ]

    assert sorted({name for name in classes if classes.count(name) > 1}) == []


@pytest.mark.parametrize("path", DEPLOYED, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_has_at_most_200_lines_and_a_function_25(path):
    text = path.read_text(encoding="utf-8")
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    bodies = {node.name: node.body[1:] if ast.get_docstring(node) else node.body for node in functions}

    assert len(text.splitlines()) <= 200
    assert {name for name, body in bodies.items() if body and body[-1].end_lineno - body[0].lineno >= 25} == set()


GENERATED = {"web/demo/phone-formats.js"}  # by tools/phone_formats.py
SCRIPTS = [name for name in tracked((".js",)) if name.startswith(("web/", "tests/web/")) and name not in GENERATED]
TEXT_OR_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
HEAD = r"(?!(?:for|if|while|switch|test)\b)(?:export |async |static |get |set |function )*[#\w]+\([^;\n]*\) \{\n"
FUNCTION = re.compile(rf"^( *){HEAD}(.*?)^\1\}}", re.MULTILINE | re.DOTALL)


def script_identifiers(text):
    """The names in JavaScript, in lower case, because constants are written in capitals; template strings count as code."""
    return set(re.findall(r"\w+", TEXT_OR_COMMENT.sub('""', text).lower()))


def long_functions(text):
    """The first words of each function in JavaScript that has more than 25 lines."""
    return [match[0].strip().partition("(")[0] for match in FUNCTION.finditer(text) if match[2].count("\n") > 25]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_named_and_divided_in_the_same_way(name):
    text = (ROOT / name).read_text(encoding="utf-8")

    assert script_identifiers(text) & VAGUE == set()
    assert len(text.splitlines()) <= 200
    assert long_functions(text) == []


def test_a_vague_name_or_a_long_function_in_a_script_would_be_found():
    lines = "    draw();\n" * 26
    script = f'/** What was asked. */\nconst TOLD = "given"; // found\nclass List {{\n  async #show(rows) {{\n{lines}  }}\n}}\n'

    assert script_identifiers(script) & VAGUE == {"told"}
    assert long_functions(script) == ["async #show"]
    assert long_functions(script.replace(lines, lines[:-12])) == []
