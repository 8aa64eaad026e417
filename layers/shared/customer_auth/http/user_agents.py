"""What people call the program that they signed in with, like «Safari on iPhone», by its User-Agent (RFC 9110 §10.1.5).

The string itself is kept nowhere: it is long, anyone can write it, and it tells more of a person than a list of sessions needs.
"""

# In this order, for each of the later ones stands in the strings of earlier ones too.
_PROGRAMS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "FxiOS": "Firefox",
    "Firefox": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
    "okhttp": "App",
    "CFNetwork": "App",
    "Dart": "App",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "okhttp": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


def label(user_agent: str) -> str | None:
    """The program and what it runs on, as far as they are known."""
    program = next((name for mark, name in _PROGRAMS.items() if mark in user_agent), None)
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), None)
    return f"{program} on {system}" if program and system else program or system
