"""The field for country and number: it formats numbers like libphonenumber while they are typed."""

import subprocess
import sys

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from playwright.sync_api import expect

from tests.harness.local_stack import ROOT

# libphonenumber rearranges these countries' national numbers (a 9 becomes a 15); the field does not.
NOT_FORMATTED_NATIONALLY = {"AR"}


def test_the_formats_are_those_of_the_installed_libphonenumber():
    checked = subprocess.run([sys.executable, "tools/phone_formats.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout


def read(page, cases):
    """What the field reads in each text, for its default region."""
    script = """async (cases) => {
        const { readPhone } = await import("/_local/demo/phone-field.js");
        return cases.map(([region, text]) => readPhone(text, region));
    }"""
    return page.evaluate(script, cases)


def examples():
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
        if number:
            yield region, number


def test_every_countrys_mobile_number_is_known_and_written_as_its_people_do(demo):
    cases, expected = [], []
    for region, number in examples():
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        cases.append((region, e164))
        written = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
        expected.append((written, phonenumbers.region_code_for_number(number), e164))
    results = [(each["text"], each["region"], each["number"]) for each in read(demo.page, cases)]

    assert len(results) > 200
    assert results == expected


def test_every_country_s_national_numbers_are_also_written_so_and_understood_by_the_service(demo):
    cases, expected = [], []
    for region, number in examples():
        written = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        if region not in NOT_FORMATTED_NATIONALLY:
            cases.append((region, "".join(filter(str.isdigit, written))))
            expected.append((written, number))
    results = read(demo.page, cases)

    sent = [phonenumbers.parse(each["number"], region) for (region, _), each in zip(cases, results, strict=True)]
    assert [(each["text"], number) for each, number in zip(results, sent, strict=True)] == expected


@pytest.mark.parametrize(
    ("typed", "written", "chip", "hint"),
    [
        ("4155550123", "(415) 555-0123", "+1", "United States"),
        ("14155550123", "1 (415) 555-0123", "+1", "United States"),
        ("+905321234567", "+90 532 123 45 67", "TR", "Türkiye"),
        ("00989123456789", "+98 912 345 6789", "IR", "Iran"),
        ("+16475550123", "+1 647-555-0123", "CA", "Canada"),
        ("+", "+", "", "Begin with + and the country code"),
    ],
)
def test_a_number_is_formatted_and_its_country_named_while_it_is_typed(demo, typed, written, chip, hint):
    demo.phone.press_sequentially(typed)

    expect(demo.phone).to_have_value(written)
    expect(demo.page.locator("#country")).to_have_text(chip)
    expect(demo.page.locator("#phone-hint")).to_contain_text(hint)


def test_digits_are_inserted_and_erased_in_the_middle_and_the_caret_stays_there(demo):
    press = demo.page.keyboard.press
    demo.phone.press_sequentially("4155550123")
    for _ in range(5):
        press("ArrowLeft")  # (415) 555|-0123
    press("Backspace")
    expect(demo.phone).to_have_value("(415) 550-123")
    demo.page.keyboard.type("7")
    expect(demo.phone).to_have_value("(415) 557-0123")

    press("End")
    for _ in range(8):
        press("ArrowLeft")  # (415) |557-0123
    press("Backspace")
    expect(demo.phone).to_have_value("(415) 570-123")
