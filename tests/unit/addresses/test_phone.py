import random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_auth.addresses import phone
from customer_auth.addresses.address import Channel

pytestmark = pytest.mark.usefixtures("template_settings")

NUMBER = "+12125550123"
PERSIAN, ARABIC, FULL_WIDTH = "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９"

SPELLINGS = {
    "E.164": "+12125550123",
    "with spaces around": "  +12125550123  ",
    "international": "+1 212-555-0123",
    "national": "(212) 555-0123",
    "national with its trunk prefix": "1 212 555 0123",
    "as dialled abroad from home": "011 1 212 555 0123",
    "dots": "212.555.0123",
    "no-break spaces": "+1\u00a0212\u00a0555\u00a00123",
    "non-breaking hyphens": "+1 212\u2011555\u20110123",
    "full-width plus": "＋12125550123",
    "Persian digits": "+۱۲۱۲۵۵۵۰۱۲۳",
    "Arabic digits": "+١٢١٢٥٥٥٠١٢٣",
    "full-width digits": "＋１２１２５５５０１２３",
    "digits of three scripts": "+1۲١２555٠۱２3",
    "in marks of direction": "\u200e+1 212 555 0123\u202c",
    "with brackets around the country code": "(+1) 212 555 0123",
    "as a link": "tel:+1-212-555-0123",
    "with tabs and line ends around": "\t+12125550123\r\n",
    "with a minus sign": "212\u2212555\u22120123",
    "with soft hyphens": "212\u00ad555\u00ad0123",
    "with an invisible space": "+1212\u200b5550123",
}


@pytest.mark.parametrize("spelling", list(SPELLINGS.values()), ids=SPELLINGS)
def test_every_spelling_of_a_number_is_one_address(spelling):
    address = phone.parse(spelling)

    assert address == (Channel.PHONE, NUMBER, NUMBER, "US")
    assert address.key == phone.parse(NUMBER).key


def test_10_000_spellings_of_a_number_are_one_key():
    chance = random.Random(1)  # the same ones every time
    scripts = [str.maketrans("0123456789", script) for script in (PERSIAN, ARABIC, FULL_WIDTH)]
    gaps = ["", " ", "-", ".", "  ", "\u00a0", "\u2011"]

    def spelling() -> str:
        area = chance.choice(["212", "(212)"])
        prefix = chance.choice(["", "1", "+1", "＋1", "011 1"])
        parts = [part.translate(chance.choice(scripts)) if chance.random() < 0.5 else part for part in (prefix, area, "555", "0123")]
        return " " * chance.randrange(3) + chance.choice(gaps).join(filter(None, parts)) + " " * chance.randrange(3)

    spellings = set()
    while len(spellings) < 10_000:
        spellings.add(spelling())

    assert {phone.parse(each).key for each in spellings} == {phone.parse(NUMBER).key}


_SEPARATORS = st.sampled_from(["", " ", "-", ".", "\u00a0", "\u2011", "  "])


@given(
    digits=st.integers(0, 999_9999),
    scripts=st.lists(st.sampled_from(["0123456789", PERSIAN, ARABIC, FULL_WIDTH]), min_size=11, max_size=11),
    gaps=st.lists(_SEPARATORS, min_size=3, max_size=3),
)
def test_no_mixture_of_digits_and_separators_makes_a_second_address(digits, scripts, gaps):
    plain = f"1212{2_000_000 + digits % 8_000_000:07d}"
    one, area, exchange, line = (
        "".join(script[int(digit)] for digit, script in zip(part, scripts[start:], strict=False))
        for part, start in ((plain[:1], 0), (plain[1:4], 1), (plain[4:7], 4), (plain[7:], 7))
    )
    spelled = f"+{one}{gaps[0]}{area}{gaps[1]}{exchange}{gaps[2]}{line}"

    assert _parsed(spelled) == _parsed(f"+{plain}")


def _parsed(text):
    try:
        return phone.parse(text).value
    except ValueError as refused:
        return str(refused)


def test_one_national_number_in_two_countries_is_two_addresses(setting):
    setting(ALLOWED_REGIONS="US,TR", DEFAULT_REGION="TR")

    assert phone.parse("0505 223 45 67").key == phone.parse("+90 505 223 4567").key != phone.parse("+1 505 223 4567").key


@pytest.mark.parametrize(
    ("spelled", "e164"),
    [
        ("0912 345 6789", "+989123456789"),
        ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "+989123456789"),
        ("00989123456789", "+989123456789"),
        ("۰۰۹۰۵۵۵۱۲۳۴۵۶۷", "+905551234567"),
    ],
)
def test_national_input_belongs_to_the_default_region(setting, spelled, e164):
    setting(DEFAULT_REGION="IR", ALLOWED_REGIONS="IR,TR")

    assert phone.parse(spelled).value == e164


