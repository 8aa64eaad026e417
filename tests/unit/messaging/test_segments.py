import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_auth.messaging import segments
from customer_auth.messaging.segments import Segments, count

GSM_7 = sorted(segments._DEFAULT_ALPHABET | segments._EXTENSION_TABLE)


def test_the_default_alphabet_has_its_127_letters_and_the_extension_table_its_10():
    assert len(segments._DEFAULT_ALPHABET) == 127
    assert len(segments._EXTENSION_TABLE) == 10
    assert not segments._DEFAULT_ALPHABET & segments._EXTENSION_TABLE


@pytest.mark.parametrize("letter", "@£Çöüñà¿ΔΩ_\n\r ¤")
def test_a_letter_of_the_default_alphabet_is_one_septet(letter):
    assert count(letter) == Segments("GSM-7", 1, 1)


@pytest.mark.parametrize("letter", "^{}\\[~]|€\f")
def test_a_letter_of_the_extension_table_is_two_septets(letter):
    assert count(letter) == Segments("GSM-7", 2, 1)


@pytest.mark.parametrize("letter", "çğışİĞŞک`’–\u200c\t\x1b")
def test_one_letter_outside_of_gsm_7_makes_the_whole_text_ucs_2(letter):
    assert count("abc" + letter) == Segments("UCS-2", 4, 1)


@pytest.mark.parametrize(("letters", "pieces"), [(0, 1), (160, 1), (161, 2), (306, 2), (307, 3)])
def test_gsm_7_holds_160_septets_alone_and_153_in_each_of_many(letters, pieces):
    assert count("a" * letters) == Segments("GSM-7", letters, pieces)


@pytest.mark.parametrize(("letters", "pieces"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_ucs_2_holds_70_units_alone_and_67_in_each_of_many(letters, pieces):
    assert count("ک" * letters) == Segments("UCS-2", letters, pieces)


def test_no_escape_sequence_is_split_between_two_segments():
    assert count("a" * 304 + "€") == Segments("GSM-7", 306, 2)
    assert count("a" * 152 + "€" + "a" * 152) == Segments("GSM-7", 306, 3)


def test_no_surrogate_pair_is_split_between_two_segments():
    assert [count(letter).units for letter in "\uffff\U00010000😀"] == [1, 2, 2]
    assert count("ک" * 132 + "😀") == Segments("UCS-2", 134, 2)
    assert count("ک" * 66 + "😀" + "ک" * 66) == Segments("UCS-2", 134, 3)


@given(text=st.text())
def test_units_of_ucs_2_are_those_of_utf_16(text):
    counted = count("ک" + text)

    assert counted.units == len(("ک" + text).encode("utf-16-le")) // 2
    assert counted.encoding == "UCS-2"


@given(text=st.text(alphabet=GSM_7))
def test_what_gsm_7_can_spell_is_gsm_7(text):
    assert count(text).encoding == "GSM-7"
