"""What the local stack's HTTP server shows at a path: the API's documentation, a redirect, the console, or the service."""

from local import docs, pages
from local.console import Console
from local.gateway import Gateway
from local.server import App, Request, Response


def app_of(console: Console, gateway: Gateway) -> App:
    """The function that answers each request."""

    def answer(request: Request) -> Response | None:
        if docs.has(request.path):
            return docs.answer(request)
        if redirect := pages.redirect(request):
            return redirect
        return console.answer(request) if request.path.startswith(pages.PREFIX) else gateway.answer(request)

    return answer
