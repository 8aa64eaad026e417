import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_auth.addresses import cleaning

# The tests of the browser's module read it too.
EXAMPLES = json.loads((Path(__file__).parents[2] / "examples" / "cleaning.json").read_text())
CASES = [(kind, each["typed"], each["cleaned"]) for kind, some in EXAMPLES.items() for each in some]


@pytest.mark.parametrize(
    ("kind", "typed", "cleaned"), CASES, ids=[f"{kind}: {each['name']}" for kind in EXAMPLES for each in EXAMPLES[kind]]
)
def test_typed_and_pasted_input_is_cleaned(kind, typed, cleaned):
    assert getattr(cleaning, kind)(typed) == cleaned


def of(*categories: str) -> list[str]:
    """Every character of these categories."""
    return [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in categories]


@pytest.fixture(scope="module")
def unseen():
    return of("Cf")


@pytest.fixture(scope="module")
def gaps():
    return [*of("Zs", "Pd"), "\u2212"]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_no_format_character_is_left_of_any_field(kind, unseen):
    assert getattr(cleaning, kind)("".join(f"{mark}1" for mark in unseen)) == "1" * len(unseen)


@pytest.mark.parametrize("kind", ["phone", "code", "referral_code"])
def test_no_space_or_dash_is_left_where_none_belongs(kind, gaps):
    assert getattr(cleaning, kind)("".join(f"2{gap}" for gap in gaps)) == "2" * len(gaps)


@pytest.mark.parametrize("kind", EXAMPLES)
@given(text=st.text(st.characters(codec="ascii"), max_size=60))
def test_ascii_is_cleaned_like_any_other_text(kind, text):
    assert getattr(cleaning, kind)(text) == getattr(cleaning, kind)(f"{text}\u200b")


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more(text):
    assert cleaning.trim(cleaning.trim(text)) == cleaning.trim(text)
    assert cleaning.is_blank(text) == (cleaning.trim(text) == "")
