"""The code blocks of the documents: commands run as printed, in a shell whose `aws` records its arguments; the rest is parsed.

The recorded calls are then checked against the SDK's models: services, operations, options, values, and what a query matches. The README's
session with curl runs against a local stack, in tests/e2e/test_readme.py.
"""

import json
import os
import re
import subprocess
import sys
import textwrap
import time
import tomllib
from functools import cache
from typing import NamedTuple

import pytest

from local.template import Template
from tests.harness import aws_cli
from tests.harness.documents import DOCUMENTS
from tests.harness.engines import ROOT

BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
WITH_COMMANDS = ["docs/deploy.md", "docs/operations.md", "docs/scale.md"]
SESSION = "README.md"  # its bash blocks are the session with curl
# Commands that change a checkout or an account as a whole; make's targets are compared elsewhere.
NOT_RUN = re.compile(r'make [a-z-]+( [A-Z]+=\S+)*|git pull|git checkout "\$COMMIT_BEFORE"')

# Replaces `aws`: it records its arguments and its input, and prints what a script continues with.
AWS = f"""#!{sys.executable} -SE
import json, os, sys
arguments = sys.argv[1:]
stdin = sys.stdin.read() if "file:///dev/stdin" in arguments else ""
with open(os.environ["NOTED"], "a") as noted:
    noted.write(json.dumps([arguments, stdin]) + "\\n")
answers = {{
    "get-secret-value": '{{"0": "the-first"}}',
    "get-email-identity": "one\\ttwo\\tthree",
    "describe-table": "arn:aws:dynamodb:eu-central-1:123456789012:table/codes/stream/2026-01-01T00:00:00.000",
    "request-certificate": "arn:aws:acm:eu-central-1:123456789012:certificate/example",
}}
print(answers.get(arguments[1], "the-" + arguments[1]))
"""


class Block(NamedTuple):
    document: str
    language: str
    text: str


BLOCKS = [
    Block(str(path.relative_to(ROOT)), language, textwrap.dedent(text))
    for path in DOCUMENTS
    for _, language, text in BLOCK.findall(path.read_text(encoding="utf-8"))
]


def of(language: str) -> list:
    blocks = [block for block in BLOCKS if block.language == language]
    return [pytest.param(block, id=f"{block.document}-{nth}") for nth, block in enumerate(blocks, 1)]


class Command(NamedTuple):
    arguments: list[str]
    stdin: str


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The calls of `aws` by each document's commands, run from first to last in one shell, and their output."""

    def run(document: str) -> tuple[list[Command], str]:
        folder = tmp_path_factory.mktemp("bin")
        for name, text in {"aws": AWS, "curl": "#!/bin/sh\necho '{}'\n", "sleep": "#!/bin/sh\n"}.items():
            (folder / name).write_text(text, encoding="utf-8")
            (folder / name).chmod(0o755)
        functions = [] if document == "docs/operations.md" else [first("docs/operations.md")]
        script = "\n".join([*functions, *(block.text for block in BLOCKS if block[:2] == (document, "bash"))])
        environment = {"PATH": f"{folder}:{os.environ['PATH']}", "NOTED": str(folder / "noted")}
        environment |= {"API": "https://api.example.com"}  # which a reader of the runbooks has
        command = ["bash", "-euo", "pipefail", "-c", script]
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
        assert done.returncode == 0, done.stdout + done.stderr
        assert not done.stderr
        return [Command(*json.loads(line)) for line in (folder / "noted").read_text(encoding="utf-8").splitlines()], done.stdout

    def first(document: str) -> str:
        return next(block.text for block in BLOCKS if block[:2] == (document, "bash"))

    return cache(run)


@pytest.mark.parametrize("document", WITH_COMMANDS)
def test_every_command_runs_and_names_existing_resources(ran, document):
    response, _ = ran(document)

    assert response
    for each in response:
        try:
            aws_cli.check(each.arguments)
        except aws_cli.WrongCommand as wrong:
            pytest.fail(f"aws {' '.join(each.arguments)}: {wrong}")


def test_every_aws_command_of_a_block_is_reached(ran):
    for document in WITH_COMMANDS:
        text = "\n".join(block.text for block in BLOCKS if block[:2] == (document, "bash"))
        written = set(re.findall(r"\baws (\w+ [a-z0-9-]+)", text))
        assert written <= {" ".join(each.arguments[:2]) for each in ran(document)[0]}


def test_a_new_derivation_key_version_goes_in_beside_the_old_ones_and_counts_from_a_second_ahead(ran):
    response, _ = ran("docs/deploy.md")
    [held] = [json.loads(each.stdin) for each in response if each.arguments[1] == "put-secret-value"]
    seconds = sorted(map(int, held))

    assert held.pop("0") == "the-first"
    assert len(held) == 1
    assert 200 < seconds[1] - time.time() <= 300
    assert all(len(version) == 64 for version in held.values())


def test_the_dkim_records_are_printed_as_a_zone_has_them(ran):
    _, printed = ran("docs/deploy.md")

    for token in ("one", "two", "three"):
        assert f"{token}._domainkey.shop.example.com CNAME {token}.dkim.amazonses.com\n" in printed


def test_bash_blocks_are_run_and_blocks_without_a_language_hold_nothing_else_than_what_is_not():
    assert {block.document for block in BLOCKS if block.language == "bash"} == {SESSION, *WITH_COMMANDS}
    assert {block.language for block in BLOCKS} <= {"bash", "json", "toml", "mermaid", "text", ""}
    for block in BLOCKS:
        if not block.language:
            assert all(NOT_RUN.fullmatch(line.strip()) or line.startswith("make ") for line in block.text.splitlines()), block


@pytest.mark.parametrize("block", of("json"))
def test_json_is_json(block):
    json.loads(block.text)


@pytest.mark.parametrize("block", of("toml"))
def test_toml_is_toml_and_sets_parameters_that_there_are_to_what_they_may_be(block):
    overrides = tomllib.loads(block.text).get("parameter_overrides", [])
    values = dict(each.split("=", 1) for each in overrides)

    Template.of_service({name: value.strip('"') for name, value in values.items()})


@pytest.mark.parametrize("block", of("mermaid"))
def test_a_diagram_s_arrows_join_those_who_take_part_and_its_frames_are_closed(block):
    kind, *lines = [line.strip() for line in block.text.splitlines() if line.strip()]
    frames = [line.split()[0] for line in lines if re.match(r"(alt|opt|loop|par|critical|rect|end)\b", line)]

    assert kind in ("sequenceDiagram", "stateDiagram-v2", "flowchart LR", "flowchart TD", "erDiagram")
    if kind == "sequenceDiagram":
        taking_part = {name for line in lines for name in re.findall(r"^(?:participant|actor) (\w+)", line)}
        arrows = [re.match(r"(\w+) ?-?-(?:>>?|\)|x)[+-]?(\w+): \S", line) for line in lines if re.match(r"\w+ ?-", line)]
        assert arrows
        assert all(arrows)
        assert {name for arrow in arrows for name in arrow.groups()} == taking_part
        assert frames.count("end") * 2 == len(frames)
