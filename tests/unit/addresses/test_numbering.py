import re
from datetime import date

import phonenumbers
import pytest

from customer_auth.addresses import numbering, phone
from tests.harness.plans import benin_before_2024

pytestmark = pytest.mark.usefixtures("template_settings")

REGIONS = "US,MX,AR,BJ,CI,BR,TR"
# The old spelling of a mobile number, and today's.
PLANS = {
    "Mexico's 1": ("+52 1 55 1234 5678", "+525512345678"),
    "Argentina without the 9": ("+54 11 2345 6789", "+5491123456789"),
    "Argentina's Córdoba without the 9": ("+54 351 612 3456", "+5493516123456"),
    "Benin's eight digits": ("+229 97 12 34 56", "+2290197123456"),
    "Côte d'Ivoire's eight digits at Moov": ("+225 01 23 45 67", "+2250101234567"),
    "Côte d'Ivoire's eight digits at MTN": ("+225 45 12 34 56", "+2250545123456"),
    "Côte d'Ivoire's eight digits at Orange": ("+225 07 12 34 56", "+2250707123456"),
    "Brazil without the ninth digit": ("+55 11 8765-4321", "+5511987654321"),
    "Brazil's Rio without the ninth digit": ("+55 21 9876-5432", "+5521998765432"),
}


@pytest.mark.parametrize(("spelled", "today"), list(PLANS.values()), ids=PLANS)
def test_an_old_spelling_means_today_s_number(setting, spelled, today):
    setting(ALLOWED_REGIONS=REGIONS)

    address = phone.parse(spelled)

    assert (address.value, address.spelling) == (today, today)
    assert address == phone.parse(today)


@pytest.mark.parametrize(("spelled", "today"), list(PLANS.values()), ids=PLANS)
def test_today_s_number_knows_the_key_that_its_old_spelling_had(setting, spelled, today):
    setting(ALLOWED_REGIONS=REGIONS)
    old = re.sub(r"[^+\d]", "", spelled)

    assert phone.parse(today).former_keys == (f"phone:{old}",)
    assert phone.parse(today).keys == (f"phone:{today}", f"phone:{old}")


@pytest.mark.parametrize(("spelled", "today"), list(PLANS.values()), ids=PLANS)
def test_what_was_stored_under_the_old_spelling_is_found_by_today_s(spelled, today):
    old = re.sub(r"[^+\d]", "", spelled)

    address = phone.from_stored(old)

    assert (address.value, address.spelling, address.destination) == (today, old, today)
    assert (address.key, address.spelled_key) == (f"phone:{today}", f"phone:{old}")


@pytest.mark.parametrize(
    ("region", "spelled", "today"),
    [
        ("MX", "1 55 1234 5678", "+525512345678"),
        ("AR", "11 2345 6789", "+5491123456789"),
        ("AR", "011 15 2345 6789", "+5491123456789"),
        ("BJ", "97 12 34 56", "+2290197123456"),
        ("CI", "07 12 34 56", "+2250707123456"),
        ("BR", "(11) 8765-4321", "+5511987654321"),
    ],
)
def test_a_national_spelling_may_belong_to_the_old_plan_too(setting, region, spelled, today):
    setting(DEFAULT_REGION=region, ALLOWED_REGIONS="")

    assert phone.parse(spelled).value == today


@pytest.mark.parametrize(
    "number",
    [
        "+551178123456",
        "+5511987654321",
        "+525512345678",
        "+2290197123456",
        "+2250707123456",
        "+5491123456789",
        "+12125550123",
        "+905012345678",
    ],
)
def test_a_number_that_can_receive_sms_means_itself(setting, number):
    setting(ALLOWED_REGIONS=REGIONS)

    assert phone.parse(number).value == number
    assert phone.from_stored(number).value == number


@pytest.mark.parametrize(
    "number", ["+551138765432", "+22520212345", "+22912345678", "+5215512345", "+5215012345678", "+12125550123", "+905012345678"]
)
def test_only_mobile_numbers_of_an_old_plan_are_converted(number):
    assert phone.from_stored(number).value == number


def test_emails_and_numbers_of_unchanged_plans_have_one_key(setting):
    assert phone.parse("+12125550123").keys == ("phone:+12125550123",)


@pytest.mark.parametrize("change", numbering.CHANGES, ids=lambda change: f"{change.country} {change.to_current}")
def test_a_change_leads_back_to_where_it_came_from_and_says_since_when_and_by_what_source(change):
    example = phonenumbers.example_number_for_type(change.country, phonenumbers.PhoneNumberType.MOBILE)
    prefix = change.to_current.partition("\\")[0]
    area, digits = ("11", "987654321") if change.country == "BR" else ("", "")
    today = {
        "BR": f"+55{area}{digits}",
        "CI": f"{prefix}0{ {'+22501': 1, '+22505': 5, '+22507': 7}.get(prefix, 0) }123456",
    }.get(change.country, phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))

    [former] = numbering.former(today)

    assert former != today
    assert list(numbering.current(former)) == [today]
    assert date.fromisoformat(f"{change.since}-01-01" if len(change.since) == 4 else change.since) < date(2026, 1, 1)
    assert change.source


def test_a_plan_that_the_library_has_not_heard_of_changes_nothing_yet(setting):
    setting(ALLOWED_REGIONS=REGIONS)

    with benin_before_2024():
        before = phone.parse("+229 97 12 34 56")
        with pytest.raises(ValueError, match="valid phone number"):
            phone.parse("+229 01 97 12 34 56")
    after = phone.from_stored(before.value)

    assert (before.value, before.former_keys) == ("+22997123456", ())
    assert (after.value, after.former_keys) == ("+2290197123456", (before.key,))


@pytest.mark.parametrize(
    ("spelled", "prefixes", "value", "country"),
    [
        ("+1 861 555 0123", "+1861", "+18615550123", "US"),
        ("(861) 555-0123", "+1861", "+18615550123", "US"),
        ("+1 861 555 0123", "+225,+1861", None, ""),
        ("+1 861 555 0123", "+22501, +1861", "+18615550123", "US"),
        ("+229 97 12 34 56", "+2299", "+2290197123456", "BJ"),
    ],
)
def test_an_operator_s_prefix_allows_numbers_that_the_library_does_not_know_yet(setting, spelled, prefixes, value, country):
    setting(ALLOWED_REGIONS=REGIONS, EXTRA_PHONE_PREFIXES=prefixes)
    if value is None:
        with pytest.raises(Exception, match="EXTRA_PHONE_PREFIXES must be"):
            phone.parse(spelled)
        return

    address = phone.parse(spelled)

    assert (address.value, address.country) == (value, country)
    assert address == phone.from_stored(value)
    assert address.masked == f"+{phonenumbers.country_code_for_region(country)}*****{value[-4:]}"


@pytest.mark.parametrize("spelled", ["+1 861 555 01", "+1 861 555 012345", "+1 862 555 0123 4", "861 0123", "+1 900 234 5678"])
def test_a_prefix_allows_no_impossible_length_and_nothing_that_the_library_knows(setting, spelled):
    setting(EXTRA_PHONE_PREFIXES="+1861,+1900")

    with pytest.raises(ValueError, match=r"^must be a (valid phone number|number that can receive SMS)$"):
        phone.parse(spelled)


def test_without_the_prefix_the_number_is_refused():
    with pytest.raises(ValueError, match=r"^must be a valid phone number$"):
        phone.parse("+1 861 555 0123")
