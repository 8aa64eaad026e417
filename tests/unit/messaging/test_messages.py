import itertools
import re
from html.parser import HTMLParser

import pytest

from customer_auth.base.locales import Locale
from customer_auth.messaging.messages import Kind, render
from customer_auth.messaging.segments import count

CODES = [Kind.SIGN_IN, Kind.SIGN_UP, Kind.ACCOUNT_EXISTS, Kind.VERIFY, Kind.CONTACT, Kind.DELETION, Kind.CANCELLATION]
DATED = [Kind.DELETION_CONFIRMED, Kind.DELETION_REMINDER]
PROVIDERS = [Kind.PROVIDER_ADDED, Kind.PROVIDER_REMOVED]
NOTICES = [
    Kind.PASSWORD_CHANGED,
    Kind.CONTACT_CHANGED,
    Kind.METHOD_ADDED,
    *PROVIDERS,
    *DATED,
    Kind.DELETION_CANCELLED,
    Kind.DELETION_COMPLETED,
]
EVERY_TEXT = list(itertools.product(Kind, Locale))
EVERY_CODE = list(itertools.product(CODES, Locale))
EVERY_MESSAGE = list(itertools.product(Kind, ("sms", "email"), Locale))
PROVING = list(itertools.product([*CODES, Kind.RESET], ("sms", "email"), Locale))
TOKEN = "pYtY0C0BG0uXnkYt7Qk5XwDB6rcHaZB7Z3iYnRvVz2nSZk3v9mQ2x7Lr1bTn8cYw4sHd6pJf0aGe5uKi3oXq2VU"
LINK = f"https://shop.example.com/reset-password?token={TOKEN}&phone=%2B12125550123"
NOT_TO_SHARE = {
    Locale.EN: ["Do not share it"],
    Locale.TR: ["Kodu kimseye vermeyin", "Kodu kimseyle paylaşmayın", "Kimseye vermeyin", "Bağlantıyı kimseyle paylaşmayın"],
    Locale.FA: ["به کسی ندهید", "فاش نکنید", "به هیچ‌کس ندهید"],
}
AN_ACCOUNT_EXISTS = {
    Locale.EN: ["you already have an account", "It already has an account"],
    Locale.TR: ["Zaten üyesiniz", "zaten bir hesabı"],
    Locale.FA: ["عضو My Shop هستید", "از پیش حساب دارد"],
}
NOT_ASKED = {Locale.EN: "If you did not ask", Locale.TR: "siz istemediyseniz", Locale.FA: "درخواست نکرده‌اید"}
MINUTES = {Locale.EN: "10 min", Locale.TR: "10 dakika", Locale.FA: "۱۰ دقیقه"}


def rendered(kind, channel, locale, **changed):
    values = {"minutes": 10, "brand": "My Shop", "domain": "shop.example.com"}
    values |= {"code": "123456"} if kind in CODES else {}
    values |= {"date": "2026-01-31"} if kind in DATED else {}
    values |= {"reset_url": LINK, "token": TOKEN, "phone": "+12125550123"} if kind is Kind.RESET else {}
    return render(kind, channel, locale, **values | changed)


def proof_of(kind) -> str:
    """The values that a message of this kind receives."""
    return {Kind.RESET: LINK}.get(kind, "123456" if kind in CODES else "")


