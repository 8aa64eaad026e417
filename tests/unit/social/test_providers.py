"""What is decided without a request: whose emails are verified, Apple's secret and names, and which addresses requests may go to."""

import json

import jwt
import pytest

from customer_auth.base import clock
from customer_auth.customers.customers import Names
from customer_auth.outgoing import provider_http
from customer_auth.outgoing.deadline import Deadline
from customer_auth.social import apple, apple_form, google, profile_fields
from customer_auth.social.facebook import FacebookProvider
from customer_auth.social.provider import code_challenge
from tests.harness.provider_tokens import ec_key, rsa_key

NOW = 1_800_000_000
TEAM_KEY = ec_key("of the team")


@pytest.fixture
def second(monkeypatch):
    def at(now):
        monkeypatch.setattr(clock, "source", lambda: now)

    at(NOW)
    return at


@pytest.mark.parametrize(
    ("claims", "is_verified"),
    [
        ({"email": "ada@gmail.com", "email_verified": True}, True),
        ({"email": "Ada@GMail.com", "email_verified": "true"}, True),
        ({"email": "ada@shop.example", "email_verified": True, "hd": "shop.example"}, True),
        ({"email": "ada@shop.example", "email_verified": True}, False),
        ({"email": "ada@shop.example", "email_verified": True, "hd": ""}, False),
        ({"email": "ada@shop.example", "email_verified": True, "hd": True}, False),
        ({"email": "ada@gmail.com.example", "email_verified": True}, False),
        ({"email": "ada@notgmail.com", "email_verified": True}, False),
        ({"email": "ada@gmail.com"}, False),
        ({"email": "ada@gmail.com", "email_verified": "false"}, False),
        ({"email": "ada@gmail.com", "email_verified": False}, False),
        ({"email": "ada@gmail.com", "email_verified": 1}, False),
        ({"email": "ada@gmail.com", "email_verified": "True"}, False),
        ({"email": "ada@gmail.com", "email_verified": ["true"]}, False),
        ({"email_verified": True}, False),
    ],
    ids=str,
)
def test_google_vouches_for_gmail_and_workspace_alone(claims, is_verified):
    assert google.is_verified(claims) is is_verified


def secret(private_key=TEAM_KEY.pem):
    return apple.ClientSecret(team_id="TEAM", key_id="KEY", client_id="client", private_key=lambda: private_key, audience=apple.ISSUER)


def test_apple_s_client_secret_is_what_apple_asks_for(second):
    text = secret()()

    assert jwt.get_unverified_header(text) == {"alg": "ES256", "kid": "KEY", "typ": "JWT"}
    options = {"verify_exp": False, "verify_iat": False}
    assert jwt.decode(text, TEAM_KEY.private.public_key(), ["ES256"], audience=apple.ISSUER, options=options) == {
        "iss": "TEAM",
        "sub": "client",
        "aud": apple.ISSUER,
        "iat": NOW,
        "exp": NOW + 600,
    }


def test_apple_s_client_secret_is_made_again_a_minute_before_its_end(second):
    make = secret()
    first = make()
    second(NOW + 539)
    assert make() == first

    second(NOW + 540)
    assert make() != first


def test_the_line_ends_of_apple_s_key_may_be_written_as_backslash_n(second):
    assert secret(TEAM_KEY.pem.replace("\n", "\\n"))()


