import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_auth.addresses import email
from customer_auth.addresses.address import Channel

ONE_MAILBOX = {
    "plain": "ada@bücher.example",
    "with spaces around": "  ada@bücher.example ",
    "in upper case": "ADA@BÜCHER.EXAMPLE",
    "decomposed": "ada@bu\u0308cher.example",
    "in A-labels": "ada@xn--bcher-kva.example",
    "in A-labels in upper case": "Ada@XN--BCHER-KVA.example",
    "with a full-width domain": "ada@ｂücher.ｅxample",
    "with an ideographic full stop": "ada@bücher。example",
    "with a soft hyphen in the domain": "ada@bü\u00adcher.example",
    "as a link": "mailto:ada@bücher.example",
    "with an invisible space": "ada\u200b@bücher.example",
    "in marks of direction": "\u202aada@bücher.example\u202c",
    "with tabs and line ends around": "\tada@bücher.example\r\n",
}


@pytest.mark.parametrize("text", list(ONE_MAILBOX.values()), ids=ONE_MAILBOX)
def test_every_spelling_of_a_mailbox_is_one_address(text):
    address = email.parse(text)

    assert (address.channel, address.value) == (Channel.EMAIL, "ada@xn--bcher-kva.example")
    assert address.key == email.parse("ada@bücher.example").key


def test_the_typed_spelling_is_kept_for_display_and_mail():
    address = email.parse(" Ada.Lovelace@Example.COM ")

    assert (address.value, address.spelling) == ("ada.lovelace@example.com", "Ada.Lovelace@example.com")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@faß.de", "ada@fass.de"),
        ("ada@βόλος.com", "ada@βόλοσ.com"),
        ("ada+shop@example.com", "ada@example.com"),
        ("a.da@example.com", "ada@example.com"),
        ("ada@example.com", "ada@mail.example.com"),
    ],
)
def test_mailboxes_that_only_look_alike_are_two(one, other):
    assert email.parse(one).key != email.parse(other).key


def test_the_domain_becomes_a_labels_by_non_transitional_uts_46():
    assert email.parse("ada@faß.de").value == "ada@xn--fa-hia.de"
    assert email.parse("ada@مثال.إختبار").value == "ada@xn--mgbh0fb.xn--kgbechtv"


NO_MAILBOXES = {
    "nothing": "",
    "a space": " ",
    "no at": "ada.example.com",
    "no local part": "@example.com",
    "no domain": "ada@",
    "two ats": "ada@lovelace@example.com",
    "a host": "ada@localhost",
    "an address literal": "ada@[192.0.2.1]",
    "an IPv4 address": "ada@192.0.2.1",
    "a numeric top level": "ada@example.123",
    "a root dot": "ada@example.com.",
    "an empty label": "ada@example..com",
    "a leading dot in the domain": "ada@.example.com",
    "a hyphen first": "ada@-example.com",
    "a hyphen last": "ada@example-.com",
    "an underscore": "ada@exam_ple.com",
    "a label of 64": f"ada@{'a' * 64}.com",
    "a domain of 256": f"ada@{'a.' * 126}comm",
    "a broken A-label": "ada@xn--zzzzzzzz99.example",
    "mixed directions": "ada@a\u05d0b.example",
    "a dot first": ".ada@example.com",
    "a dot last": "ada.@example.com",
    "two dots": "ada..lovelace@example.com",
    "a quoted local part": '"ada lovelace"@example.com',
    "a space within": "ada lovelace@example.com",
    "a comment": "ada(comment)@example.com",
    "a name": "Ada <ada@example.com>",
    "a list": "ada@example.com,eve@example.com",
    "a list by semicolon": "ada@example.com;eve@example.com",
    "a header": "ada@example.com\r\nBcc: eve@example.com",
    "a header in the local part": "ada\r\nBcc: eve@example.com",
    "a line end": "ada\n@example.com",
    "a NUL": "ada\x00@example.com",
    "a local part of 65": f"{'a' * 65}@example.com",
    "255 octets": f"{'a' * 63}@{'b' * 61}.{'c' * 61}.{'d' * 61}.{'e' * 5}",
    "300 characters": f"ada@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 50}.com",
    "a phone number": "+12125550123",
}


@pytest.mark.parametrize("text", list(NO_MAILBOXES.values()), ids=NO_MAILBOXES)
def test_anything_but_a_plain_mailbox_is_refused_without_repeating_it(text):
    with pytest.raises(ValueError, match=r"^must be an email address$"):
        email.parse(text)


@pytest.mark.parametrize(
    "local",
    ["straße", "аda", "ıda", "ادا", "é", "ａda", "adaﬁ", "①da", "ad\u0061\u0308", "ℌda", "ada²", "ada\ud800", "ada\ue000", "a\u00a0b"],
)
def test_a_local_part_that_is_not_ascii_is_refused_because_ses_does_not_send_to_it(local):
    with pytest.raises(ValueError, match=r"^must be an email address with plain letters, a to z, before the @$"):
        email.parse(f"{local}@example.com")


@pytest.mark.parametrize(
    "text",
    [
        "a@b.co",
        "!#$%&'*+/=?^_`{|}~-@example.com",
        "ada@1.example.com",
        "ada@example.xn--p1ai",
        f"{'a' * 64}@example.com",
    ],
)
def test_unusual_mailboxes_are_accepted(text):
    assert email.parse(text).spelling == text


def test_254_octets_are_the_longest_address():
    text = f"{'a' * 63}@{'b' * 61}.{'c' * 61}.{'d' * 61}.eeee"

    assert len(text) == 254
    assert email.parse(text).value == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [("ada@example.com", "a***@example.com"), ("Ada@Bücher.example", "a***@xn--bcher-kva.example")],
)
def test_a_masked_mailbox_shows_one_letter_and_the_domain(text, masked):
    assert email.parse(text).masked == masked


_ATOMS = st.text(string.ascii_letters + string.digits + "!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=20)
_LABELS = st.from_regex(r"[a-z]([a-z0-9]{0,20}[a-z])?", fullmatch=True)


@given(local=st.lists(_ATOMS, min_size=1, max_size=3).map(".".join), domain=st.lists(_LABELS, min_size=1, max_size=3).map(".".join))
def test_case_never_makes_a_second_mailbox(local, domain):
    text = f"{local}@{domain}.com"

    assert email.parse(text).key == email.parse(text.upper()).key == email.parse(text.swapcase()).key


@given(st.text(max_size=80) | st.text(alphabet=st.sampled_from("a@.-_é\u0308ßİσΣ١\u200d\u202e\ud800\n"), max_size=30))
def test_an_accepted_email_is_one_line_with_one_at_and_in_canonical_form(text):
    try:
        address = email.parse(text)
    except ValueError as refused:
        assert str(refused).startswith("must be an email address")  # noqa: PT017 (either outcome is right)
        return
    assert address.spelling.count("@") == 1
    assert address.spelling.isascii()
    assert address.spelling.isprintable()
    assert email.parse(address.value).value == address.value
