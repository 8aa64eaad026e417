"""The pages of the local stack under `/_local`: the inbox, the demo, the admin console, and the paths that redirect to them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from local import static_files
from local.gateway import message
from local.server import Request, Response

PREFIX = "/_local/"
RESET_PATH = "/reset-password"  # the target of links in messages, on the storefront, which here is the stack itself
CLIENT_IDS = {"google": "GOOGLE_CLIENT_ID", "apple": "APPLE_CLIENT_ID", "facebook": "FACEBOOK_APP_ID"}  # empty: it is not set up
HERE = Path(__file__).parent / "web"
FOLDERS = (HERE, Path(__file__).parents[1] / "web")


def redirect(request: Request) -> Response | None:
    """The redirect of a path that only leads to a page: the inbox, or the form for a new password."""
    if request.path == PREFIX.rstrip("/"):
        return Response(308, (("location", PREFIX),))
    if request.path == RESET_PATH and request.method == "GET":
        location = f"{PREFIX}demo/?{request.query}"
        return Response(302, (("location", location), ("cache-control", "no-store"), ("referrer-policy", "no-referrer")))
    return None


def inbox() -> Response:
    """The page with the messages."""
    return static_files.served((HERE / "inbox.html").read_bytes(), ".html")


def file(request: Request) -> Response:
    """A file of a page, or 404."""
    path = unquote(request.path.removeprefix(PREFIX))
    return static_files.find(FOLDERS, path) or message(404, "Not Found")


def folder(request: Request, rest: str) -> Response:
    """A folder's page and its files; the path of the page ends with a slash, so that its relative paths lead into the folder."""
    if not rest and not request.path.endswith("/"):
        query = f"?{request.query}" if request.query else ""
        return Response(308, (("location", f"{request.path}/{query}"),))
    return file(request)


def demo(settings: Mapping[str, Any], request: Request, rest: str) -> Response:
    """The demo with the settings of this stack."""
    if rest == "settings.js":
        return static_files.served(_page_settings(settings).encode(), ".js")
    return folder(request, rest)


def _page_settings(settings: Mapping[str, Any]) -> str:
    """web/demo/settings.js with the settings of this stack."""
    regions = [each.strip() for each in settings["ALLOWED_REGIONS"].split(",") if each.strip()]
    values = {
        "baseUrl": "",
        "brand": settings["BRAND_NAME"],
        "defaultRegion": settings["DEFAULT_REGION"],
        "regions": regions or [settings["DEFAULT_REGION"]],
        "codeLength": int(settings["OTP_LENGTH"]),
        "codeCharset": settings["OTP_CHARSET"],
        "registration": settings["REGISTRATION_IDENTIFIER"],
        "providers": [name for name, client_id in CLIENT_IDS.items() if settings[client_id]],
        "deletionDays": int(settings["DELETION_SCHEDULED_DAYS"]),
        "inboxUrl": PREFIX,
    }
    return f"export const settings = {json.dumps(values)};\n"