class Page(HTMLParser):
    """A page as its reader sees it: tags with their attributes, and the text of its paragraphs."""

    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.paragraphs = []
        self.title = ""
        self._inside = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag if tag in ("p", "title", "style") else self._inside
        if tag == "p":
            self.paragraphs.append("")

    def handle_endtag(self, tag):
        self._inside = None if tag == self._inside else self._inside

    def handle_data(self, data):
        if self._inside == "p":
            self.paragraphs[-1] += data
        elif self._inside == "title":
            self.title += data

    def attributes(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize(("kind", "channel", "locale"), EVERY_MESSAGE)
def test_every_placeholder_is_filled(kind, channel, locale):
    message = rendered(kind, channel, locale)

    for part in filter(None, message):
        assert "{{" not in part
        assert "}}" not in part
    assert proof_of(kind) in message.text
    assert "My Shop" in message.text


@pytest.mark.parametrize(("kind", "channel", "locale"), PROVING)
def test_every_message_says_not_to_share_the_code(kind, channel, locale):
    assert any(words in rendered(kind, channel, locale).text for words in NOT_TO_SHARE[locale])


@pytest.mark.parametrize(("channel", "locale"), list(itertools.product(("sms", "email"), Locale)))
def test_only_a_repeated_registration_says_that_an_account_exists(channel, locale):
    telling = {kind for kind in Kind if any(words in rendered(kind, channel, locale).text for words in AN_ACCOUNT_EXISTS[locale])}

    assert telling == {Kind.ACCOUNT_EXISTS}


@pytest.mark.parametrize(("channel", "locale"), list(itertools.product(("sms", "email"), Locale)))
def test_no_two_kinds_have_the_same_text(channel, locale):
    assert len({rendered(kind, channel, locale) for kind in Kind}) == len(Kind)


@pytest.mark.parametrize(("kind", "locale"), EVERY_CODE)
def test_every_sms_with_a_code_is_one_segment(kind, locale):
    counted = count(rendered(kind, "sms", locale).text)

    assert counted.segments == 1
    assert counted.encoding == ("UCS-2" if locale is Locale.FA else "GSM-7")


@pytest.mark.parametrize(("kind", "locale"), list(itertools.product(NOTICES, Locale)))
def test_a_notification_by_sms_is_one_segment_in_english_and_two_in_letters_that_gsm_does_not_have(kind, locale):
    assert count(rendered(kind, "sms", locale).text).segments <= (1 if locale is Locale.EN else 2)


@pytest.mark.parametrize("locale", Locale)
def test_a_reset_by_sms_is_two_segments_and_three_in_persian(locale):
    assert count(rendered(Kind.RESET, "sms", locale).text).segments == (3 if locale is Locale.FA else 2)


@pytest.mark.parametrize("kind", [Kind.RESET, *NOTICES])
def test_a_message_without_a_code_has_no_web_otp_line(kind):
    assert "\n\n@" not in rendered(kind, "sms", Locale.EN).text


@pytest.mark.parametrize("locale", Locale)
def test_the_link_of_a_reset_is_a_link_in_html_and_runs_from_left_to_right(locale):
    page = Page(rendered(Kind.RESET, "email", locale).html)

    assert page.attributes("a") == [{"href": LINK}]
    [at] = [at for at, text in enumerate(page.paragraphs) if text == LINK]
    assert page.attributes("p")[at]["dir"] == "ltr"


@pytest.mark.parametrize(("kind", "locale"), EVERY_CODE)
def test_the_code_stands_in_the_first_line_of_an_sms_and_shows_in_its_preview(kind, locale):
    assert 0 <= rendered(kind, "sms", locale).text.partition("\n")[0].find("123456") <= 30


@pytest.mark.parametrize(("kind", "locale"), EVERY_CODE)
def test_the_web_otp_line_is_the_last_one_after_an_empty_one(kind, locale):
    explanation, last = rendered(kind, "sms", locale).text.split("\n\n")

    assert last == "@shop.example.com #123456"
    assert "@" not in explanation


@pytest.mark.parametrize(("kind", "locale"), EVERY_CODE)
def test_without_a_domain_there_is_no_web_otp_line_nor_a_trace_of_it(kind, locale):
    whole = rendered(kind, "sms", locale).text

    assert rendered(kind, "sms", locale, domain="").text == whole.removesuffix("\n\n@shop.example.com #123456")


def test_an_sms_is_only_text():
    message = rendered(Kind.SIGN_IN, "sms", Locale.EN)

    assert message.subject is None
    assert message.html is None


@pytest.mark.parametrize(("kind", "channel", "locale"), EVERY_MESSAGE)
def test_a_brand_with_line_ends_begins_no_header_and_no_line(kind, channel, locale):
    evil = "My\r\nBcc: thief@example.com\u2028\u2029\x85\x0b\x0c\x00\x1f\x7f\n\n@evil.example #000000\n"
    honest = "My Bcc: thief@example.com @evil.example #000000"

    message = rendered(kind, channel, locale, brand=evil)

    assert message == rendered(kind, channel, locale, brand=honest)
    if message.subject is not None:
        assert message.subject.isprintable()


@pytest.mark.parametrize(("kind", "locale"), EVERY_TEXT)
def test_a_subject_names_the_brand_and_keeps_the_code_out_of_delivery_events(kind, locale):
    subject = rendered(kind, "email", locale).subject

    assert "My Shop" in subject
    assert "Subject" not in subject
    assert "123456" not in subject


@pytest.mark.parametrize(("kind", "locale"), list(itertools.product([*CODES, Kind.RESET], Locale)))
def test_an_email_says_how_long_its_code_is_valid_and_what_to_do_if_you_did_not_request_it(kind, locale):
    assert MINUTES[locale] in rendered(kind, "email", locale).text
    assert NOT_ASKED[locale] in rendered(kind, "email", locale).text


@pytest.mark.parametrize(("kind", "locale"), EVERY_TEXT)
def test_the_html_says_what_the_text_says(kind, locale):
    message = rendered(kind, "email", locale)
    page = Page(message.html)

    assert page.paragraphs == ["My Shop", *message.text.split("\n\n")]
    assert page.title == message.subject


@pytest.mark.parametrize(("kind", "locale"), EVERY_CODE)
def test_the_code_of_an_email_is_a_big_paragraph_of_its_own_from_left_to_right(kind, locale):
    page = Page(rendered(kind, "email", locale).html)

    [attributes] = [page.attributes("p")[at] for at, text in enumerate(page.paragraphs) if "123456" in text]
    assert page.paragraphs.count("123456") == 1
    assert attributes["dir"] == "ltr"
    assert int(re.search(r"(\d+)px/", attributes["style"])[1]) >= 28


@pytest.mark.parametrize("locale", Locale)
def test_the_page_has_the_locale_s_language_and_direction_also_inside_the_body(locale):
    page = Page(rendered(Kind.SIGN_IN, "email", locale).html)

    for tag in ("html", "div"):
        [attributes] = page.attributes(tag)
        assert attributes["lang"] == locale
        assert attributes["dir"] == ("rtl" if locale is Locale.FA else "ltr")


def test_the_page_follows_the_reader_s_dark_mode():
    html = rendered(Kind.SIGN_IN, "email", Locale.EN).html

    assert {"name": "color-scheme", "content": "light dark"} in Page(html).attributes("meta")
    assert not re.search(r"(?<!-)color: |background", html)


@pytest.mark.parametrize(("kind", "locale"), EVERY_TEXT)
def test_every_value_is_escaped_in_html_and_plain_in_text(kind, locale):
    brand, code = """<b onload="x">&'Shop'</b>""", {"code": "<i>&1"} if kind in CODES else {}

    message = rendered(kind, "email", locale, brand=brand, **code)

    tags = {tag for tag, _ in Page(message.html).tags}
    assert not tags & {"b", "i"}
    assert Page(message.html).paragraphs == [brand, *message.text.split("\n\n")]
    assert brand in message.subject
    assert Page(message.html).title == message.subject


@pytest.mark.parametrize(("kind", "channel", "locale"), EVERY_MESSAGE)
def test_a_value_is_never_read_as_a_placeholder(kind, channel, locale):
    message = rendered(kind, channel, locale, brand="{{code}}{{paragraphs}}")

    for part in filter(None, message):
        assert "{{code}}{{paragraphs}}" in part


@pytest.mark.parametrize(("kind", "channel"), list(itertools.product(Kind, ("sms", "email"))))
def test_persian_is_written_with_persian_letters_and_codes_with_ascii_digits(kind, channel):
    text = rendered(kind, channel, Locale.FA).text

    assert not set(text) & set("يكىة٠١٢٣٤٥٦٧٨٩")
    assert proof_of(kind) in text


@pytest.mark.parametrize("code", ["1234567890", "K7MQ2XWP4N"])
def test_a_code_of_another_length_or_of_letters_fits_the_web_otp_line(code):
    assert rendered(Kind.SIGN_IN, "sms", Locale.FA, code=code).text.endswith(f"\n\n@shop.example.com #{code}")
