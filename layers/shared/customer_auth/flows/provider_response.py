"""A provider's answer that came by a form: it is passed on to the page that began the sign-in, by a link, with which the cookie comes.

The form of another site comes without the browser's cookies, so nothing is decided here: whoever sends it can only send a browser to a page
that the shop has allowed.
"""

import re
from urllib.parse import urlencode

from customer_auth.base import provider_settings
from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.social import apple_form, provider_name_items, sign_in_states

_ERROR = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]{1,100}")  # RFC 6749 §4.1.2.1


def receive(state: str, code: str | None, error: str | None, user: str | None) -> str:
    """Where to send the browser, with the state and the code or the error alone. Names that came with it wait for the exchange.

    Raises: WrongProviderProof (it is no answer to a state of ours), aws.Failed.
    """
    page = sign_in_states.page_of(state, provider_settings.providers().redirect_urls)
    if page is None:
        raise WrongProviderProof("state")
    if user and code:
        names = apple_form.names_from_user(user)
        if any(names):
            provider_name_items.put(sign_in_states.hash_of(state), names)
    answer = {"code": code} if code else {"error": error if error and _ERROR.fullmatch(error) else "server_error"}
    return f"{page}{'&' if '?' in page else '?'}{urlencode({'state': state} | answer)}"
