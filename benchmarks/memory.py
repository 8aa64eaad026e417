"""Resident memory of the two built functions of a sign-up under Lambda's runtime, after many sign-ups."""

import json
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from local.events import http_event
from local.template import Template
from tools import emulator, stack
from tools.invoke_all import BUILD, LAYER

SIGN_INS = 1000
LOOKS = (1, 100, 250, 500, 750, SIGN_INS)
MOST_MB = 90
ASK, VERIFY = "RequestRegisterCode", "VerifyRegisterCode"


def main() -> None:
    """Measure and print."""
    template = Template.of_service()
    print(f"Resident memory, MB, under Lambda's runtime; at most {MOST_MB} wanted, and no growth")
    print(f"  {'sign-ins':>8}{ASK:>22}{VERIFY:>22}")
    with ExitStack() as ends:
        running = ends.enter_context(stack.started("--set", "IP_SENDS_PER_HOUR=0"))
        runtime = emulator.lay_runtime(Path(ends.enter_context(tempfile.TemporaryDirectory())))
        environments = running.environments()
        containers = {}
        for name in (ASK, VERIFY):
            handler = f"{template.functions[name].handler.module}.handler"
            containers[name] = ends.enter_context(emulator.started(BUILD / name, handler, environments[name], [LAYER, runtime]))
        for done in range(1, SIGN_INS + 1):
            phone = f"+1212555{done:04d}"
            challenge = _answer(containers[ASK], template, ASK, phone=phone)["challenge"]
            _answer(containers[VERIFY], template, VERIFY, phone=phone, challenge=challenge, code=running.code(phone))
            if done in LOOKS:
                figures = [containers[name].memory_mb("VmRSS") for name in (ASK, VERIFY)]
                print(f"  {done:8}{figures[0]:22.1f}{figures[1]:22.1f}", flush=True)


def _answer(container: emulator.Container, template: Template, name: str, **body: str) -> Any:
    [route] = template.functions[name].routes
    headers = {"content-type": "application/json"}
    answer = container.invoke(http_event(route.method, route.path, headers=headers, body=json.dumps(body).encode(), source_ip="192.0.2.1"))
    assert answer["statusCode"] in (200, 201), answer
    return json.loads(answer["body"])
