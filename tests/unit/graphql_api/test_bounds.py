"""What a document may come to, counted before it is validated."""

import pytest
from graphql import parse

from customer_auth.base.errors import BadRequest
from customer_auth.graphql_api import bounds


def refusal(document: str) -> str | None:
    try:
        bounds.check(parse(document))
    except BadRequest as refused:
        return refused.message
    return None


def deep(levels: int) -> str:
    return "a { " * (levels - 1) + "a" + " }" * (levels - 1)


@pytest.mark.parametrize(
    ("document", "is_allowed"),
    [
        (f"{{ {deep(7)} }}", True),
        (f"{{ {deep(8)} }}", False),
        (f"{{ ... {{ {deep(7)} }} }}", True),
        (f"{{ ... {{ {deep(8)} }} }}", False),
        (f"{{ a {{ ...F }} }} fragment F on A {{ {deep(6)} }}", True),
        (f"{{ a {{ ...F }} }} fragment F on A {{ {deep(7)} }}", False),
        (f"{{ ...F a {{ ...F }} }} fragment F on A {{ {deep(7)} }}", False),
        (f"{{ __schema {{ {deep(20)} }} }}", True),
        (f'{{ __type(name: "A") {{ {deep(20)} }} }}', True),
        (f"{{ a {{ __schema {{ {deep(20)} }} }} }}", True),
        (f"query A {{ a }} query B {{ {deep(8)} }}", False),
        (f"fragment F on A {{ {deep(8)} }} {{ a }}", True),  # nobody asks for it
    ],
)
def test_fields_lie_within_seven_others_at_most_wherever_they_are_written(document, is_allowed):
    assert refusal(document) == (None if is_allowed else "An operation may be 7 fields deep at most")


@pytest.mark.parametrize(
    ("document", "is_allowed"),
    [
        ("{ " + "a " * 15 + "}", True),
        ("{ " + "a " * 16 + "}", False),
        ("{ " + " ".join(f"a{i}: a" for i in range(16)) + " }", False),
        ("{ " + " ".join(f"a{i}: a @skip(if: true)" for i in range(16)) + " }", False),
        ("{ " + "...F " * 8 + "} fragment F on A { a b }", False),
        ("{ " + "...F " * 7 + "} fragment F on A { a b }", True),
        ("{ ...F } fragment F on A { ...G ...G } fragment G on A { " + "a " * 8 + "}", False),
        ("{ ... { ... on A { " + "a " * 16 + "} } }", False),
        ("{ ...F } fragment F on A { ...F }", True),  # which is refused by validation
    ],
)
def test_an_operation_names_fifteen_root_fields_at_most(document, is_allowed):
    assert refusal(document) == (None if is_allowed else "An operation may have 15 root fields at most")


@pytest.mark.parametrize(
    ("document", "is_allowed"),
    [
        ("mutation { a }", True),
        ("mutation { __typename a b: __typename }", True),
        ("mutation { a b }", False),
        ("mutation { a ...F } fragment F on A { b }", False),
        ("mutation { ...F ...F } fragment F on A { a }", False),
        ("mutation { a ...F } fragment F on A { __typename }", True),
        ("query { a b }", True),
    ],
)
def test_an_operation_has_one_mutation(document, is_allowed):
    assert refusal(document) == (None if is_allowed else "A request may have one mutation field")


def test_fragments_that_double_sixty_times_are_counted_once_each():
    doubling = " ".join(f"fragment F{i} on A {{ ...F{i + 1} ...F{i + 1} }}" for i in range(60))

    assert refusal(f"{{ ...F0 }} {doubling} fragment F60 on A {{ a }}") == "An operation may have 15 root fields at most"
