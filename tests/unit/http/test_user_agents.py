import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_auth.http import user_agents

GECKO = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "label"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {GECKO} Chrome/140.0.0.0 Safari/537.36", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {GECKO} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {GECKO} Chrome/140.0.0.0 Safari/537.36 OPR/125.0", "Opera on Windows"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {GECKO} Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        (f"Mozilla/5.0 (Linux; Android 15) {GECKO} SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36", "Samsung Internet on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/140.0 Mobile Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 FxiOS/140.0 Mobile Safari/605.1.15", "Firefox on iPad"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {GECKO} Chrome/140.0.0.0 Safari/537.36", "Chrome on ChromeOS"),
        ("okhttp/4.12.0", "App on Android"),
        ("Shop/3.2 CFNetwork/1568 Darwin/24.0", "App"),
        ("curl/8.5.0", None),
        ("", None),
    ],
)
def test_a_user_agent_gets_the_name_that_its_owner_would_use(user_agent, label):
    assert user_agents.label(user_agent) == label


@given(st.text())
def test_any_text_has_one_of_few_labels(text):
    assert len(user_agents.label(text) or "") <= 30