@pytest.mark.parametrize("text", ["", "secret words", rsa_key("rsa").pem, TEAM_KEY.pem[:100]], ids=["empty", "no PEM", "RSA", "cut"])
def test_what_is_no_key_of_apple_s_is_refused_and_not_repeated(text):
    with pytest.raises(ValueError, match="must be a private key") as refusal:
        apple.private_key_of(text)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("user", "names"),
    [
        ('{"name": {"firstName": "Ada", "lastName": "Lovelace"}, "email": "a@b.example"}', Names("Ada", "Lovelace")),
        ('{"name": {"firstName": " Ada ", "middleName": "King"}}', Names("Ada", None)),
        ('{"name": {"firstName": 1, "lastName": ["x"]}}', Names()),
        ('{"name": {"firstName": "A\\u0000da", "lastName": "\\ud800"}}', Names()),
        (json.dumps({"name": {"firstName": "x" * 101, "lastName": "x" * 100}}), Names(None, "x" * 100)),
        ('{"name": "Ada"}', Names()),
        ('{"name": {}, "name": {"firstName": "Eve"}}', Names()),
        ("{}", Names()),
        ("[]", Names()),
        ("Ada", Names()),
        ("", Names()),
        ("[" * 4_000, Names()),
        (json.dumps({"name": {"firstName": "Ada"}, "more": "x" * 4_096}), Names()),
    ],
    ids=[str(number) for number in range(13)],
)
def test_names_are_read_from_what_apple_posts_and_from_nothing_else(user, names):
    assert apple_form.names_from_user(user) == names


@pytest.mark.parametrize(
    ("url", "is_accepted"),
    [
        ("https://pictures.example/ada.jpg?size=1", True),
        ("http://pictures.example/ada.jpg", False),
        ("javascript:alert(1)//https://pictures.example", False),
        ("https://pictures.example/a b", False),
        ("https://pictures.example/" + "x" * 2_048, False),
        (None, False),
        (["https://pictures.example/"], False),
    ],
)
def test_a_picture_is_an_https_address(url, is_accepted):
    assert profile_fields.picture(url) == (url if is_accepted else None)


@pytest.mark.parametrize("email", [None, 1, "", "ada", "a\n@b.example", "x" * 250 + "@b.example"])
def test_what_is_no_email_counts_as_none(email):
    assert profile_fields.email(email) is None


ALLOWED = [
    "https://accounts.google.com/o/oauth2/v2/auth",
    "https://id.example:8443/token?tenant=1",
    "http://localhost:3000/token",
    "http://127.0.0.1/",
    "http://127.9.9.9:1/",
    "http://[::1]:3000/",
]
REFUSED = [
    "http://id.example/token",
    "http://localhost.example/",
    "http://127.0.0.1.example/",
    "http://169.254.169.254/latest/meta-data/",
    "http://127.1/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://localhost@id.example/",
    "https://user:password@id.example/",
    "https://id.example/#fragment",
    "https://id.example:0/",
    "https://id.example:99999/",
    "https://id.example/a b",
    "https://id.example/\r\nx: y",
    "https://id.example\\@other.example/",
    "https://ïd.example/",
    "https:///token",
    "https://-id.example/",
    "https://[::1/",
    "ftp://id.example/",
    "file:///etc/passwd",
    "//id.example/",
    "",
    None,
    "https://id.example/" + "x" * 2_048,
]


@pytest.mark.parametrize("url", ALLOWED)
def test_a_request_may_go_to_https_or_to_this_machine(url):
    assert provider_http.is_allowed(url)


@pytest.mark.parametrize("url", REFUSED, ids=[str(number) for number in range(len(REFUSED))])
def test_a_request_goes_nowhere_else(url):
    assert not provider_http.is_allowed(url)


def test_parameters_are_added_to_those_that_an_endpoint_has():
    assert provider_http.with_query("https://id.example/auth", {"a": "b c"}) == "https://id.example/auth?a=b+c"
    assert provider_http.with_query("https://id.example/auth?tenant=1", {"a": "b"}) == "https://id.example/auth?tenant=1&a=b"


def test_the_code_challenge_is_that_of_the_standard_s_example():
    """RFC 7636, appendix B."""
    assert code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_provider_s_secret_is_not_in_its_representation():
    facebook = FacebookProvider(app_id="1", app_secret="hidden", graph_url="https://graph.example", dialog_url="https://dialog.example")

    assert "hidden" not in repr(facebook) + repr(google.provider("client", "hidden"))


def test_the_time_of_a_call_ends_with_the_nearer_of_its_bounds(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    deadline = Deadline()

    assert deadline.next_request() == 105
    now[0] = 110
    assert deadline.next_request() == 112
