"""An operator's templates replace the built-in ones, and are checked before the first message."""

import pytest

from customer_auth.base import settings
from customer_auth.base.locales import Locale
from customer_auth.messaging import template_lint, templates
from customer_auth.messaging.messages import Kind, render


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of templates, outside the package: `folder(name, text)` adds one."""

    def put(name: str, text: str) -> None:
        path = tmp_path / "ours" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    monkeypatch.setattr(templates, "BESIDE_PACKAGE", tmp_path)
    yield put
    templates.use(None)


def faults() -> str:
    with pytest.raises(settings.SettingsError) as wrong:
        template_lint.check_folder("ours")
    return str(wrong.value)


def test_an_operator_s_file_replaces_its_built_in_template_and_no_other(folder):
    folder("en/sign_in.sms.txt", "{{code}} opens {{brand}}.\n")
    templates.use(template_lint.check_folder("ours"))

    text = {locale: render(Kind.SIGN_IN, "sms", locale, brand="My Shop", code="123456").text for locale in (Locale.EN, Locale.TR)}

    assert text[Locale.EN] == "123456 opens My Shop."
    assert "oturum kodunuz" in text[Locale.TR]


def test_a_subject_is_the_first_line(folder):
    folder("en/reset.email.txt", "Subject: A new key for {{brand}}\n\nHere:\n\n{{reset_url}}\n")
    templates.use(template_lint.check_folder("ours"))

    message = render(Kind.RESET, "email", Locale.EN, brand="My Shop", reset_url="https://x", token="t", phone="")

    assert message.subject == "A new key for My Shop"


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("en/sign_in.sms.txt", "{{code}}\n{{kode}}\n", "en/sign_in.sms.txt line 2: {{kode}} is not allowed in this template"),
        ("en/sign_in.sms.txt", "Welcome to {{brand}}", "en/sign_in.sms.txt line 1: {{code}} is missing"),
        ("en/password_changed.sms.txt", "{{code}}", "en/password_changed.sms.txt line 1: {{code}} is not allowed in this template"),
        ("en/reset.sms.txt", "Reset at {{brand}}", "en/reset.sms.txt line 1: {{reset_url}} or {{token}} is missing"),
        ("fa/sign_in.sms.txt", "{{code}} " + "\u06a9" * 300, "fa/sign_in.sms.txt line 1: 5 segments, but at most 4 are sent"),
        (
            "en/sign_in.email.txt",
            "Hello\n\n{{code}}",
            "en/sign_in.email.txt line 1: must be “Subject: …”, then an empty line and the text",
        ),
        ("en/sign_in.email.txt", "Subject: {{code}}\n\n{{code}}", "en/sign_in.email.txt line 1: a subject must not contain a secret"),
        ("de/sign_in.sms.txt", "{{code}}", "de/sign_in.sms.txt is not the name of a template"),
        ("en/sign_inn.sms.txt", "{{code}}", "en/sign_inn.sms.txt is not the name of a template"),
    ],
    ids=["unknown", "no-code", "code-in-a-notice", "no-link", "too-long", "no-subject", "secret-subject", "no-locale", "no-kind"],
)
def test_a_fault_in_a_template_is_reported_with_name_and_line(folder, name, text, fault):
    folder(name, text)

    assert f"TEMPLATES_DIR: {fault}" in faults()


def test_all_faults_are_reported_at_once(folder):
    folder("en/sign_in.sms.txt", "{{kode}}")
    folder("tr/sign_in.sms.txt", "{{kode}}")

    assert faults().count("{{kode}}") == 2


def test_a_missing_folder_is_reported(folder):
    assert "ours does not exist" in faults()


def test_the_built_in_templates_pass_the_check():
    for path in templates.BUILT_IN.rglob("*.txt"):
        name = path.relative_to(templates.BUILT_IN).as_posix()
        assert list(template_lint._faults(name, path)) == []


def test_without_a_folder_the_built_in_templates_are_sent():
    assert template_lint.check_folder("") is None
