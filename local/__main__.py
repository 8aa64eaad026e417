"""`python -m local`: serves `template.yaml` on this machine until SIGTERM or Ctrl-C."""

import argparse
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn, override

from local import gateway, iys, pool, provider_process
from local.parameters import ParameterError
from local.provider_process import ProvidersError
from local.runtime import code_folders
from local.server import Server
from local.sms_providers import Ports
from local.template import Template

TEMPLATE = Path(__file__).resolve().parent.parent / "template.yaml"
REFUSED = 2  # the exit code if the stack cannot start
OPEN = {"GRAPHQL_INTROSPECTION": "true"}  # which GraphiQL needs
# Settings whose default is the stack's own address.
OWN_ADDRESS = ("ISSUER", "STOREFRONT_URL", "CORS_ALLOWED_ORIGINS")


def main() -> int:
    """Serve until a signal arrives; the exit code is 0 then, and 2 if the stack cannot start."""
    try:
        for each in (signal.SIGINT, signal.SIGTERM):  # the former, too, is ignored where a shell has started this in the background
            signal.signal(each, signal.default_int_handler)
        return _serve()
    except KeyboardInterrupt:
        return 0


def _serve() -> int:
    arguments = _parser().parse_args()
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        del os.environ[name]  # the developer's AWS account must not be used
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    try:
        server = Server("127.0.0.1", arguments.port, longest_body=gateway.LONGEST_BODY, too_long=gateway.TOO_LONG)
    except OSError as error:
        return _refuse(f"port {arguments.port} cannot be used: {error.strerror}")
    url = f"http://127.0.0.1:{server.port}"
    try:
        with _providers(arguments, url) as provider_settings:
            ports = Ports()
            own = dict.fromkeys(OWN_ADDRESS, url)
            defaults = {**own, "NETGSM_IYS_URL": f"{url}{iys.PATH}", **OPEN, **provider_settings, **ports.settings()}
            template = Template.load(arguments.template, dict(arguments.set), defaults=defaults)
            return _run(arguments, template, server, ports, url)
    except (ParameterError, ProvidersError) as error:
        return _refuse(str(error))


def _providers(arguments: argparse.Namespace, url: str) -> AbstractContextManager[Mapping[str, str]]:
    return provider_process.running(url) if arguments.with_providers else contextlib.nullcontext({})


def _run(arguments: argparse.Namespace, template: Template, server: Server, ports: Ports, url: str) -> int:
    stack = None
    try:
        pool.prepare(code_folders(template))
        # Imported late: a second of imports, while the workers' own go on in another process.
        from local.custom import CustomResourceError  # noqa: PLC0415
        from local.data import DataFolderError  # noqa: PLC0415
        from local.stack import Options, Stack, StartError  # noqa: PLC0415

        try:
            stack = Stack(template, server, ports, Options(arguments.data, arguments.dynamodb, arguments.verbose), _say)
            stack.start()
        except (StartError, CustomResourceError, DataFolderError) as error:
            return _refuse(str(error))
        _say(f"customer-auth serves on {url} · inbox: {url}/_local/ · stop: Ctrl-C")
        threading.Event().wait()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if stack is not None:
            stack.stop()
        pool.shut_down()
    return 0


class _Parser(argparse.ArgumentParser):
    @override
    def error(self, message: str) -> NoReturn:
        sys.exit(_refuse(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m local", description="Serve template.yaml on this machine.")
    parser.add_argument("--port", type=_port, default=8000, help="0 takes a free one (default: 8000)")
    parser.add_argument(
        "--set", type=_setting, action="append", default=[], metavar="NAME=VALUE", help="a stack parameter, like DEFAULT_REGION=TR"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the state here; without it, it lives in memory")
    parser.add_argument("--dynamodb", metavar="URL", help="use this DynamoDB in place of the embedded one")
    parser.add_argument("--with-providers", action="store_true", help="run a Google, an Apple and a Facebook to sign in by")
    parser.add_argument("--template", type=Path, default=TEMPLATE, help=argparse.SUPPRESS)
    parser.add_argument("--verbose", action="store_true", help="show the functions' logs")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:  # noqa: PLR2004 - 16 bits
        raise argparse.ArgumentTypeError("must be a number from 0 to 65535")
    return int(text)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError("must be NAME=VALUE")
    return name, value


def _say(line: str) -> None:
    print(line, flush=True)


def _refuse(line: str) -> int:
    print(line, file=sys.stderr, flush=True)
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
