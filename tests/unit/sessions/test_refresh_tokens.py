import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_auth.base import ids
from customer_auth.base.errors import WrongSession
from customer_auth.otp.redemption import first_secret
from customer_auth.sessions.refresh_tokens import RefreshToken, authenticate

pytestmark = pytest.mark.usefixtures("stored_secrets", "second")

FIRST = RefreshToken("cus_ada", "ses_one", 1, 0, b"s" * 32)


def spoilt(text: str, part: int, put: str) -> str:
    parts = text.split(".")
    parts[part] = put
    return ".".join(parts)


def test_a_token_is_read_back_from_its_text():
    assert authenticate(FIRST.text()) == FIRST


def test_its_text_names_customer_family_version_and_number():
    assert FIRST.text().split(".")[:4] == ["cus_ada", "ses_one", "1", "0"]
    assert FIRST.text().count(".") == 5


def test_it_is_short_enough_for_a_cookie_and_safe_in_a_url():
    token = RefreshToken("cus_" + "z" * 25, "ses_" + "z" * 25, 2_000, 999, b"s" * 32).text()

    assert len(token) < 200
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_its_successor_is_always_the_same_one():
    successor = FIRST.successor()

    assert successor == FIRST.successor()
    assert (successor.generation, successor.family, successor.customer_id, successor.derivation_key_version) == (1, "ses_one", "cus_ada", 1)
    assert successor.secret != FIRST.secret
    assert authenticate(successor.text()) == successor


def test_a_chain_never_comes_back_to_a_secret():
    token, seen = FIRST, set()
    for _ in range(200):
        seen.add(token.secret)
        token = token.successor()

    assert len(seen) == 200


def test_its_sibling_is_another_token_of_the_same_generation_and_one_for_each_number():
    siblings = [FIRST.successor(number) for number in range(4)]

    assert siblings[0] == FIRST.successor()
    assert {token.generation for token in siblings} == {1}
    assert len({token.secret for token in siblings}) == 4
    assert FIRST.successor(2) == siblings[2]


def test_a_first_secret_is_the_same_for_a_repeat_and_another_by_key_challenge_and_version_of_the_derivation_key():
    inputs = ("k" * 20, b"c" * 32, 1)
    others = [("l" * 20, b"c" * 32, 1), ("k" * 20, b"d" * 32, 1), ("k" * 20, b"c" * 32, 2000)]

    assert first_secret(*inputs) == first_secret(*inputs)
    assert len({first_secret(*each) for each in (inputs, *others)}) == 4
    assert first_secret(None, b"c" * 32, 1) is None
    assert first_secret("k" * 20, b"c" * 32, 1500) is None


def test_a_successor_needs_secret_number_and_derivation_key():
    others = [FIRST._replace(secret=b"t" * 32), FIRST._replace(generation=1), FIRST._replace(derivation_key_version=2000)]

    assert len({token.successor().secret for token in (FIRST, *others)}) == 4


def test_a_chain_continues_with_the_derivation_key_that_it_began_with():
    assert FIRST.successor().text().split(".")[2] == "1"


def test_the_table_stores_a_hash_from_which_no_token_can_be_derived():
    assert FIRST.secret_hash == hashlib.sha256(FIRST.secret).digest()
    from_the_dump = FIRST._replace(secret=FIRST.secret_hash)
    tag = FIRST.text().rpartition(".")[2]
    with pytest.raises(WrongSession):
        authenticate(f"{from_the_dump.text().rpartition('.')[0]}.{tag}")


@pytest.mark.parametrize(
    ("part", "put"),
    [
        (0, "cus_eve"),
        (1, "ses_two"),
        (2, "2000"),
        (2, "01"),
        (3, "1"),
        (3, "00"),
        (4, ids.base64url(b"t" * 32)),
        (5, ids.base64url(bytes(32))),
    ],
)
def test_no_part_of_it_can_be_changed(part, put):
    with pytest.raises(WrongSession):
        authenticate(spoilt(FIRST.text(), part, put))


@given(position=st.integers(0, 10_000), letter=st.sampled_from("ABab01-_.~ é"))
def test_no_letter_of_it_can_be_changed(position, letter):
    text = FIRST.text()
    position %= len(text)
    changed = text[:position] + letter + text[position + 1 :]

    if changed != text:
        with pytest.raises(WrongSession):
            authenticate(changed)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            ".",
            "." * 5,
            "." * 500,
            "a.b.1.1.c.d",
            "a.b.-1.1.c.d",
            "a.b.1.x.c.d",
            "a.b.1e3.1.c.d",
            f"a.b.{'9' * 13}.1.c.d",
            "a.b. 1.1.c.d",
        ),
        *("a.b.٣.1.c.d", "a.b.²..c.d", "a.b.1.1.c.é", "\ud800.b.1.1.c.d", "a.b.1.1.c", "a.b.1.1.c.d.e", "x" * 513, "a.b.3000.1.c.d"),
    ],
)
def test_an_invented_token_is_refused(text):
    with pytest.raises(WrongSession):
        authenticate(text)


@given(st.text(max_size=600))
def test_no_text_causes_any_other_error(text):
    with pytest.raises(WrongSession):
        authenticate(text)


def test_a_token_whose_derivation_key_is_gone_is_refused():
    parts = FIRST.text().split(".")
    with pytest.raises(WrongSession):
        authenticate(".".join([*parts[:2], "1500", *parts[3:]]))
    with pytest.raises(WrongSession):
        FIRST._replace(derivation_key_version=1500).successor()