NO_NUMBERS = {
    "nothing": "",
    "a space": " ",
    "a plus": "+",
    "a digit": "7",
    "letters": "call me",
    "a vanity number": "1-212-FLOWERS",
    "an extension": "+1 212 555 0123 ext. 4",
    "an extension by parameter": "+12125550123;ext=4",
    "an extension by hash": "+12125550123#4",
    "another URI": "sms:+12125550123",
    "two numbers": "+12125550123,+12125550124",
    "two plusses": "++12125550123",
    "a plus within": "12+125550123",
    "a plus at the end": "12125550123+",
    "digits of another script": "+१२१२५५५०१२३",
    "mathematical digits": "+𝟏𝟐𝟏𝟐𝟓𝟓𝟓𝟎𝟏𝟐𝟑",
    "superscripts": "+¹²¹²⁵⁵⁵⁰¹²³",
    "an email": "ada@example.com",
    "markup": "<b>+12125550123</b>",
    "a lone surrogate": "+1212555012\ud835",
    "too short": "+1212555",
    "too long": "+121255501234",
    "longer than any": "+1" + "2" * 30,
    "longer than a line": "+1" + "2" * 2000,
    "an unknown country": "+999 212 555 0123",
    "no country": "+0 212 555 0123",
    "no such area": "+1 011 555 0123",
    "an emergency number": "911",
    "a short code": "72975",
    "a star code": "*67",
}


@pytest.mark.parametrize("text", list(NO_NUMBERS.values()), ids=NO_NUMBERS)
def test_anything_but_a_number_is_refused_without_repeating_it(text):
    with pytest.raises(ValueError, match=r"^must be a (valid )?phone number$"):
        phone.parse(text)


CANNOT_RECEIVE = {
    "US premium rate": "+19002345678",
    "US toll-free": "+18002345678",
    "US personal": "+15002345678",
    "TR fixed line": "+902123456789",
    "TR premium rate": "+909001234567",
    "TR toll-free": "+908001234567",
    "TR voice over IP": "+908500123456",
    "TR pager": "+905123456789",
    "TR universal access": "+904441444",
    "IR fixed line": "+982123456789",
    "GB fixed line": "+441212345678",
    "GB premium rate": "+449012345678",
    "GB personal": "+447012345678",
    "GB pager": "+447640123456",
    "DE shared cost": "+4918012345",
    "DE premium rate": "+499001234567",
    "DE voicemail": "+49177991234567",
}


@pytest.mark.parametrize("number", list(CANNOT_RECEIVE.values()), ids=CANNOT_RECEIVE)
def test_a_line_that_receives_no_sms_or_costs_more_is_refused(setting, number):
    setting(ALLOWED_REGIONS="US,TR,IR,GB,DE")

    with pytest.raises(ValueError, match=r"^must be a number that can receive SMS$"):
        phone.parse(number)


@pytest.mark.parametrize("number", ["+905012345678", "+989123456789", "+447400123456", "+4915123456789", "+12015550123", "+390612345678"])
def test_only_numbers_of_allowed_regions_are_accepted(setting, number):
    setting(ALLOWED_REGIONS="CA")

    with pytest.raises(ValueError, match=r"^must be of a country that is served here$"):
        phone.parse(number)


@pytest.mark.parametrize("number", ["+905012345678", "+989123456789", "+447400123456", "+4915123456789"])
def test_mobiles_of_every_allowed_region_are_accepted(setting, number):
    setting(ALLOWED_REGIONS="TR, IR,GB,DE")

    assert phone.parse(number).value == number


def test_without_allowed_regions_only_the_default_region_is_served(setting):
    setting(ALLOWED_REGIONS="")

    assert phone.parse("+12015550123").country == "US"
    with pytest.raises(ValueError, match=r"^must be of a country"):
        phone.parse("+16135550123")  # Canada has the same country code


@pytest.mark.parametrize(
    ("number", "masked"), [("+12125550123", "+1*****0123"), ("+905012345678", "+90*****5678"), ("+989123456789", "+98*****6789")]
)
def test_a_masked_number_shows_its_country_and_four_digits(setting, number, masked):
    setting(ALLOWED_REGIONS="US,TR,IR")

    assert phone.parse(number).masked == masked


@given(st.text(max_size=60))
def test_no_text_causes_any_other_error(text):
    assert _parsed(text).startswith(("+", "must be "))


def test_the_library_is_asked_once_for_a_number_that_is_given_and_stored(monkeypatch):
    asked, number_type = [], phonenumbers.number_type
    monkeypatch.setattr(phonenumbers, "number_type", lambda number: asked.append(number) or number_type(number))

    given = phone.parse("+12125550177")
    found = [phone.from_stored("+12125550177"), phone.parse(" +1 (212) 555-0177")]
    other = phone.parse("+12125550178")

    assert found == [given, given]
    assert other != given
    assert len(asked) == 2


def test_a_national_number_is_of_the_region_that_is_set_now(setting):
    setting(DEFAULT_REGION="US")
    assert phone.parse("2125550177").country == "US"

    setting(DEFAULT_REGION="TR")
    with pytest.raises(ValueError, match="must be"):
        phone.parse("2125550177")
