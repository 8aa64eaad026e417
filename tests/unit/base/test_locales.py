import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_auth.base.locales import Locale, choose


@pytest.mark.parametrize("tag", ["tr", "tr-TR", "tr_TR", "TR", " tr ", "tr-Latn-TR-u-ca-gregory"])
def test_a_tag_is_read_by_its_language_however_it_is_written(tag):
    assert choose(tag, None) is Locale.TR


def test_the_request_s_own_locale_wins_over_the_browser_s():
    assert choose("fa_IR", "tr;q=1.0") is Locale.FA


@pytest.mark.parametrize("locale", [None, "", "de-DE", "trk", "t", "-tr", "tr TR", "\x00", "🇹🇷"])
def test_a_locale_that_says_nothing_leaves_the_choice_to_the_browser(locale):
    assert choose(locale, "tr") is Locale.TR


@pytest.mark.parametrize("header", [None, "", "de", "de-DE,de;q=0.9", "*", ",,;", "tr;q=0", "tr;q=0.000"])
def test_english_is_the_last_choice(header):
    assert choose(None, header) is Locale.EN


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("en;q=0.3, fa;q=0.9, tr;q=0.5", Locale.FA),
        ("tr-TR,tr;q=0.9,en-US;q=0.8,en;q=0.7", Locale.TR),
        ("de, fr;q=0.9, tr;q=0.1", Locale.TR),
        ("fa;q=0.5,tr;q=0.5", Locale.FA),
        ("tr;q=0.5, fa;q=0.501", Locale.FA),
        ("tr;q=0, fa;q=0.1", Locale.FA),
        ("*, tr;q=0.5", Locale.EN),
        ("*;q=0.1, tr;q=0.5", Locale.TR),
        ("en;q=0.5\t,\tTR ; Q=1.000", Locale.TR),
    ],
)
def test_the_browser_s_preferred_supported_language_is_used(header, locale):
    assert choose(None, header) is locale


@pytest.mark.parametrize(
    "broken", ["tr;q=2", "tr;q=nan", "tr;q=-1", "tr;q=1e9", "tr;q=٠.٩", "tr;q=0.1234", "tr;level=1", "tr;;q=1", "t r", "tr tr"]
)
def test_a_malformed_range_is_ignored(broken):
    assert choose(None, f"{broken}, fa;q=0.1") is Locale.FA


def test_a_header_longer_than_any_browser_s_is_ignored():
    assert choose(None, "tr," * 400) is Locale.EN


@pytest.mark.parametrize("hostile", ["a-" * 5_000_000, "," * 10_000_000, " " * 10_000_000, "tr;q=" * 2_000_000])
def test_hostile_input_costs_next_to_nothing(hostile):
    began = time.process_time()

    assert choose(None, hostile) is choose(hostile, None) is Locale.EN
    assert time.process_time() - began < 0.5


_PIECES = st.sampled_from(
    ["en", "tr", "fa", "de", "*", ";q=", "0", "1", ".5", ",", ";", "-", "_", " ", "\t", "q", "=", "é", "\0", "\ud800"]
)
_GARBAGE = st.none() | st.text() | st.lists(_PIECES, max_size=60).map("".join)


@given(locale=_GARBAGE, header=_GARBAGE)
def test_no_garbage_raises(locale, header):
    assert choose(locale, header) in Locale


@given(header=_GARBAGE)
def test_the_request_s_locale_is_used_whatever_the_browser_says(header):
    assert choose("fa-IR", header) is Locale.FA


@given(weights=st.dictionaries(st.sampled_from(list(Locale)), st.integers(1, 1000), min_size=1))
def test_the_greatest_weight_wins(weights):
    chosen = choose(None, ", ".join(f"{locale};q={weight / 1000:.3f}" for locale, weight in weights.items()))

    assert weights[chosen] == max(weights.values())


def test_only_persian_runs_from_right_to_left_and_has_its_own_digits():
    assert [locale.direction for locale in (Locale.EN, Locale.TR, Locale.FA)] == ["ltr", "ltr", "rtl"]
    assert [locale.number(10) for locale in (Locale.EN, Locale.TR, Locale.FA)] == ["10", "10", "۱۰"]
