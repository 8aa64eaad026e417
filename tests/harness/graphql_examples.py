"""The older API's examples, as its clients send them; a code in one stands for the code that came."""

import re

from tests.harness.engines import ROOT

FOLDER = ROOT / "tests" / "examples" / "graphql"
NUMBER, OTHER_NUMBER, EMAIL, PASSWORD = "5551234567", "5559876543", "john.doe@example.com", "MyPassword123!"


def example(name: str, code: str | None = None) -> str:
    """The document of this name."""
    document = (FOLDER / f"{name}.graphql").read_text("utf-8")
    return re.sub(r'otp_code: "\d{6}"', f'otp_code: "{code}"', document) if code else document


def names() -> set[str]:
    return {path.stem for path in FOLDER.glob("*.graphql")}
