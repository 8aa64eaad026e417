import pytest

from local.clock import Clock
from local.inbox import Inbox, find_code, normal_address

SETTINGS = {"DEFAULT_REGION": "TR", "OTP_LENGTH": "6", "OTP_CHARSET": "numeric", "BRAND_NAME": "Shop 123456"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Your code is 123987.", "123987"),
        ("123456 is your Shop 123456 code", None),
        ("987654 is your Shop 123456 code", "987654"),
        ("Call +15551234567 or 1234567", None),
        ("کد شما ۱۲۳۹۸۷ است", "123987"),
        ("رمزك ١٢٣٩٨٧", "123987"),
        ("111111 is old.\n\n@shop.example.com #222222", "222222"),
        ("No code here", None),
    ],
)
def test_a_numeric_code_is_found_in_any_digits(body, code):
    settings = SETTINGS if body != "123456 is your Shop 123456 code" else SETTINGS | {"BRAND_NAME": "Shop 123456", "OTP_LENGTH": "7"}
    assert find_code(body, settings) == code


def test_an_alphanumeric_code_is_the_word_that_has_a_digit():
    settings = SETTINGS | {"OTP_CHARSET": "alphanumeric"}

    assert find_code("SECRET: your code is K7MP3Q, says SHOPPE", settings) == "K7MP3Q"
    assert find_code("your code is KXMPRQ", settings) == "KXMPRQ"


@pytest.mark.parametrize("spelling", ["+905321234567", "0532 123 45 67", " 905321234567", "۰۵۳۲۱۲۳۴۵۶۷", "(0532) 123-4567"])
def test_every_spelling_of_a_number_is_one_address(spelling):
    assert normal_address(spelling, "TR") == "+905321234567"


def test_an_email_is_compared_in_lower_case_and_any_other_text_as_it_is():
    assert normal_address(" Ada@Example.COM ", "TR") == "ada@example.com"
    assert normal_address("nobody", "TR") == "nobody"


@pytest.mark.parametrize("spelled", ["+52 1 55 1234 5678", "+52 55 1234 5678", " 5215512345678"])
def test_a_number_is_found_by_the_spelling_of_an_old_plan_too(spelled):
    assert normal_address(spelled, "TR") == "+525512345678"


@pytest.fixture
def messages():
    return []


@pytest.fixture
def inbox(messages):
    return Inbox(Clock(), SETTINGS, messages.append)


def test_messages_are_newest_first_and_by_address(inbox, messages):
    inbox.add("sms", "+905321234567", "Your code is 111111", provider="sns")
    inbox.add("email", "ada@example.com", "Your code is 222222", provider="ses", subject="Hello")

    assert [message.code for message in inbox.messages()] == ["222222", "111111"]
    assert [message.to for message in inbox.messages("0532 1234567")] == ["+905321234567"]
    assert inbox.messages("ben@example.com") == []
    assert [message.line() for message in messages] == [
        "sms to +905321234567 · code 111111 · Your code is 111111",
        "email to ada@example.com · code 222222 · Hello",
    ]


def test_a_message_shows_only_what_it_has(inbox):
    inbox.add("sms", "+905321234567", "Welcome", provider="sns")

    assert inbox.messages()[0].as_json().keys() == {"channel", "to", "body", "provider", "sent_at"}


def test_a_message_has_the_stack_s_time():
    clock = Clock()
    clock.advance(10 * 366 * 86_400)
    inbox = Inbox(clock, SETTINGS, lambda _: None)
    inbox.add("sms", "+1", "x", provider="sns")

    assert inbox.messages()[0].sent_at == pytest.approx(clock.iso(), abs=0) or inbox.messages()[0].sent_at[:16] == clock.iso()[:16]
